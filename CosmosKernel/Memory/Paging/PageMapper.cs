using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Changes the page tables of one address space.</summary>
/// <remarks>
/// <para>
/// <b>What it is.</b> The tables under one root are a radix tree from virtual pages to physical ones. The mapper makes tables on
/// demand, puts them out of use when their last entry goes, and is the only one that changes them. One loop serves all
/// formats, levels and page sizes; where formats differ is data (<see cref="IPagingFormat"/>), folded into constants by the
/// compiler because format, memory and table source are struct type parameters.
/// </para>
/// <para>
/// <b>All or nothing.</b> A result other than <see cref="PagingResult.Ok"/> leaves every entry and every frame as it was. A single
/// page whose tables exist is one walk and one write. Everything else goes in three steps: look at the whole range (is it free?
/// is it mapped? how many tables will it take?), take all those tables from the source, and only then write. The last step
/// cannot fail.
/// </para>
/// <para>
/// <b>Who decides.</b> The entry of the page alone says what is allowed: tables always allow writing and executing, and user
/// access as soon as a user page lies under them. A table that begins to allow it is named by the flush of the mapping: a processor
/// that still held the way through it as the kernel's alone would fault once, without harm (Intel SDM vol. 3A, 4.10.4.3), but
/// nobody who handles faults need know of such ones. Pages that are writable and executable at once are refused, and so is page 0.
/// </para>
/// <para>
/// <b>When a table is empty.</b> Formats with bits in a table's entry that the processor ignores keep a count of present entries
/// there, so unmapping need not look at 511 neighbours; the others look. The processor sets the accessed bit of that entry by
/// itself: when it does so between our read and our write, the bit is lost, which for a table means nothing (it is set again by
/// the next walk).
/// </para>
/// <para>
/// <b>When a table's frame is free.</b> A processor may still read a table that is no longer linked, until it has been told to
/// forget (Intel SDM vol. 3A, 4.10.3). So such frames are only set aside, and <see cref="FreeRetiredTables"/> gives them back after
/// the flushes returned so far were carried out. They are chained through their first entry; a frame's address reads as an
/// absent entry, so even a late walk finds nothing.
/// </para>
/// <para>
/// <b>Invariants</b>, checked by <see cref="Validate"/>: (I1) a table that is linked, the root and kept tables apart, has a present
/// entry; (I2) its count, where the format keeps one, is right; (I3) no present entry has a reserved bit set; (I4) no page is
/// writable and executable; (I5) page 0 is not mapped; (I6) <see cref="TableCount"/> tables are linked; (I7) the recursive directory, where
/// there is one (<see cref="MakeRecursive"/>), shows the tables at level 1 and so all below them.
/// </para>
/// <para>
/// <b>Locking.</b> The caller holds the address space's lock. The processor itself may set accessed and dirty bits meanwhile.
/// <b>Cost.</b> Map, unmap, protect: one entry a level, no allocation when the tables exist. Ranges: two entry accesses a page and a
/// walk a table.
/// </para>
/// </remarks>
public partial struct PageMapper<TMemory, TFormat, TFrames>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TFrames : struct, ITableFrameSource
{
    private readonly TableEntries<TMemory, TFormat> _entries;
    private readonly TFrames _frames;
    private readonly PhysAddr _root;
    private readonly TopTables _topTables;
    private readonly int _leafLevels;
    private FrameChain<TMemory> _retired;
    private ulong _tableCount;
    private FrameNumber _merged;
    private bool _hasMerged;
    private bool _isRecursive;

    /// <summary>A mapper of the empty address space under <paramref name="root"/>, a frame of zeros that stays the caller's.</summary>
    /// <param name="memory">How the tables are reached.</param>
    /// <param name="frames">Where further tables come from.</param>
    /// <param name="root">The root table.</param>
    /// <param name="leafLevels">Bit n set: this machine has the page size of level n. Those that the format lacks do not count.</param>
    /// <param name="topTables">What becomes of the tables that the root points to when they are empty.</param>
    public PageMapper(TMemory memory, TFrames frames, FrameNumber root, int leafLevels, TopTables topTables)
    {
        _entries = new TableEntries<TMemory, TFormat>(memory);
        _frames = frames;
        _root = root.Start;
        _topTables = topTables;
        _leafLevels = leafLevels & _entries.Format.LeafLevels;
        _retired = new FrameChain<TMemory>(memory);
        _tableCount = 1;
        _merged = default;
        _hasMerged = false;
        _isRecursive = false;
    }

