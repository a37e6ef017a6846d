using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The stress tests of the kernel that runs.</summary>
public static unsafe partial class KernelStress
{
    /// <summary>The suite with all of them.</summary>
    public static StressSuite Create()
    {
        ulong seed = KernelMemory.CommandLine.HasSeed ? KernelMemory.CommandLine.Seed : (uint)Cpu.ReadTimestamp();
        var suite = new StressSuite(seed);

        // SAFETY: the zones lie in a static that stays where it is.
        var frames = (LiveFrames*)Unsafe.AsPointer(ref KernelMemory.Frames);
        suite.Add(new FrameStress<DirectMap, ThisProcessor>(frames, default, KernelMemory.Map, new SystemClock()));
        suite.Add(NewPaging());

        // SAFETY: as the zones.
        suite.Add(new HeapStress<LivePages, ThisProcessor>((LiveHeap*)Unsafe.AsPointer(ref KernelMemory.Heap), new SystemClock()));
        suite.Add(new CollectorStress(new SystemClock()));
        AddOfProcessors(suite);
        return suite;
    }

    static partial void AddOfProcessors(StressSuite suite);

    /// <summary>The stress of the kernel's own page tables.</summary>
    public static PagingStress<DirectMap, LiveFormat, TableFrames, LivePagingMachine> NewPaging()
    {
        // On both sides of borders of 512 GiB, of 1 GiB and of 2 MiB, where no layout has a window.
        ulong[] regions =
        {
            0xFFFF_FF00_0000_0000, 0xFFFF_FF10_3FE0_0000, 0xFFFF_FF10_4000_0000, 0xFFFF_FF10_4020_0000, 0xFFFF_FF7F_FFE0_0000, 0xFFFF_FF80_0000_0000,
        };
        var starts = new VirtAddr[regions.Length];
        for (int i = 0; i < starts.Length; i++) starts[i] = VirtAddr.FromTrusted(regions[i]);
        return new PagingStress<DirectMap, LiveFormat, TableFrames, LivePagingMachine>(
            default, default, default, KernelMemory.Space.Root, starts, new SystemClock());
    }
}
