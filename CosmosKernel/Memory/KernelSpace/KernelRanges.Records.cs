using System.Numerics;

namespace MemOS.Memory.KernelSpace;

/// <content>The records: lists by size, hash chains, cutting and melting; and the check of the invariants.</content>
public partial struct KernelRanges
{
    // 2^64 divided by the golden ratio: neighbouring pages go to chains far apart (Knuth, TAOCP vol. 3, 6.4).
    private const ulong HashFactor = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Checks I1 to I5; null when they hold, else the name of the one that does not.</summary>
    public readonly string? Validate()
    {
        ulong next = _window.Start.Value;
        int runs = 0;
        bool isAfterFree = false;
        for (int run = _lowest; run != 0; run = this[run].Upper)
        {
            if (this[run].FirstPage != next || this[run].PageCount == 0 || !this[run].IsInUse) return "I1: the runs cover the window";
            if (this[run].Upper != 0 && this[this[run].Upper].Lower != run) return "I1: the runs cover the window";
            if (isAfterFree && !this[run].IsReserved) return "I2: no two neighbours are free";
            if (!this[run].IsReserved && !IsListed(run)) return "I3: each free run is in the list of its size";
            if (this[run].IsReserved && FindReserved(this[run].FirstPage) != run) return "I4: each reserved run is found";
            isAfterFree = !this[run].IsReserved;
            next += this[run].PageCount;
            runs++;
        }

        if (next != _window.End.Value) return "I1: the runs cover the window";
        for (int list = 0; list < ListCount; list++)
        {
            if ((_records[list].ListHead != 0) != ((_listMask >> list & 1) != 0)) return "I3: each free run is in the list of its size";
        }

        return runs + _unusedCount == _records.Count ? null : "I5: all records are in a run or unused";
    }

    private readonly bool IsListed(int run)
    {
        int at = _records[BitOperations.Log2(this[run].PageCount)].ListHead;
        while (at != 0 && at != run) at = this[at].Next;
        return at == run;
    }

    private int TakeRecord()
    {
        int record = _firstUnused;
        _firstUnused = this[record].Next;
        _unusedCount--;
        this[record].IsInUse = true;
        this[record].IsReserved = false;
        this[record].Lower = 0;
        this[record].Upper = 0;
        return record;
    }

    private void Retire(int record)
    {
        this[record].IsInUse = false;
        this[record].Next = _firstUnused;
        _firstUnused = record;
        _unusedCount++;
    }

    // Leaves `pageCount` pages in the run and makes the rest a free run of its own.
    private void Cut(int run, ulong pageCount)
    {
        int rest = TakeRecord();
        this[rest].FirstPage = this[run].FirstPage + pageCount;
        this[rest].PageCount = this[run].PageCount - pageCount;
        this[rest].Lower = run;
        this[rest].Upper = this[run].Upper;
        if (this[run].Upper != 0) this[this[run].Upper].Lower = rest;
        this[run].Upper = rest;
        this[run].PageCount = pageCount;
        Enlist(rest);
    }

    // Makes two free neighbours one, in the lower one's record.
    private void Melt(int lower, int upper)
    {
        this[lower].PageCount += this[upper].PageCount;
        this[lower].Upper = this[upper].Upper;
        if (this[upper].Upper != 0) this[this[upper].Upper].Lower = lower;
        Retire(upper);
    }

    private void Enlist(int run)
    {
        int list = BitOperations.Log2(this[run].PageCount);
        int head = _records[list].ListHead;
        this[run].Next = head;
        this[run].Previous = 0;
        if (head != 0) this[head].Previous = run;
        _records[list].ListHead = run;
        _listMask |= 1UL << list;
    }

    private void Delist(int run)
    {
        int list = BitOperations.Log2(this[run].PageCount);
        int next = this[run].Next;
        int previous = this[run].Previous;
        if (next != 0) this[next].Previous = previous;
        if (previous != 0) this[previous].Next = next;
        else _records[list].ListHead = next;
        if (_records[list].ListHead == 0) _listMask &= ~(1UL << list);
    }

    private readonly int ChainOf(ulong firstPage) =>
        (int)(unchecked(firstPage * HashFactor) >> 32 & (uint)(_records.Count - 1));

    private void Hash(int run)
    {
        int chain = ChainOf(this[run].FirstPage);
        this[run].Next = _records[chain].HashHead;
        _records[chain].HashHead = run;
    }

    private void Unhash(int run)
    {
        int chain = ChainOf(this[run].FirstPage);
        if (_records[chain].HashHead == run)
        {
            _records[chain].HashHead = this[run].Next;
            return;
        }

        int at = _records[chain].HashHead;
        while (this[at].Next != run) at = this[at].Next;
        this[at].Next = this[run].Next;
    }

    private readonly int FindReserved(ulong firstPage)
    {
        int run = _records[ChainOf(firstPage)].HashHead;
        while (run != 0 && this[run].FirstPage != firstPage) run = this[run].Next;
        return run;
    }
}
