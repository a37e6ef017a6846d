using System.Collections.Generic;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>The page tables under one root, in one format, in one memory.</summary>
/// <remarks>Nobody may change the tables while a method runs.</remarks>
public sealed class PageTables<TMemory, TFormat> : IPageTables
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
{
    private readonly TMemory _memory;
    private readonly PageTableWalker<TMemory, TFormat> _walker;

    /// <summary>The tables under <paramref name="root"/>.</summary>
    public PageTables(TMemory memory, PhysAddr root)
    {
        _memory = memory;
        _walker = new PageTableWalker<TMemory, TFormat>(memory, root);
    }

    /// <inheritdoc/>
    public string FormatName => default(TFormat).Name;

    /// <inheritdoc/>
    public int LevelCount => default(TFormat).LevelCount;

    /// <inheritdoc/>
    public int VirtualBits => default(TFormat).VirtualBits;

    /// <inheritdoc/>
    public PhysAddr Root => _walker.Root;

    /// <inheritdoc/>
    public int ShiftOf(int level) => new TableEntries<TMemory, TFormat>(_memory).ShiftOf(level);

    /// <inheritdoc/>
    public PagingResult Translate(VirtAddr address, out Translation translation) => _walker.Translate(address, out translation);

    /// <inheritdoc/>
    public PagingResult Explain(VirtAddr address, List<WalkStep> steps)
    {
        StepList list = new(steps);
        return _walker.Explain(address, ref list);
    }

    /// <inheritdoc/>
    public List<MappedRun> Runs()
    {
        RunList list = new(new List<MappedRun>());
        _walker.VisitMappings(ref list);
        return list.Runs;
    }

    /// <inheritdoc/>
    public PageTableCensus Count()
    {
        PageTableCensus census = new(LevelCount);
        CountTable(census, Root, LevelCount - 1, default(TFormat).AllRights);
        return census;
    }

    // As deep as the format has levels.
    private void CountTable(PageTableCensus census, PhysAddr table, int level, ulong rights)
    {
        TableEntries<TMemory, TFormat> entries = new(_memory);
        census.AddTable(level);
        for (int index = 0; index < entries.EntryCountOf(entries.ShiftOf(level)); index++)
        {
            ulong entry = entries.Read(entries.SlotAt(table, index));
            if (!entries.Format.IsPresent(entry)) continue;
            if ((entry & entries.Format.ReservedBits(entry, level, entries.Format.PhysicalBits)) != 0)
                census.AddBroken(level);
            else if (level == 0 || entries.Format.IsLeaf(entry, level))
                census.AddPage(level, entries.ShiftOf(level), entries.Format.DecodePage(entry, level, rights));
            else
                CountLink(census, entry, level, rights);
        }
    }

    private void CountLink(PageTableCensus census, ulong entry, int level, ulong rights)
    {
        TFormat format = default;
        census.AddLink(level);
        CountTable(census, format.TableAddress(entry), level - 1, format.NarrowRights(rights, entry, level));
    }

    private readonly struct StepList : IWalkStepVisitor
    {
        private readonly List<WalkStep> _steps;

        internal StepList(List<WalkStep> steps) => _steps = steps;

        public void Visit(in WalkStep step) => _steps.Add(step);
    }

    private readonly struct RunList : IMappingVisitor
    {
        internal readonly List<MappedRun> Runs;

        internal RunList(List<MappedRun> runs) => Runs = runs;

        public bool Visit(in MappedRun run)
        {
            Runs.Add(run);
            return true;
        }
    }
}
