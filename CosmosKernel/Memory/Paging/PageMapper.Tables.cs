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
        if (!_hasMerged) return;

        // The entries of a merged table were needed until now.
        ulong tableBytes = _entries.SizeOf(0);
        for (ulong part = 0; part < tableBytes; part += FrameNumber.SizeBytes) _entries.Memory.ZeroFrame((_merged.Start + part).ContainingFrame);
        _hasMerged = false;
        _frames.Free(_merged);
    }

    /// <summary>Sees to it that the root has a table for the addresses round <paramref name="address"/>, so that other roots can share it.</summary>
    /// <remarks>For a root that no processor has loaded yet: it may hold the root's entries (<see cref="IPagingFormat.HoldsRoot"/>).</remarks>
    /// <remarks>A processor that has loaded the root already is told nothing: this is done before.</remarks>
    /// <returns>Ok, also when it was there; NonCanonical; OutOfTables; AlreadyMapped when a page is there.</returns>
    public PagingResult MakeTopTable(VirtAddr address, PageFlags flags)
    {
        KernelAssert.That(_topTables == TopTables.Kept, "PageMapper: an empty table that is not kept");
        if (!_entries.IsCanonical(address)) return PagingResult.NonCanonical;
        int top = _entries.TopLevel;
        ulong entry = _entries.Read(_entries.SlotOf(_root, address, _entries.TopShift));
        if (_entries.Format.IsPresent(entry)) return _entries.Format.IsLeaf(entry, top) ? PagingResult.AlreadyMapped : PagingResult.Ok;
        if (!TryReserve(1, out FrameChain<TMemory> reserve)) return PagingResult.OutOfTables;
        PathChange changed = PathChange.None;
        MakePath(address, top - 1, flags, ref reserve, ref changed, out _);
        return PagingResult.Ok;
    }

    /// <summary>Makes the upper half that of another root, whose entries there never change from now on.</summary>
    /// <param name="owner">The root whose mapper changes what lies there.</param>
    public readonly void ShareUpperHalf(PhysAddr owner)
    {
        KernelAssert.That(_topTables == TopTables.UpperShared, "PageMapper: the upper half is its own");
        int count = _entries.EntryCountOf(_entries.TopShift);
        for (int index = count / 2; index < count; index++)
        {
            // The count of a table's entries, where there is one, is its owner's: here it is out of date and nobody reads it.
            _entries.Write(_entries.SlotAt(_root, index), _entries.Read(_entries.SlotAt(owner, index)));
        }
    }

    /// <summary>Whether the upper half is that of <paramref name="owner"/>.</summary>
    public readonly bool HasUpperHalfOf(PhysAddr owner)
    {
        int count = _entries.EntryCountOf(_entries.TopShift);
        for (int index = count / 2; index < count; index++)
        {
            ulong own = _entries.Read(_entries.SlotAt(_root, index));
            ulong shared = _entries.Read(_entries.SlotAt(owner, index));
            if (_entries.Format.IsPresent(own) != _entries.Format.IsPresent(shared)) return false;
            if (_entries.Format.TableAddress(own) != _entries.Format.TableAddress(shared)) return false;
        }

        return true;
    }

    /// <summary>Clears the upper half of a root that is about to be freed.</summary>
    public readonly void UnshareUpperHalf()
    {
        KernelAssert.That(_topTables == TopTables.UpperShared, "PageMapper: the upper half is its own");
        int count = _entries.EntryCountOf(_entries.TopShift);
        for (int index = count / 2; index < count; index++) _entries.Write(_entries.SlotAt(_root, index), 0);
    }

    /// <summary>Replaces the large page that <paramref name="address"/> lies in by a table of pages of the next smaller size.</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="result">Ok; NonCanonical; NotMapped; SizeNotSupported when the page is of the smallest size; PhysicalOutOfRange when smaller pages
    /// cannot be where it is; OutOfTables.</param>
    public PendingFlush Split(VirtAddr address, out PagingResult result)
    {
        result = PagingResult.NonCanonical;
        if (!_entries.IsCanonical(address)) return PendingFlush.None;
        result = PagingResult.ShowsTables;
        if (ShowsTables(address)) return PendingFlush.None;
        FoundEntry large = Deepest(address, 0);
        result = PagingResult.NotMapped;
        if (!_entries.Format.IsPresent(large.Entry)) return PendingFlush.None;
        int level = large.Level - 1;
        result = PagingResult.SizeNotSupported;
        if (level < 0 || !_entries.CanBeLeaf(level)) return PendingFlush.None;
        Translation old = Describe(in large);
        result = PagingResult.PhysicalOutOfRange;
        if (!Fits(old.Address, 1UL << large.Shift, _entries.Format.PhysicalBitsAt(level))) return PendingFlush.None;
        result = PagingResult.OutOfTables;
        if (!_frames.TryAllocate(out FrameNumber frame)) return PendingFlush.None;

        int shift = _entries.ShiftOf(level);
        int count = _entries.EntryCountOf(shift);
        FillRun(frame.Start, count, old.Address, old.Flags, level);
        _entries.Write(large.Slot, TableEntry(frame, old.Flags, large.Level) | _entries.CountBits(count));
        _tableCount++;
        result = PagingResult.Ok;
        return WithWindow(PendingFlush.Pages(address.AlignDown(1UL << large.Shift), (uint)count, shift, ScopeOf(large.Entry)), large.Level);
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

    // What an entry at `level` says of the table in `frame`.
    private readonly ulong TableEntry(FrameNumber frame, PageFlags flags, int level)
    {
        KernelAssert.That((frame.Start.Value >> _entries.Format.PhysicalBitsAt(0)) == 0, "PageMapper: no entry can point to the table");
        return _entries.Format.TablePointer(frame.Start) | _entries.Format.TableBits(flags, level);
    }

    // The table at `level` for `address`, linked with frames of the reserve where it was missing; and the slot that points to it.
    private PhysAddr MakePath(
        VirtAddr address, int level, PageFlags flags, ref FrameChain<TMemory> reserve, ref PathChange changed, out PhysAddr owner)
    {
        owner = default;
        PhysAddr table = _root;
        for (int current = _entries.TopLevel; current > level; current--)
        {
            PhysAddr slot = _entries.SlotOf(table, address, _entries.ShiftOf(current));
            ulong entry = _entries.Read(slot);
            if (!_entries.Format.IsPresent(entry))
            {
                entry = TableEntry(reserve.Pop(), flags, current);
                _entries.Write(slot, entry);
                if (current == _entries.TopLevel) changed |= PathChange.Root;
                AddToCount(owner, current, 1);
                _tableCount++;
            }
            else if (Widen(slot, entry, current, flags))
            {
                changed |= PathChange.Rights;
            }

            owner = slot;
            table = _entries.Format.TableAddress(entry);
        }

        return table;
    }

    // Lets the tables above the entry at `leafLevel` for `address` allow what `flags` need.
    private readonly void WidenTables(VirtAddr address, int leafLevel, PageFlags flags)
    {
        PhysAddr table = _root;
        for (int level = _entries.TopLevel; level > leafLevel; level--)
        {
            PhysAddr slot = _entries.SlotOf(table, address, _entries.ShiftOf(level));
            ulong entry = _entries.Read(slot);
            Widen(slot, entry, level, flags);
            table = _entries.Format.TableAddress(entry);
        }
    }

    // Whether the table did not allow it yet.
    private readonly bool Widen(PhysAddr slot, ulong entry, int level, PageFlags flags)
    {
        ulong mask = _entries.Format.TableMask(flags, level);
        ulong bits = _entries.Format.TableBits(flags, level);
        if ((entry & mask) == bits) return false;
        _entries.Write(slot, (entry & ~mask) | bits);
        return true;
    }

    // `owner` points to a table at `level`, which has `change` more present entries now.
    private readonly void AddToCount(PhysAddr owner, int level, int change)
    {
        if (_entries.Format.TableCountShift < 0 || level == _entries.TopLevel) return;
        ulong difference = unchecked((ulong)(long)change << _entries.Format.TableCountShift);
        _entries.Write(owner, unchecked(_entries.Read(owner) + difference));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush AfterRetiring(VirtAddr address, PendingFlush flush) =>
        RetireEmptyTables(address) ? AfterDroppedTables(flush) : flush;

    // What is to be forgotten beside `flush` when tables went out of use.
    private readonly PendingFlush AfterDroppedTables(PendingFlush flush)
    {
        bool isAll = _entries.Format.HoldsRoot || (_entries.Format.RecursiveEntries != 0 && _isRecursive);
        return isAll ? flush.And(PendingFlush.Everything(FlushScope.AddressSpace)) : flush.WithDroppedTables();
    }

    // Puts the tables on the way to `address` out of use that have become empty, from below; whether there was one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RetireEmptyTables(VirtAddr address)
    {
        if (_entries.Format.TableCountShift >= 0) return RetireByCounts(address);
        bool isAny = false;
        for (int level = 0; level < _entries.TopLevel; level++)
        {
            FoundEntry link = Deepest(address, level + 1);
            if (link.Level != level + 1 || IsPage(link.Entry, link.Level)) continue;
            if (!_entries.Format.IsPresent(link.Entry)) continue;
            bool isKept = _topTables == TopTables.Kept && link.Level == _entries.TopLevel;
            PhysAddr table = _entries.Format.TableAddress(link.Entry);
            if (isKept || !_entries.IsEmpty(table, level, link.Entry)) return isAny;
            _entries.Write(link.Slot, 0);
            AddToCount(link.Owner, link.Level, -1);
            _retired.Push(table.ContainingFrame);
            _tableCount--;
            isAny = true;
        }

        return isAny;
    }

    // The same where tables are counted: down the way once, for the link below which every table has the next one only, and the last nothing.
    private bool RetireByCounts(VirtAddr address)
    {
        int firstLevel = -1;
        PhysAddr first = default;
        PhysAddr firstOwner = default;
        PhysAddr owner = default;
        PhysAddr slot = _entries.SlotOf(_root, address, _entries.TopShift);
        ulong entry = _entries.Read(slot);
        for (int level = _entries.TopLevel; _entries.Format.IsPresent(entry); level--)
        {
            if (IsPage(entry, level)) return false;
            PhysAddr inner = _entries.SlotOf(_entries.Format.TableAddress(entry), address, _entries.ShiftOf(level - 1));
            ulong innerEntry = _entries.Read(inner);
            bool isKept = _topTables == TopTables.Kept && level == _entries.TopLevel;
            bool isNeeded = isKept || _entries.CountIn(entry) > (_entries.Format.IsPresent(innerEntry) ? 1 : 0);
            if (isNeeded)
            {
                firstLevel = -1;
            }
            else if (firstLevel < 0)
            {
                firstLevel = level;
                first = slot;
                firstOwner = owner;
            }

            owner = slot;
            slot = inner;
            entry = innerEntry;
        }

        if (firstLevel >= 0) Retire(address, first, firstOwner, firstLevel);
        return firstLevel >= 0;
    }

    // Puts all tables out of use from the one on that the entry at `slot` of a table at `level` points to.
    private void Retire(VirtAddr address, PhysAddr slot, PhysAddr owner, int level)
    {
        AddToCount(owner, level, -1);
        ulong entry = _entries.Read(slot);
        _entries.Write(slot, 0);
        while (_entries.Format.IsPresent(entry))
        {
            PhysAddr table = _entries.Format.TableAddress(entry);
            level--;
            slot = _entries.SlotOf(table, address, _entries.ShiftOf(level));
            entry = _entries.Read(slot);
            if (_entries.Format.IsPresent(entry)) _entries.Write(slot, 0);
            _retired.Push(table.ContainingFrame); // It is written to from now on.
            _tableCount--;
        }
    }
}
