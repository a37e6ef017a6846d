using System.Runtime.CompilerServices;
using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Memory.Frames;
using MemOS.Plugs.Runtime;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Every <c>new</c> of the kernel, its libraries and the runtime lands in MemOS's heap of objects.</summary>
[Plug(typeof(GCImplementation))]
public static unsafe class GCImplementationPlug
{
    private const int MiBShift = 20;

    /// <summary>Brings MemOS's memory up: the kit calls it first of the three, before there can be objects.</summary>
    public static void Init() => BootLoaderData.StartMemory();

    /// <summary>Memory for an object, zeroed; 0 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CosmosAddress AllocNewObject(CosmosAddress aSize) => ObjectMemory.Allocate(aSize);

    /// <summary>Gives an object's memory back at once; nobody may use it afterwards. What is no object of the heap is refused, and the heap counts it.</summary>
    public static void Free(object aObj) => ObjectMemory.Free(GCImplementation.GetPointer(aObj));

    /// <summary>Free memory in MiB.</summary>
    public static ulong GetAvailableRAM() => KernelMemory.Frames.Statistics.Free * FrameNumber.SizeBytes >> MiBShift;

    /// <summary>Memory in use, in bytes.</summary>
    public static CosmosAddress GetUsedRAM()
    {
        FrameStatistics frames = KernelMemory.Frames.Statistics;
        return (CosmosAddress)((frames.Total - frames.Free) * FrameNumber.SizeBytes);
    }
}
