using System.Runtime.CompilerServices;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Figures of flushes and switches: the instructions that they take, not the walks that fill the buffers again.</summary>
public static class TlbFigures
{
    private const int Iterations = 5_000;
    private const int ManyPages = 32;

    private static UserSpace s_space;

    private static VirtAddr Start => VirtAddr.FromTrusted(1UL << 30);

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite)
    {
        suite.Add("tlb.flush.1page", Iterations, OnePage);
        suite.Add(new BenchFigure("tlb.flush.32page", Iterations / ManyPages, EachOfMany, unitsPerIteration: ManyPages));
        suite.Add("tlb.flush.space", Iterations, AddressSpace);
        suite.Add("tlb.flush.global", Iterations, Global);
        suite.Add(new BenchFigure("tlb.switch", Iterations / 2, ThereAndBack, MakeSpace, DestroySpace, unitsPerIteration: 2));
        suite.Add("tlb.flush.not_loaded", Iterations, NotLoaded);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OnePage(int iterations)
    {
        for (int i = 0; i < iterations; i++) default(LocalTlb).Flush(PendingFlush.Page(Start, PageNumber.Shift, FlushScope.AddressSpace));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EachOfMany(int iterations)
    {
        for (int i = 0; i < iterations; i++)
            default(LocalTlb).Flush(PendingFlush.Pages(Start, ManyPages, PageNumber.Shift, FlushScope.AddressSpace));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddressSpace(int iterations)
    {
        for (int i = 0; i < iterations; i++) default(LocalTlb).Flush(PendingFlush.Everything(FlushScope.AddressSpace));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Global(int iterations)
    {
        for (int i = 0; i < iterations; i++) default(LocalTlb).Flush(PendingFlush.Everything(FlushScope.Global));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThereAndBack(int iterations)
    {
        for (int i = 0; i < iterations; i++)
        {
            s_space.Load();
            KernelMemory.Space.Load();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NotLoaded(int iterations)
    {
        SpaceTag tag = new(ulong.MaxValue);
        for (int i = 0; i < iterations; i++) default(LocalTlb).Flush(ref tag, PendingFlush.Page(Start, PageNumber.Shift, FlushScope.AddressSpace));
    }

    private static void MakeSpace()
    {
        bool isMade = KernelMemory.TryCreateSpace(out s_space);
        KernelAssert.That(isMade, "TlbFigures: no memory for a space");
    }

    private static void DestroySpace()
    {
        NoMappings nobody = default;
        s_space.Destroy(ref nobody);
    }

    private readonly struct NoMappings : IMappingVisitor
    {
        public bool Visit(in MappedRun run) => true;
    }
}