    /// <summary>The root table, which the processor is told.</summary>
    public readonly PhysAddr Root => _root;

    /// <summary>The number of linked tables, the root included.</summary>
    public readonly ulong TableCount => _tableCount;

    /// <summary>The number of frames that wait for <see cref="FreeRetiredTables"/>.</summary>
    public readonly ulong RetiredTableCount => _retired.Count + (_hasMerged ? 1UL : 0UL);

    /// <summary>Maps one page of the smallest size.</summary>
    /// <param name="page">The page's address.</param>
    /// <param name="target">The address of its frame.</param>
    /// <param name="flags">What is allowed.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public PendingFlush Map(VirtAddr page, PhysAddr target, PageFlags flags, out PagingResult result) =>
        MapAt(page, target, flags, 0, out result);

    /// <summary>Maps one page of 2^<paramref name="pageShift"/> bytes.</summary>
    /// <inheritdoc cref="Map"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public PendingFlush MapLarge(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags, out PagingResult result)
    {
        bool isNextSize = pageShift == _entries.ShiftOf(1) && (_leafLevels & 2) != 0;
        return isNextSize ? MapAt(page, target, flags, 1, out result) : MapOther(page, target, pageShift, flags, out result);
    }

    /// <summary>Unmaps the page, of whatever size, that starts at <paramref name="page"/>; tables that become empty go out of use.</summary>
    /// <param name="page">The page's first address.</param>
    /// <param name="unmapped">What the page was.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public PendingFlush Unmap(VirtAddr page, out PageEntry<TFormat> unmapped, out PagingResult result)
    {
        int top = _entries.LeastTop;
        PathEnd end = new(_root);
        // As in Resolve. Few returns: the compiler keeps a result of two words in registers for four at most.
        if (_entries.HasLeastLevels && _entries.IsCanonicalAtLeast(page) && !ShowsTables(page)
            && (top <= 3 || TryStep(page, 4, ref end))
            && (top <= 2 || TryStep(page, 3, ref end))
            && (top <= 1 || TryStep(page, 2, ref end)))
        {
            return top == 0 || TryStep(page, 1, ref end)
                ? UnmapAt(page, end, 0, out unmapped, out result)
                : UnmapLarge(page, end.Owner, end.Link, end.Table, out unmapped, out result);
        }

        return UnmapAny(page, out unmapped, out result);
    }

    /// <summary>Gives the page, of whatever size, that starts at <paramref name="page"/> other flags; accessed and dirty stay.</summary>
    /// <param name="page">The page's first address.</param>
    /// <param name="flags">What is allowed from now on.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush Protect(VirtAddr page, PageFlags flags, out PagingResult result)
    {
        FoundEntry leaf = default;
        result = IsWritableAndExecutable(flags) ? PagingResult.WritableAndExecutable : Find(page, out leaf);
        if (result != PagingResult.Ok) return PendingFlush.None;

        PendingFlush flush = PendingFlush.Page(page, leaf.Shift, ScopeOf(leaf.Entry));
        Rewrite(leaf.Slot, leaf.Entry, leaf.Level, flags);
        WidenTables(page, leaf.Level, flags);
        return WithWindow(flush, leaf.Level);
    }

