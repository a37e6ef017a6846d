using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Figures of the page mapper and the walker: the kernel's own, on frames of the machine.</summary>
/// <remarks>
/// Mapping is measured in tables that no processor has loaded, so that nothing is to be flushed; all tables that a loop needs exist
/// before. Translating is measured in the kernel's live tables.
/// </remarks>
public static class PagingFigures
{
    private const int Iterations = 20_000;
    private const int RangePages = 512;
    private const int RangeIterations = 100;
    private const int LargeShift = 21;
    private const PageFlags Flags = PageFlags.Present | PageFlags.Writable | PageFlags.Global;

    private static PageMapper<DirectMap, LiveFormat, TableFrames> s_mapper;
    private static VirtAddr s_small;
    private static VirtAddr s_large;
    private static PhysAddr s_linkSlot;
    private static ulong s_link;

    // Read by nobody: what is stored here cannot be left out.
    internal static PhysAddr s_last;

    // Pages of a GiB whose neighbours keep their tables: page 1 of one, 2 MiB page 1, and 2 MiB full of small pages.
    private static VirtAddr Space => VirtAddr.FromTrusted(0x40_0000_0000);

    private static VirtAddr SmallPage => Space + PageNumber.SizeBytes;

    private static VirtAddr LargePage => Space + (1UL << LargeShift);

    private static VirtAddr Range => Space + (2UL << LargeShift);

