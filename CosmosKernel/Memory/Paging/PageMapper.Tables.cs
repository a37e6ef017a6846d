using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>The tables themselves: taken, linked, counted, put out of use.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    /// <summary>
    /// Gives the frames of tables that went out of use back to the source. Every flush returned so far must have been carried out
    /// on every processor that may have used this address space.
    /// </summary>
    public void FreeRetiredTables()
    {
        while (_retired.Count != 0) _frames.Free(_retired.Pop());
    }

    /// <summary>Sees to it that the root has a table for the addresses round <paramref name="address"/>, so that other roots can share it.</summary>
    /// <returns>Ok, also when it was there; NonCanonical; OutOfTables; AlreadyMapped when a page is there.</returns>
    public PagingResult MakeTopTable(VirtAddr address, PageFlags flags)
    {
        KernelAssert.That(_topTables == TopTables.Kept, "PageMapper: an empty table that is not kept");
        if (!_entries.Format.IsCanonical(address)) return PagingResult.NonCanonical;
        int top = _entries.TopLevel;
        ulong entry = _entries.Read(_entries.SlotOf(_root, address, _entries.TopShift));
        if (_entries.Format.IsPresent(entry)) return _entries.Format.IsLeaf(entry, top) ? PagingResult.AlreadyMapped : PagingResult.Ok;
        if (!TryReserve(1, out FrameChain<TMemory> reserve)) return PagingResult.OutOfTables;
        MakePath(address, top - 1, flags, ref reserve, out _);
        return PagingResult.Ok;
    }

    /// <summary>Replaces the large page that <paramref name="address"/> lies in by a table of pages of the next smaller size.</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="result">Ok; NonCanonical; NotMapped; SizeNotSupported when the page is of the smallest size; OutOfTables.</param>
    public PendingFlush Split(VirtAddr address, out PagingResult result)
    {
        result = PagingResult.NonCanonical;
        if (!_entries.Format.IsCanonical(address)) return PendingFlush.None;
        FoundEntry large = Deepest(address, 0);
        result = PagingResult.NotMapped;
        if (!_entries.Format.IsPresent(large.Entry)) return PendingFlush.None;
        int level = large.Level - 1;
        result = PagingResult.SizeNotSupported;
        if (level < 0 || !_entries.CanBeLeaf(level)) return PendingFlush.None;
        result = PagingResult.OutOfTables;
        if (!_frames.TryAllocate(out FrameNumber frame)) return PendingFlush.None;

        Translation old = Describe(in large);
        FillRun(frame.Start, _entries.EntryCount, old.Address, old.Flags, level);
        ulong entry = TableEntry(frame, old.Flags) | _entries.CountBits(_entries.EntryCount);
        _entries.Write(large.Slot, entry);
        _tableCount++;
        result = PagingResult.Ok;
        int shift = _entries.ShiftOf(level);
        return PendingFlush.Pages(address.AlignDown(1UL << large.Shift), (ulong)_entries.EntryCount, shift, ScopeOf(large.Entry));
    }

    // All `count` tables, or none.
    private readonly bool TryReserve(ulong count, out FrameChain<TMemory> reserve)
    {
        reserve = new FrameChain<TMemory>(_entries.Memory);
        while (reserve.Count < count)
        {
            if (_frames.TryAllocate(out FrameNumber frame))
            {
                reserve.Push(frame);
                continue;
            }

            while (reserve.Count != 0) _frames.Free(reserve.Pop());
            return false;
        }

        return true;
    }

    private readonly ulong TableEntry(FrameNumber frame, PageFlags flags) => frame.Start.Value | _entries.Format.TableBits(flags);

    // The table at `level` for `address`, linked with frames of the reserve where it was missing; and the slot that points to it.
    private PhysAddr MakePath(VirtAddr address, int level, PageFlags flags, ref FrameChain<TMemory> reserve, out PhysAddr owner)
    {
        owner = default;
        PhysAddr table = _root;
        for (int current = _entries.TopLevel; current > level; current--)
        {
            PhysAddr slot = _entries.SlotOf(table, address, _entries.ShiftOf(current));
            ulong entry = _entries.Read(slot);
            if (!_entries.Format.IsPresent(entry))
            {
                entry = TableEntry(reserve.Pop(), flags);
                _entries.Write(slot, entry);
                AddToCount(owner, current, 1);
                _tableCount++;
            }
            else
            {
                Widen(slot, entry, flags);
            }

            owner = slot;
            table = _entries.Format.TableAddress(entry);
        }

        return table;
    }

    // Lets the tables above the entry of 2^leafShift bytes for `address` allow what `flags` need.
    private readonly void WidenTables(VirtAddr address, int leafShift, PageFlags flags)
    {
        PhysAddr table = _root;
        for (int shift = _entries.TopShift; shift > leafShift; shift -= _entries.Format.IndexBits)
        {
            PhysAddr slot = _entries.SlotOf(table, address, shift);
            ulong entry = _entries.Read(slot);
            Widen(slot, entry, flags);
            table = _entries.Format.TableAddress(entry);
        }
    }

    private readonly void Widen(PhysAddr slot, ulong entry, PageFlags flags)
    {
        ulong mask = _entries.Format.TableMask(flags);
        ulong bits = _entries.Format.TableBits(flags);
        if ((entry & mask) != bits) _entries.Write(slot, (entry & ~mask) | bits);
    }

    // `owner` points to a table at `level`, which has `change` more present entries now.
    private readonly void AddToCount(PhysAddr owner, int level, int change)
    {
        if (_entries.Format.TableCountShift < 0 || level == _entries.TopLevel) return;
        ulong difference = unchecked((ulong)(long)change << _entries.Format.TableCountShift);
        _entries.Write(owner, unchecked(_entries.Read(owner) + difference));
    }

    // Counts the entry as gone; whether its table may be empty now.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool DropOne(in FoundEntry gone)
    {
        if (gone.Level == _entries.TopLevel) return false;
        if (_entries.Format.TableCountShift < 0) return true;
        ulong ownerEntry = gone.OwnerEntry - _entries.CountBits(1);
        _entries.Write(gone.Owner, ownerEntry);
        return _entries.CountIn(ownerEntry) == 0;
    }

    // Puts the tables on the way to `address` out of use that have become empty, from below; whether there was one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RetireEmptyTables(VirtAddr address)
    {
        bool isAny = false;
        for (int level = 0; level < _entries.TopLevel; level++)
        {
            FoundEntry link = Deepest(address, level + 1);
            if (link.Level != level + 1 || IsPage(link.Entry, link.Level)) continue;
            if (!_entries.Format.IsPresent(link.Entry)) continue;
            bool isKept = _topTables == TopTables.Kept && link.Level == _entries.TopLevel;
            PhysAddr table = _entries.Format.TableAddress(link.Entry);
            if (isKept || !_entries.IsEmpty(table, link.Entry)) return isAny;
            _entries.Write(link.Slot, 0);
            AddToCount(link.Owner, link.Level, -1);
            _retired.Push(table.ContainingFrame);
            _tableCount--;
            isAny = true;
        }

        return isAny;
    }
}