    /// <summary>What <paramref name="address"/> stands for.</summary>
    public readonly PagingResult Translate(VirtAddr address, out Translation translation)
    {
        int top = _entries.LeastTop;
        PathEnd end = new(_root);
        ulong rights = _entries.Format.AllRights;
        // As in Resolve; large pages, and what is wrong, the walker finds.
        ulong entry = ulong.MaxValue;
        if (_entries.HasLeastLevels && _entries.IsCanonicalAtLeast(address)
            && (top <= 3 || TryNarrow(address, 4, ref end, ref rights, ref entry))
            && (top <= 2 || TryNarrow(address, 3, ref end, ref rights, ref entry))
            && (top <= 1 || TryNarrow(address, 2, ref end, ref rights, ref entry))
            && (top <= 0 || TryNarrow(address, 1, ref end, ref rights, ref entry)))
        {
            entry = _entries.Read(_entries.SlotOf(end.Table, address, _entries.ShiftOf(0)));
            if (_entries.Format.IsPresent(entry) && !_entries.IsReserved(entry, 0) && _entries.Format.PageShiftOf(entry, 0) == _entries.ShiftOf(0))
            {
                translation = new Translation(TargetOf(address, entry, 0), _entries.Format.DecodePage(entry, 0, rights), _entries.ShiftOf(0));
                return PagingResult.Ok;
            }
        }

        translation = default;
        return _entries.Format.IsPresent(entry) ? TranslateByWalk(address, out translation) : PagingResult.NotMapped;
    }

    /// <summary>The physical address that <paramref name="address"/> stands for, whatever may be done with it.</summary>
    /// <returns>Ok, NotMapped or NonCanonical.</returns>
    public readonly PagingResult Resolve(VirtAddr address, out PhysAddr target)
    {
        int top = _entries.LeastTop;
        PathEnd end = new(_root);
        // One step for all levels, written out so that the level is a constant: the loop takes twice as many instructions.
        if (_entries.HasLeastLevels && _entries.IsCanonicalAtLeast(address)
            && (top <= 3 || TryStep(address, 4, ref end))
            && (top <= 2 || TryStep(address, 3, ref end))
            && (top <= 1 || TryStep(address, 2, ref end)))
        {
            if (top > 0 && !TryStep(address, 1, ref end, out ulong entry))
            {
                target = TargetOf(address, entry, 1);
                if (_entries.Format.IsPresent(entry)) return PagingResult.Ok;
            }
            else
            {
                entry = _entries.Read(_entries.SlotOf(end.Table, address, _entries.ShiftOf(0)));
                target = TargetOf(address, entry, 0);
                if (_entries.Format.IsPresent(entry)) return PagingResult.Ok;
            }
        }

        return ResolveByLoop(address, out target);
    }

