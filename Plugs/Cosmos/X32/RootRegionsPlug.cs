using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>The stack; static fields are counted in the objects, and no object lies in the image that refers to one of the heap.</summary>
[Plug(Target = typeof(RootRegions))]
public static unsafe class RootRegionsPlug
{
    /// <summary>The regions.</summary>
    public static void Find(RootRegions* regions)
    {
        *regions = new RootRegions
        {
            StackBottom = (byte*)(uint)BootLoaderData.Image->StackBottom.Value,
            StackTop = (byte*)(uint)BootLoaderData.Image->StackTop.Value,
        };
    }
}
