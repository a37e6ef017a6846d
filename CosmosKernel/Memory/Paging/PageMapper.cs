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
/// access as soon as a user page lies under them. Pages that are writable and executable at once are refused, and so is
/// page 0.
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
/// writable and executable; (I5) page 0 is not mapped; (I6) <see cref="TableCount"/> tables are linked.
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
    }

    /// <summary>The root table, which the processor is told.</summary>
    public readonly PhysAddr Root => _root;

    /// <summary>The number of linked tables, the root included.</summary>
    public readonly ulong TableCount => _tableCount;

    /// <summary>The number of frames that wait for <see cref="FreeRetiredTables"/>.</summary>
    public readonly ulong RetiredTableCount => _retired.Count;

    /// <summary>Maps one page of the smallest size.</summary>
    /// <param name="page">The page's address.</param>
    /// <param name="target">The address of its frame.</param>
    /// <param name="flags">What is allowed.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush Map(VirtAddr page, PhysAddr target, PageFlags flags, out PagingResult result) =>
        MapAt(page, target, flags, 0, out result);

    /// <summary>Maps one page of 2^<paramref name="pageShift"/> bytes.</summary>
    /// <inheritdoc cref="Map"/>
    public PendingFlush MapLarge(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags, out PagingResult result)
    {
        for (int level = 0; level < _entries.Format.LevelCount; level++)
        {
            if (_entries.ShiftOf(level) == pageShift && HasPages(level)) return MapAt(page, target, flags, level, out result);
        }

        result = PagingResult.SizeNotSupported;
        return PendingFlush.None;
    }

    /// <summary>Unmaps the page, of whatever size, that starts at <paramref name="page"/>; tables that become empty go out of use.</summary>
    /// <param name="page">The page's first address.</param>
    /// <param name="unmapped">What the page was.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush Unmap(VirtAddr page, out Translation unmapped, out PagingResult result)
    {
        unmapped = default;
        result = Find(page, out FoundEntry leaf);
        if (result != PagingResult.Ok) return PendingFlush.None;

        unmapped = Describe(in leaf);
        _entries.Write(leaf.Slot, 0);
        PendingFlush flush = PendingFlush.Page(page, leaf.Shift, ScopeOf(leaf.Entry));
        if (!DropOne(in leaf)) return flush;
        return RetireEmptyTables(page) ? AfterDroppedTables(flush) : flush;
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
        return flush;
    }

    /// <summary>What <paramref name="address"/> stands for.</summary>
    public readonly PagingResult Translate(VirtAddr address, out Translation translation) => Walker.Translate(address, out translation);

    /// <summary>A walker of the same tables.</summary>
    public readonly PageTableWalker<TMemory, TFormat> Walker => new(_entries.Memory, _root);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PendingFlush MapAt(VirtAddr page, PhysAddr target, PageFlags flags, int leafLevel, out PagingResult result)
    {
        int leafShift = _entries.ShiftOf(leafLevel);
        if (!IsMappable(page, target, leafLevel, flags))
        {
            result = WhyNotMappable(page, target, 1UL << leafShift, leafLevel, _entries.Format.PhysicalBitsAt(leafLevel), flags);
            return PendingFlush.None;
        }

        PhysAddr owner = default;
        ulong ownerEntry = 0;
        PhysAddr table = _root;
        for (int level = _entries.TopLevel; level > leafLevel; level--)
        {
            owner = _entries.SlotOf(table, page, _entries.ShiftOf(level));
            ownerEntry = _entries.Read(owner);
            // One comparison for the common case: a table, and it allows what the page needs.
            ulong mask = _entries.Format.TableMask(flags, level);
            if ((ownerEntry & mask) != _entries.Format.TableBits(flags, level)) return MapFrom(page, target, 1UL << leafShift, flags, 1 << leafLevel, out result);
            table = _entries.Format.TableAddress(ownerEntry);
        }

        PhysAddr slot = _entries.SlotOf(table, page, leafShift);
        if (_entries.Format.IsPresent(_entries.Read(slot)))
        {
            result = PagingResult.AlreadyMapped;
            return PendingFlush.None;
        }

        _entries.Write(slot, _entries.Format.EncodePage(target, flags, leafLevel));
        if (_entries.Format.TableCountShift >= 0 && leafLevel != _entries.TopLevel)
        {
            _entries.Write(owner, ownerEntry + _entries.CountBits(1));
        }

        result = PagingResult.Ok;
        return _entries.Format.RemembersAbsence ? PendingFlush.Page(page, leafShift, ScopeOf(flags)) : PendingFlush.None;
    }

    // The entry of the page that starts at `page`.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly PagingResult Find(VirtAddr page, out FoundEntry leaf)
    {
        leaf = default;
        if (!_entries.IsCanonical(page)) return PagingResult.NonCanonical;
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
                return new FoundEntry(slot, entry, owner, ownerEntry, level, shift);
            }

            owner = slot;
            ownerEntry = entry;
            table = _entries.Format.TableAddress(entry);
            level--;
            shift -= _entries.Format.IndexBits;
        }
    }

    private readonly Translation Describe(in FoundEntry leaf) => new(
        _entries.Format.PageAddress(leaf.Entry, leaf.Level),
        _entries.Format.DecodePage(leaf.Entry, leaf.Level, _entries.Format.AllRights),
        leaf.Shift);

    private readonly PagingResult WhyNotStart(VirtAddr page) =>
        page.IsAligned(_entries.SizeOf(0)) ? PagingResult.InsideLargePage : PagingResult.Misaligned;

    private static FlushScope ScopeOf(PageFlags flags) =>
        (flags & PageFlags.Global) != 0 ? FlushScope.Global : FlushScope.AddressSpace;

    private readonly FlushScope ScopeOf(ulong entry) => _entries.Format.IsGlobal(entry) ? FlushScope.Global : FlushScope.AddressSpace;
}