    /// <summary>A walker of the same tables.</summary>
    public readonly PageTableWalker<TMemory, TFormat> Walker => new(_entries.Memory, _root);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PendingFlush MapAt(VirtAddr page, PhysAddr target, PageFlags flags, int leafLevel, out PagingResult result)
    {
        int leafShift = _entries.ShiftOf(leafLevel);
        PathEnd end = new(_root);
        int top = _entries.LeastTop;
        if (!_entries.HasLeastLevels || !IsMappable(page, target, leafLevel, flags)) return MapCarefully(page, target, leafLevel, flags, out result);
        bool isLinked = (top <= 3 || leafLevel >= 4 || TryStep(page, 4, flags, ref end))
            && (top <= 2 || leafLevel >= 3 || TryStep(page, 3, flags, ref end))
            && (top <= 1 || leafLevel >= 2 || TryStep(page, 2, flags, ref end))
            && (top <= 0 || leafLevel >= 1 || TryStep(page, 1, flags, ref end));
        if (!isLinked) return MapBelow(page, target, flags, leafLevel, out result);

        PhysAddr slot = _entries.SlotOf(end.Table, page, leafShift);
        if (_entries.Format.IsPresent(_entries.Read(slot)))
        {
            result = PagingResult.AlreadyMapped;
            return PendingFlush.None;
        }

        _entries.Write(slot, _entries.Format.EncodePage(target, flags, leafLevel));
        if (_entries.Format.TableCountShift >= 0 && leafLevel != top) _entries.Write(end.Owner, end.Link + _entries.CountBits(1));

        result = PagingResult.Ok;
        return _entries.Format.RemembersAbsence ? PendingFlush.Page(page, leafShift, ScopeOf(flags)) : PendingFlush.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush MapCarefully(VirtAddr page, PhysAddr target, int level, PageFlags flags, out PagingResult result)
    {
        ulong sizeBytes = _entries.SizeOf(level);
        result = WhyNotMappable(page, target, sizeBytes, level, _entries.Format.PhysicalBitsAt(level), flags);
        return result == PagingResult.Ok ? MapFrom(page, target, sizeBytes, flags, 1 << level, out result) : PendingFlush.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush MapOther(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags, out PagingResult result)
    {
        for (int level = 0; level < _entries.Format.LevelCount; level++)
        {
            if (_entries.ShiftOf(level) == pageShift && HasPages(level)) return MapAny(page, target, flags, level, out result);
        }

        result = PagingResult.SizeNotSupported;
        return PendingFlush.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush MapAny(VirtAddr page, PhysAddr target, PageFlags flags, int leafLevel, out PagingResult result) =>
        MapAt(page, target, flags, leafLevel, out result);

    // Unmaps the page whose entry is in the table at `level` that the path has got to, if it is one and starts at `page`.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PendingFlush UnmapAt(VirtAddr page, PathEnd end, int level, out PageEntry<TFormat> unmapped, out PagingResult result)
    {
        PhysAddr slot = _entries.SlotOf(end.Table, page, _entries.ShiftOf(level));
        ulong entry = _entries.Read(slot);
        if (!_entries.Format.IsPresent(entry) || (page.Value & (_entries.SizeOf(level) - 1)) != 0) return NotUnmapped(page, entry, out unmapped, out result);

        _entries.Write(slot, 0);
        unmapped = new PageEntry<TFormat>(entry, level);
        result = PagingResult.Ok;
        PendingFlush flush = WithWindow(PendingFlush.AlignedPage(page, _entries.ShiftOf(level), ScopeOf(entry)), level);
        bool isTableEmpty = !_entries.IsTop(level);
        if (_entries.Format.TableCountShift >= 0 && !_entries.IsTop(level))
        {
            ulong link = end.Link - _entries.CountBits(1);
            _entries.Write(end.Owner, link);
            isTableEmpty = _entries.CountIn(link) == 0;
        }

        return isTableEmpty ? AfterRetiring(page, flush) : flush;
    }

    // The page whose entry lies in a table at level 1, if there is one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush UnmapLarge(
        VirtAddr page, PhysAddr owner, ulong link, PhysAddr table, out PageEntry<TFormat> unmapped, out PagingResult result)
    {
        PathEnd end = default;
        end.Table = table;
        end.Owner = owner;
        end.Link = link;
        return UnmapAt(page, end, 1, out unmapped, out result);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush UnmapAny(VirtAddr page, out PageEntry<TFormat> unmapped, out PagingResult result)
    {
        if (!_entries.IsCanonical(page) || ShowsTables(page)) return NotUnmapped(page, 0, out unmapped, out result);
        FoundEntry leaf = Deepest(page, 0);
        PathEnd end = default;
        end.Table = leaf.Table;
        end.Owner = leaf.Owner;
        end.Link = leaf.OwnerEntry;
        return UnmapAt(page, end, leaf.Level, out unmapped, out result);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly PendingFlush NotUnmapped(VirtAddr page, ulong entry, out PageEntry<TFormat> unmapped, out PagingResult result)
    {
        unmapped = default;
        if (!_entries.IsCanonical(page)) result = PagingResult.NonCanonical;
        else if (ShowsTables(page)) result = PagingResult.ShowsTables;
        else result = _entries.Format.IsPresent(entry) ? WhyNotStart(page) : PagingResult.NotMapped;
        return PendingFlush.None;
    }

    // The entry of the page that starts at `page`.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly PagingResult Find(VirtAddr page, out FoundEntry leaf)
    {
        leaf = default;
        if (!_entries.IsCanonical(page)) return PagingResult.NonCanonical;
        if (ShowsTables(page)) return PagingResult.ShowsTables;
        leaf = Deepest(page, 0);
        if (!_entries.Format.IsPresent(leaf.Entry)) return PagingResult.NotMapped;
        return (page.Value & ((1UL << leaf.Shift) - 1)) == 0 ? PagingResult.Ok : WhyNotStart(page);
    }

    // The last entry on the way to `address`: absent, a page, or at level `floor`.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly FoundEntry Deepest(VirtAddr address, int floor)
    {
        PhysAddr owner = default;
        ulong ownerEntry = 0;
        PhysAddr table = _root;
        int level = _entries.TopLevel;
        int shift = _entries.TopShift;
        for (; ; )
        {
            PhysAddr slot = _entries.SlotOf(table, address, shift);
            ulong entry = _entries.Read(slot);
            if (level == floor || !_entries.Format.IsPresent(entry) || _entries.Format.IsLeaf(entry, level))
            {
                return new FoundEntry(table, slot, entry, owner, ownerEntry, level, shift);
            }

            owner = slot;
            ownerEntry = entry;
            table = _entries.Format.TableAddress(entry);
            level--;
            shift -= _entries.Format.IndexBits;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly PagingResult TranslateByWalk(VirtAddr address, out Translation translation) => Walker.Translate(address, out translation);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly PagingResult ResolveByLoop(VirtAddr address, out PhysAddr target)
    {
        target = default;
        if (!_entries.IsCanonical(address)) return PagingResult.NonCanonical;
        FoundEntry found = Deepest(address, 0);
        if (!_entries.Format.IsPresent(found.Entry)) return PagingResult.NotMapped;
        target = TargetOf(address, found.Entry, found.Level);
        return PagingResult.Ok;
    }

    // Down one level; false, and still there, at an entry that is no table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryStep(VirtAddr address, int level, ref PathEnd end) => TryStep(address, level, ref end, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryStep(VirtAddr address, int level, ref PathEnd end, out ulong entry)
    {
        PhysAddr slot = _entries.SlotOf(end.Table, address, _entries.ShiftOf(level));
        entry = _entries.Read(slot);
        if (!_entries.Format.IsTable(entry, level)) return false;
        end.Owner = slot;
        end.Link = entry;
        end.Table = _entries.Format.TableAddress(entry);
        return true;
    }

    // Down one level, with what the tables allow; false at an entry that is no table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryNarrow(VirtAddr address, int level, ref PathEnd end, ref ulong rights, ref ulong entry)
    {
        if (!TryStep(address, level, ref end, out entry) || _entries.IsReserved(entry, level)) return false;
        rights = _entries.Format.NarrowRights(rights, entry, level);
        return true;
    }

    // Down one level; false at an entry that is no table for pages with `flags`, which one comparison tells.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryStep(VirtAddr address, int level, PageFlags flags, ref PathEnd end)
    {
        end.Owner = _entries.SlotOf(end.Table, address, _entries.ShiftOf(level));
        end.Link = _entries.Read(end.Owner);
        end.Table = _entries.Format.TableAddress(end.Link);
        return (end.Link & _entries.Format.TableMask(flags, level)) == _entries.Format.TableBits(flags, level);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly PhysAddr TargetOf(VirtAddr address, ulong entry, int level)
    {
        ulong offset = address.Value & (_entries.SizeOf(level) - 1);
        return PhysAddr.FromTrusted(_entries.Format.PageAddress(entry, level).Value | offset);
    }

    private readonly Translation Describe(in FoundEntry leaf) => new(
        _entries.Format.PageAddress(leaf.Entry, leaf.Level),
        _entries.Format.DecodePage(leaf.Entry, leaf.Level, _entries.Format.AllRights),
        leaf.Shift);

    private readonly PagingResult WhyNotStart(VirtAddr page) =>
        page.IsAligned(_entries.SizeOf(0)) ? PagingResult.InsideLargePage : PagingResult.Misaligned;

    private static FlushScope ScopeOf(PageFlags flags) =>
        (flags & PageFlags.Global) != 0 ? FlushScope.Global : FlushScope.AddressSpace;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly FlushScope ScopeOf(ulong entry) => _entries.Format.IsGlobal(entry) ? FlushScope.Global : FlushScope.AddressSpace;
}