    private static PhysAddr Target => PhysAddr.FromTrusted(4UL << LargeShift);

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite)
    {
        suite.Add(new BenchFigure("paging.map_unmap.4k", Iterations, MapUnmapSmall, MakeTables, FreeTables));
        suite.Add(new BenchFigure("paging.map.2m", Iterations, MapUnmapLarge, MakeTables, FreeTables));
        suite.Add(new BenchFigure("paging.map_range.512", RangeIterations, MapRange, MakeTables, FreeTables, RangePages));
        suite.Add(new BenchFigure("paging.map_unmap_range.512", RangeIterations, MapUnmapRange, MakeTables, FreeTables, RangePages));
        suite.Add(new BenchFigure("paging.translate.4k", Iterations, TranslateSmall, FindPages));
        suite.Add(new BenchFigure("paging.translate.4k.flags", Iterations, TranslateFully, FindPages));
        suite.Add(new BenchFigure("paging.translate.2m", Iterations, TranslateLarge, FindPages));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapUnmapSmall(int iterations)
    {
        ref PageMapper<DirectMap, LiveFormat, TableFrames> mapper = ref s_mapper;
        VirtAddr page = SmallPage;
        PhysAddr target = Target;
        for (int i = 0; i < iterations; i++)
        {
            Unloaded(mapper.Map(page, target, Flags, out _));
            Unloaded(mapper.Unmap(page, out _, out _));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapUnmapLarge(int iterations)
    {
        ref PageMapper<DirectMap, LiveFormat, TableFrames> mapper = ref s_mapper;
        VirtAddr page = LargePage;
        PhysAddr target = Target;
        for (int i = 0; i < iterations; i++)
        {
            Unloaded(mapper.MapLarge(page, target, LargeShift, Flags, out _));
            Unloaded(mapper.Unmap(page, out _, out _));
        }
    }

    // Emptying the table behind the mapper's back counts one instruction a page.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapRange(int iterations)
    {
        ref PageMapper<DirectMap, LiveFormat, TableFrames> mapper = ref s_mapper;
        DirectMap memory = default;
        FrameNumber table = default(LiveFormat).TableAddress(s_link).ContainingFrame;
        memory.ZeroFrame(table);
        memory.WriteWord(s_linkSlot, s_link);
        for (int i = 0; i < iterations; i++)
        {
            Unloaded(mapper.MapRange(Range, Target, RangePages * PageNumber.SizeBytes, Flags, LargePages.Never, out _));
            memory.ZeroFrame(table);
            memory.WriteWord(s_linkSlot, s_link);
        }

        Map(Range + ((RangePages - 1) * PageNumber.SizeBytes), 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapUnmapRange(int iterations)
    {
        ref PageMapper<DirectMap, LiveFormat, TableFrames> mapper = ref s_mapper;
        VirtAddr start = Range - PageNumber.SizeBytes;
        for (int i = 0; i < iterations; i++)
        {
            Unloaded(mapper.MapRange(start, Target, RangePages * PageNumber.SizeBytes, Flags, LargePages.Never, out _));
            Unloaded(mapper.UnmapRange(start, RangePages * PageNumber.SizeBytes, Holes.Refused, out _));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TranslateSmall(int iterations)
    {
        VirtAddr page = s_small;
        for (int i = 0; i < iterations; i++) KernelMemory.Space.TryGetPhysical(page, out s_last);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TranslateLarge(int iterations)
    {
        VirtAddr page = s_large;
        for (int i = 0; i < iterations; i++) KernelMemory.Space.TryGetPhysical(page, out s_last);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TranslateFully(int iterations)
    {
        for (int i = 0; i < iterations; i++) KernelMemory.Space.Translate(s_small, out _);
    }

    // No processor has loaded the tables: nothing can be remembered of them.
    private static void Unloaded(PendingFlush flush) => _ = flush.IsNone;

    // Pages beside those of the loops keep the tables.
    private static void MakeTables()
    {
        bool isThere = KernelMemory.TryAllocateTable(out FrameNumber root);
        KernelAssert.That(isThere, "PagingFigures: no frame");
        s_mapper = new PageMapper<DirectMap, LiveFormat, TableFrames>(default, default, root, int.MaxValue, TopTables.Freed);
        Map(SmallPage - PageNumber.SizeBytes, 1);
        Map(Range - (2 * PageNumber.SizeBytes), 1);
        Map(Range + ((RangePages - 1) * PageNumber.SizeBytes), 1);
        LinkFinder finder = default;
        s_mapper.Walker.Explain(Range, ref finder);
        s_linkSlot = finder.Slot;
        s_link = finder.Entry & ~(1UL << default(LiveFormat).TableCountShift); // as when the table is empty
    }

    private static void FreeTables()
    {
        Unloaded(s_mapper.UnmapRange(Space, 3UL << LargeShift, Holes.Skipped, out PagingResult result));
        KernelAssert.That(result == PagingResult.Ok && s_mapper.TableCount == 1, "PagingFigures: tables are left");
        s_mapper.FreeRetiredTables();
        KernelMemory.FreeTable(s_mapper.Root.ContainingFrame);
        s_mapper = default;
    }

    private static void Map(VirtAddr start, ulong pageCount)
    {
        Unloaded(s_mapper.MapRange(start, Target, pageCount * PageNumber.SizeBytes, Flags, LargePages.Never, out PagingResult result));
        KernelAssert.That(result == PagingResult.Ok, "PagingFigures: not mapped");
    }

    private static void FindPages()
    {
        PageFinder finder = default;
        KernelMemory.Space.Walker.VisitMappings(ref finder);
        KernelAssert.That(finder.Small.Value != 0 && finder.Large.Value != 0, "PagingFigures: a page size is not in use");
        s_small = finder.Small;
        s_large = finder.Large;
    }

    private struct PageFinder : IMappingVisitor
    {
        internal VirtAddr Small;
        internal VirtAddr Large;

        public bool Visit(in MappedRun run)
        {
            if (run.PageShift == PageNumber.Shift) Small = run.Start;
            if (run.PageShift == LargeShift) Large = run.Start;
            return Small.Value == 0 || Large.Value == 0;
        }
    }

    // The entry that points to the table of the smallest pages.
    private struct LinkFinder : IWalkStepVisitor
    {
        internal PhysAddr Slot;
        internal ulong Entry;

        public void Visit(in WalkStep step)
        {
            if (step.Level != 1) return;
            Slot = step.Table + ((ulong)(uint)step.Index * sizeof(ulong));
            Entry = step.Entry;
        }
    }
}
