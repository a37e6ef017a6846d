using Cosmos.Core;
using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Managed;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Every <c>new</c> of a Cosmos kernel lands in MemOS's heap of objects.</summary>
/// <remarks>Interrupt handlers of the kit make objects, so interrupts are masked while the heap is changed.</remarks>
[Plug(Target = typeof(GCImplementation))]
public static unsafe class GCImplementationPlug
{
    private const int MiBShift = 20;

    // Nobody has an object of half of all addresses; with the header it would be a small one.
    private const uint LargestBytes = 1u << 31;

    /// <summary>Brings MemOS's memory up: the kit's first call for memory, when there cannot be objects yet.</summary>
    public static void Init()
    {
        BootLoaderData.StartMemory();
        PublishPages();
    }

    /// <summary>Memory for an object, zeroed, with the ushort before it that counts who refers to it; stops when there is none.</summary>
    public static uint AllocNewObject(uint aSize)
    {
        bool wereOn = Cpu.DisableInterrupts();
        uint start = aSize < LargestBytes ? (uint)ObjectMemory.AllocateMasked(aSize + ManagedObject.HeaderBytes, wereOn) : 0;
        Cpu.RestoreInterrupts(wereOn);
        if (start == 0) KernelStop.Panic("no memory for an object of ", aSize, " bytes");
        return start + ManagedObject.HeaderBytes;
    }

    /// <summary>Gives an object's memory back at once; nobody may use it afterwards. What is no object of the heap is refused, and the heap counts it.</summary>
    public static void Free(object aObj)
    {
        bool wereOn = Cpu.DisableInterrupts();
        ObjectMemory.Free(GCImplementation.GetPointer(aObj));
        Cpu.RestoreInterrupts(wereOn);
    }

    /// <summary>Free memory in MiB. (The kit's own answer is the size of its heap, however much of it is in use.)</summary>
    public static ulong GetAvailableRAM() => KernelMemory.Frames.Statistics.Free * FrameNumber.SizeBytes >> MiBShift;

    /// <summary>Memory in use, in bytes; 4 GiB less one where it is more.</summary>
    public static uint GetUsedRAM()
    {
        FrameStatistics frames = KernelMemory.Frames.Statistics;
        ulong used = (frames.Total - frames.Free) * FrameNumber.SizeBytes;
        return used > uint.MaxValue ? uint.MaxValue : (uint)used;
    }

    /// <summary>A static field refers to the object from now on.</summary>
    public static void IncRootCount(ushort* aPtr) => KernelMemory.Objects.AddRoot(aPtr);

    /// <summary>A static field no longer refers to the object.</summary>
    public static void DecRootCount(ushort* aPtr) => KernelMemory.Objects.DropRoot(aPtr);

    // The kit's fields, which others read: they cannot be plugged.
    private static void PublishPages()
    {
        RAT.RamStart = null;
        RAT.TotalPageCount = RATPlug.Count(KernelMemory.Frames.Statistics.Total);
        RAT.FreePageCount = RATPlug.Count(KernelMemory.Frames.Statistics.Free);
        ulong bytes = KernelMemory.Map.UsableEnd.Start.Value;
        RAT.RamSize = bytes > uint.MaxValue ? uint.MaxValue : (uint)bytes;
        RAT.HeapEnd = (byte*)RAT.RamSize;
    }
}
