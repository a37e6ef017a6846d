using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Runtime;

/// <summary>The runtime's references outside the heap, as the kit knows them.</summary>
[Plug(typeof(RootRegions))]
public static unsafe class RootRegionsPlug
{
    /// <summary>The regions as they are now.</summary>
    public static void Find(RootRegions* regions)
    {
        GCRoots roots = GCServices.Roots;
        *regions = new RootRegions
        {
            StackBottom = roots.StackBottom,
            StackTop = roots.StackTop,
            ThreadStatics = (void**)roots.ThreadStatics,
            ImageObjectsStart = roots.ImageObjectsStart,
            ImageObjectsEnd = roots.ImageObjectsEnd,
        };
    }
}
