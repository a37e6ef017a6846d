using System.Numerics;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Hands out runs of kernel addresses, each with an unmapped page before and after it.</summary>
/// <remarks>
/// <para>
/// <b>What it is.</b> A window of pages is cut into runs, free or reserved, that follow each other without gaps. Each has a record;
/// records are linked in the order of addresses, so a run that becomes free finds its neighbours at once and melts with
/// those that are free (boundary tags). Free runs also hang in a list by the logarithm of their size, and reserved ones in a
/// hash table by their first page. (The structure is that of Bonwick and Adams, Magazines and Vmem, USENIX 2001, section 4.)
/// </para>
/// <para>
/// <b>Guards.</b> A reserved run has one page more than asked for: the one before the first, never mapped. The page after the last
/// is the guard of the next run, or the window's last page, which is kept for that. So every range has an unmapped page on
/// both sides for the price of one.
/// </para>
/// <para>
/// <b>Cost.</b> Reserving takes the first run of the first list whose runs are all long enough: one look at a mask of the lists that
/// are not empty. Only when there is none, the runs of the list below are tried. Releasing is one hash look-up.
/// </para>
/// <para>
/// <b>Invariants</b>, checked by <see cref="Validate"/>: (I1) the runs cover the window without gap or overlap, in order; (I2) no two
/// neighbours are free; (I3) each free run is in the list of its size, and the mask says which lists have runs; (I4) each reserved
/// run is found by its first page; (I5) all records are in a run or unused.
/// </para>
/// <para><b>State</b> lies in storage given by the caller, without references. The caller holds the global lock.</para>
/// </remarks>
public partial struct KernelRanges
{
    private const int ListCount = 64;
    private const ulong GuardPages = 1;

    private readonly StructArray<RangeRecord> _records;
    private readonly PageRange _window;
    private int _firstUnused;
    private int _unusedCount;
    private ulong _listMask;
    private readonly int _lowest;

    /// <summary>All of <paramref name="window"/> free, its last page apart.</summary>
    /// <param name="window">At least three pages.</param>
    /// <param name="records">A power of two of records, at least 64.</param>
    public KernelRanges(PageRange window, StructArray<RangeRecord> records)
    {
        KernelAssert.That(records.Count >= ListCount && BitOperations.IsPow2(records.Count), "KernelRanges: the number of records");
        KernelAssert.That(window.Count > 2 * GuardPages, "KernelRanges: the window is too small");
        _records = records;
        _window = new PageRange(window.Start, window.Count - GuardPages);
        _firstUnused = 0;
        _unusedCount = 0;
        _listMask = 0;
        ReservedPageCount = 0;
        RangeCount = 0;
        for (int index = records.Count; index > 0; index--) Retire(index);
        int all = TakeRecord();
        _lowest = all;
        this[all].FirstPage = _window.Start.Value;
        this[all].PageCount = _window.Count;
        Enlist(all);
    }

    /// <summary>Pages in ranges, guards not counted.</summary>
    public ulong ReservedPageCount { get; private set; }

    /// <summary>The number of ranges.</summary>
    public ulong RangeCount { get; private set; }

    /// <summary>Reserves a run of addresses.</summary>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="pages">The pages; those before and after them belong to nobody.</param>
    public RangeResult Reserve(ulong pageCount, out PageRange pages)
    {
        pages = default;
        if (pageCount == 0 || pageCount >= _window.Count) return RangeResult.BadSize;
        // The rest of the run that is cut needs a record of its own.
        if (_unusedCount == 0) return RangeResult.OutOfRecords;
        ulong needed = pageCount + GuardPages;
        int run = FindFree(needed);
        if (run == 0) return RangeResult.OutOfAddresses;

        Delist(run);
        if (this[run].PageCount > needed) Cut(run, needed);
        this[run].IsReserved = true;
        Hash(run);
        ReservedPageCount += pageCount;
        RangeCount++;
        pages = new PageRange(PageNumber.FromTrusted(this[run].FirstPage + GuardPages), pageCount);
        return RangeResult.Ok;
    }

    /// <summary>The range that starts at <paramref name="first"/>; false when none does.</summary>
    public readonly bool TryFind(PageNumber first, out PageRange pages)
    {
        int run = FindReserved(first.Value - GuardPages);
        pages = run == 0 ? default : new PageRange(first, this[run].PageCount - GuardPages);
        return run != 0;
    }

    /// <summary>Frees the range that starts at <paramref name="first"/>; its pages are unmapped, and forgotten by all processors.</summary>
    public RangeResult Release(PageNumber first)
    {
        int run = FindReserved(first.Value - GuardPages);
        if (run == 0) return RangeResult.NotReserved;
        Unhash(run);
        this[run].IsReserved = false;
        ReservedPageCount -= this[run].PageCount - GuardPages;
        RangeCount--;

        int lower = this[run].Lower;
        if (lower != 0 && !this[lower].IsReserved)
        {
            Delist(lower);
            Melt(lower, run);
            run = lower;
        }

        int upper = this[run].Upper;
        if (upper != 0 && !this[upper].IsReserved)
        {
            Delist(upper);
            Melt(run, upper);
        }

        Enlist(run);
        return RangeResult.Ok;
    }

    // Records by index plus one; 0 is none.
    private readonly ref RangeRecord this[int record] => ref _records[record - 1];

    private readonly int FindFree(ulong pageCount)
    {
        // In the lists from the next power of two on, every run is long enough.
        int list = BitOperations.Log2(pageCount);
        int certain = BitOperations.IsPow2(pageCount) ? list : list + 1;
        ulong mask = _listMask >> certain << certain;
        if (mask != 0) return _records[BitOperations.TrailingZeroCount(mask)].ListHead;
        if (certain == list) return 0;
        int run = _records[list].ListHead;
        while (run != 0 && this[run].PageCount < pageCount) run = this[run].Next;
        return run;
    }
}
