using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Reads page tables as the processor does, and changes nothing.</summary>
/// <remarks>
/// <para>
/// One loop for all formats and page sizes: it goes from the root down, takes one entry a level, narrows what is allowed by
/// what each table allows, and ends at the first entry that maps a page or is absent. What differs between formats is data
/// (<see cref="IPagingFormat"/>); what differs between the machine, tests and a memory image is
/// <see cref="IPhysicalMemory"/>.
/// </para>
/// <para>
/// The tables may be anybody's: a reserved bit is reported, not followed. The caller keeps others from changing the tables
/// meanwhile. Cost of a translation: one read a level.
/// </para>
/// </remarks>
public readonly struct PageTableWalker<TMemory, TFormat>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
{
    private readonly PhysAddr _root;
    private readonly int _physicalBits;
    private readonly ulong _reservedInAll;
    private readonly TableEntries<TMemory, TFormat> _entries;

    /// <summary>A walker of the tables under <paramref name="root"/>, on a machine with physical addresses of the format's full width.</summary>
    public PageTableWalker(TMemory memory, PhysAddr root)
        : this(memory, root, default(TFormat).PhysicalBits)
    {
    }

    /// <summary>A walker of the tables under <paramref name="root"/>, on a machine with physical addresses of <paramref name="physicalBits"/> bits.</summary>
    public PageTableWalker(TMemory memory, PhysAddr root, int physicalBits)
    {
        _entries = new TableEntries<TMemory, TFormat>(memory);
        _root = root;
        _physicalBits = physicalBits;
        _reservedInAll = _entries.Format.ReservesAlike ? _entries.Format.ReservedBits(0, 0, physicalBits) : 0;
    }

    /// <summary>The root table.</summary>
    public PhysAddr Root => _root;

    /// <summary>What <paramref name="address"/> stands for.</summary>
    /// <returns>
    /// <see cref="PagingResult.Ok"/>, <see cref="PagingResult.NotMapped"/>, <see cref="PagingResult.NonCanonical"/> or
    /// <see cref="PagingResult.ReservedBitSet"/>.
    /// </returns>
    public PagingResult Translate(VirtAddr address, out Translation translation)
    {
        translation = default;
        if (!_entries.IsCanonical(address)) return PagingResult.NonCanonical;

        ulong rights = _entries.Format.AllRights;
        PhysAddr table = _root;
        int level = _entries.TopLevel;
        ulong entry;
        for (; ; level--)
        {
            entry = _entries.Read(_entries.SlotOf(table, address, _entries.ShiftOf(level)));
            if (!_entries.Format.IsPresent(entry)) return PagingResult.NotMapped;
            if (IsReserved(entry, level)) return PagingResult.ReservedBitSet;
            if (level == 0 || _entries.Format.IsLeaf(entry, level)) break;
            rights = _entries.Format.NarrowRights(rights, entry, level);
            table = _entries.Format.TableAddress(entry);
        }

        int shift = _entries.Format.PageShiftOf(entry, level);
        translation = new Translation(TargetOf(address, entry, level), _entries.Format.DecodePage(entry, level, rights), shift);
        return PagingResult.Ok;
    }

    /// <summary>Shows <paramref name="visitor"/> the walk of <paramref name="address"/> step by step, and says how it ends.</summary>
    public PagingResult Explain<TVisitor>(VirtAddr address, ref TVisitor visitor)
        where TVisitor : struct, IWalkStepVisitor
    {
        if (!_entries.IsCanonical(address)) return PagingResult.NonCanonical;

        PhysAddr table = _root;
        for (int level = _entries.TopLevel; ; level--)
        {
            int shift = _entries.ShiftOf(level);
            ulong entry = _entries.Read(_entries.SlotOf(table, address, shift));
            WalkStepKind kind = KindOf(entry, level);
            visitor.Visit(new WalkStep(level, table, _entries.IndexOf(address, shift), entry, kind, FlagsOf(entry, level, kind)));
            if (kind == WalkStepKind.Absent) return PagingResult.NotMapped;
            if (kind == WalkStepKind.Reserved) return PagingResult.ReservedBitSet;
            if (kind == WalkStepKind.Page) return PagingResult.Ok;
            table = _entries.Format.TableAddress(entry);
        }
    }

    /// <summary>Shows <paramref name="visitor"/> all mappings in the order of their addresses, equal neighbours as one run.</summary>
    /// <remarks>Entries with reserved bits set are passed over, as the processor would refuse them.</remarks>
    public void VisitMappings<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor => Visit(_entries.First, 0, ref visitor);

    /// <summary>Shows <paramref name="visitor"/> the mappings of whole pages in a range, as <see cref="VisitMappings{TVisitor}(ref TVisitor)"/> does.</summary>
    /// <param name="start">Where a page of the smallest size may start.</param>
    /// <param name="sizeBytes">A multiple of the smallest page's size; the range ends within the half where it starts. A page that reaches out of the range is shown up to its end.</param>
    /// <param name="visitor">Is shown runs.</param>
    public void VisitMappings<TVisitor>(VirtAddr start, ulong sizeBytes, ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor
    {
        if (sizeBytes != 0) Visit(start, sizeBytes, ref visitor);
    }

    // A size of 0 is round to where it began.
    private void Visit<TVisitor>(VirtAddr start, ulong sizeBytes, ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor
    {
        MappedRun run = default;
        VirtAddr address = start;
        do
        {
            ulong restBytes = sizeBytes == 0 ? 0 : sizeBytes - unchecked(address.Value - start.Value);
            PhysAddr table = LastTable(address, out int level, out ulong rights);
            if (!VisitTable(table, level, rights, restBytes, ref address, ref run, ref visitor)) return;
        }
        while (sizeBytes == 0 ? address != start : unchecked(address.Value - start.Value) < sizeBytes);

        if (run.PageCount != 0) visitor.Visit(in run);
    }

    // The table in which the walk of an address ends, at a page or at nothing, and what the way to it allows.
    private PhysAddr LastTable(VirtAddr address, out int level, out ulong rights)
    {
        rights = _entries.Format.AllRights;
        PhysAddr table = _root;
        for (level = _entries.TopLevel; ; level--)
        {
            ulong entry = _entries.Read(_entries.SlotOf(table, address, _entries.ShiftOf(level)));
            if (KindOf(entry, level) != WalkStepKind.Table) return table;
            rights = _entries.Format.NarrowRights(rights, entry, level);
            table = _entries.Format.TableAddress(entry);
        }
    }

    // Goes through a table from the entry for `address` on, to its end, to the range's (0 is none), or to an entry that points to a table:
    // `address` is there then. A run that may go on is kept in `run`; false when the visitor has seen enough.
    private bool VisitTable<TVisitor>(
        PhysAddr table, int level, ulong rights, ulong restBytes, ref VirtAddr address, ref MappedRun run, ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor
    {
        int shift = _entries.ShiftOf(level);
        ulong offset = address.Value & ((1UL << shift) - 1); // A range may begin inside a hole, or inside a large page.
        int first = _entries.IndexOf(address, shift);
        int end = _entries.EntryCountOf(shift);
        ulong inRange = restBytes == 0 ? ulong.MaxValue : ((restBytes + offset - 1) >> shift) + 1;
        if (inRange < (ulong)(uint)(end - first)) end = first + (int)inRange;
        VirtAddr aligned = VirtAddr.FromTrusted(address.Value - offset);
        int index = first;
        for (; index < end; index++)
        {
            ulong entry = _entries.Read(_entries.SlotAt(table, index));
            if (!_entries.Format.IsPresent(entry) || IsReserved(entry, level)) continue;
            if (level != 0 && !_entries.Format.IsLeaf(entry, level)) break;

            ulong distance = (ulong)(uint)(index - first) << shift;
            VirtAddr page = index == first ? address : level == 0 ? aligned + distance : Following(aligned, distance);
            PageFlags flags = _entries.Format.DecodePage(entry, level, rights) & ~(PageFlags.Accessed | PageFlags.Dirty);
            // One entry's share, where several make one page.
            ulong within = page.Value & ((1UL << _entries.Format.PageShiftOf(entry, level)) - 1);
            PhysAddr target = _entries.Format.PageAddress(entry, level) + within;
            if (run.IsContinuedBy(page, target, shift, flags))
            {
                run = run.WithNext();
                continue;
            }

            if (run.PageCount != 0 && !visitor.Visit(in run)) return false;
            run = new MappedRun(page, target, 1, shift, flags);
        }

        address = Following(aligned, (ulong)(uint)(index - first) << shift);
        return true;
    }

    // The address of the format `coveredBytes` after `address`; the first after the last.
    private VirtAddr Following(VirtAddr address, ulong coveredBytes) =>
        _entries.AddressAt(unchecked(address.Value + coveredBytes) & ((1UL << _entries.Format.VirtualBits) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WalkStepKind KindOf(ulong entry, int level)
    {
        if (!_entries.Format.IsPresent(entry)) return WalkStepKind.Absent;
        if (IsReserved(entry, level)) return WalkStepKind.Reserved;
        return level == 0 || _entries.Format.IsLeaf(entry, level) ? WalkStepKind.Page : WalkStepKind.Table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PhysAddr TargetOf(VirtAddr address, ulong entry, int level)
    {
        ulong offset = address.Value & ((1UL << _entries.Format.PageShiftOf(entry, level)) - 1);
        return PhysAddr.FromTrusted(_entries.Format.PageAddress(entry, level).Value | offset);
    }

    // Of formats that reserve alike, what depends on the machine was computed before, and the rest is a constant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsReserved(ulong entry, int level)
    {
        int physicalBits = _entries.Format.ReservesAlike ? _entries.Format.PhysicalBits : _physicalBits;
        return (entry & (_reservedInAll | _entries.Format.ReservedBits(entry, level, physicalBits))) != 0;
    }

    private PageFlags FlagsOf(ulong entry, int level, WalkStepKind kind)
    {
        if (kind == WalkStepKind.Absent) return PageFlags.None;
        return kind == WalkStepKind.Table
            ? _entries.Format.DecodeTable(entry, level)
            : _entries.Format.DecodePage(entry, level, _entries.Format.AllRights);
    }
}
