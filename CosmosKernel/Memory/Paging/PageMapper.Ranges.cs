using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>Operations on ranges: look at all of it, take what it needs, then write.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    /// <summary>Maps <paramref name="sizeBytes"/> bytes from <paramref name="start"/> on to those from <paramref name="target"/> on.</summary>
    /// <param name="start">The first virtual address.</param>
    /// <param name="target">The first physical address.</param>
    /// <param name="sizeBytes">A multiple of the smallest page's size; 0 does nothing.</param>
    /// <param name="flags">What is allowed.</param>
    /// <param name="largePages">Which pages to use.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush MapRange(
        VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, LargePages largePages, out PagingResult result)
    {
        result = PagingResult.Ok;
        if (sizeBytes == 0) return PendingFlush.None;
        result = WhyNotMappable(start, target, sizeBytes, 0, _entries.Format.PhysicalBits, flags);
        if (result != PagingResult.Ok) return PendingFlush.None;
        return MapFrom(start, target, sizeBytes, flags, LevelsOf(largePages), out result);
    }

    /// <summary>Maps neighbouring pages of the smallest size, each to a frame of its own.</summary>
    /// <param name="start">The first page's address.</param>
    /// <param name="targets">The addresses of the frames, one a page.</param>
    /// <param name="count">The number of pages; 0 does nothing.</param>
    /// <param name="flags">What is allowed.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public unsafe PendingFlush MapPages(VirtAddr start, PhysAddr* targets, int count, PageFlags flags, out PagingResult result)
    {
        result = PagingResult.Ok;
        if (count == 0) return PendingFlush.None;
        ulong all = 0;
        for (int index = 0; index < count; index++) all |= targets[index].Value; // SAFETY: below the count.
        ulong sizeBytes = (ulong)(uint)count << _entries.ShiftOf(0);
        if ((all & (_entries.SizeOf(0) - 1)) != 0) result = PagingResult.Misaligned;
        else if ((all >> _entries.Format.PhysicalBitsAt(0)) != 0) result = PagingResult.PhysicalOutOfRange;
        else result = WhyNotMappable(start, PhysAddr.Zero, sizeBytes, 0, _entries.Format.PhysicalBits, flags);
        ulong tablesNeeded = 0;
        if (result == PagingResult.Ok) result = CheckFree(start, PhysAddr.Zero, sizeBytes, LevelsOf(LargePages.Never), out tablesNeeded);
        if (result != PagingResult.Ok) return PendingFlush.None;
        if (!TryReserve(tablesNeeded, out FrameChain<TMemory> reserve))
        {
            result = PagingResult.OutOfTables;
            return PendingFlush.None;
        }

        PathChange changed = PathChange.None;
        for (int done = 0; done < count;)
        {
            ulong doneBytes = (ulong)(uint)done << _entries.ShiftOf(0);
            PhysAddr table = MakePath(start + doneBytes, 0, flags, ref reserve, ref changed, out PhysAddr owner);
            int part = RunLength(start + doneBytes, sizeBytes - doneBytes, _entries.ShiftOf(0));
            PhysAddr slot = _entries.SlotOf(table, start + doneBytes, _entries.ShiftOf(0));
            for (int index = 0; index < part; index++)
            {
                // SAFETY: the parts are as many as the pages.
                _entries.Write(_entries.SlotAt(slot, index), _entries.Format.EncodePage(targets[done + index], flags, 0));
            }

            AddToCount(owner, 0, part);
            done += part;
        }

        KernelAssert.That(reserve.Count == 0, "PageMapper: took more tables than it needs");
        return AfterMapping(start, sizeBytes, flags, changed);
    }

    /// <summary>Unmaps <paramref name="sizeBytes"/> bytes from <paramref name="start"/> on; tables that become empty go out of use.</summary>
    /// <param name="start">The first virtual address.</param>
    /// <param name="sizeBytes">A multiple of the smallest page's size; 0 does nothing.</param>
    /// <param name="holes">What to do about pages that are not mapped.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush UnmapRange(VirtAddr start, ulong sizeBytes, Holes holes, out PagingResult result)
    {
        result = CheckMapped(start, sizeBytes, holes);
        if (result != PagingResult.Ok) return PendingFlush.None;

        PendingFlush flush = PendingFlush.None;
        bool isTableDropped = false;
        for (ulong done = 0; done < sizeBytes;)
        {
            VirtAddr address = start + done;
            int count = RunAt(address, sizeBytes - done, out FoundEntry leaf, out ulong reach);
            if (count != 0)
            {
                flush = WithWindow(flush.And(PendingFlush.Pages(address, (uint)count, leaf.Shift, ClearRun(leaf.Slot, count))), leaf.Level);
                AddToCount(leaf.Owner, leaf.Level, -count);
                isTableDropped |= RetireEmptyTables(address);
            }

            done += reach;
        }

        return isTableDropped ? AfterDroppedTables(flush) : flush;
    }

    /// <summary>Gives <paramref name="sizeBytes"/> bytes from <paramref name="start"/> on other flags; accessed and dirty stay.</summary>
    /// <param name="start">The first virtual address.</param>
    /// <param name="sizeBytes">A multiple of the smallest page's size; 0 does nothing.</param>
    /// <param name="flags">What is allowed from now on.</param>
    /// <param name="holes">What to do about pages that are not mapped.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush ProtectRange(VirtAddr start, ulong sizeBytes, PageFlags flags, Holes holes, out PagingResult result)
    {
        result = IsWritableAndExecutable(flags) ? PagingResult.WritableAndExecutable : CheckMapped(start, sizeBytes, holes);
        if (result != PagingResult.Ok) return PendingFlush.None;

        PendingFlush flush = PendingFlush.None;
        for (ulong done = 0; done < sizeBytes;)
        {
            VirtAddr address = start + done;
            int count = RunAt(address, sizeBytes - done, out FoundEntry leaf, out ulong reach);
            if (count != 0)
            {
                FlushScope scope = RewriteRun(leaf.Slot, count, leaf.Level, flags);
                flush = WithWindow(flush.And(PendingFlush.Pages(address, (uint)count, leaf.Shift, scope)), leaf.Level);
                WidenTables(address, leaf.Level, flags);
            }

            done += reach;
        }

        return flush;
    }

    // The page sizes of a policy, bit n set for those of level n.
    private readonly int LevelsOf(LargePages largePages)
    {
        const int Smallest = 0b01;
        const int TwoSmallest = 0b11;
        if (largePages == LargePages.Never) return Smallest;
        return largePages == LargePages.UpToNextSize ? _leafLevels & TwoSmallest : _leafLevels;
    }

    // Maps a range that was checked, with the page sizes of `levels`.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush MapFrom(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, int levels, out PagingResult result)
    {
        result = CheckFree(start, target, sizeBytes, levels, out ulong tablesNeeded);
        if (result != PagingResult.Ok) return PendingFlush.None;
        if (!TryReserve(tablesNeeded, out FrameChain<TMemory> reserve))
        {
            result = PagingResult.OutOfTables;
            return PendingFlush.None;
        }

        PathChange changed = PathChange.None;
        for (ulong done = 0; done < sizeBytes;)
        {
            VirtAddr address = start + done;
            int level = LevelFor(address, target + done, sizeBytes - done, levels);
            int shift = _entries.ShiftOf(level);
            PhysAddr table = MakePath(address, level, flags, ref reserve, ref changed, out PhysAddr owner);
            int count = RunLength(address, sizeBytes - done, shift);
            FillRun(_entries.SlotOf(table, address, shift), count, target + done, flags, level);
            AddToCount(owner, level, count);
            done += (ulong)(uint)count << shift;
        }

        KernelAssert.That(reserve.Count == 0, "PageMapper: took more tables than it needs");
        return AfterMapping(start, sizeBytes, flags, changed);
    }

    // Maps a page whose tables are missing from some level on: the way of a new range's first page. What else there is on its way is MapFrom's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush MapBelow(VirtAddr page, PhysAddr target, PageFlags flags, int leafLevel, out PagingResult result)
    {
        PhysAddr owner = default;
        PhysAddr slot = _entries.SlotOf(_root, page, _entries.TopShift);
        int level = _entries.TopLevel;
        for (ulong entry = _entries.Read(slot); _entries.Format.IsPresent(entry); entry = _entries.Read(slot))
        {
            bool isEnough = (entry & _entries.Format.TableMask(flags, level)) == _entries.Format.TableBits(flags, level);
            if (level - 1 <= leafLevel || !isEnough) return MapFrom(page, target, _entries.SizeOf(leafLevel), flags, 1 << leafLevel, out result);
            owner = slot;
            level--;
            slot = _entries.SlotOf(_entries.Format.TableAddress(entry), page, _entries.ShiftOf(level));
        }

        result = PagingResult.OutOfTables;
        if (!TryReserve((ulong)(uint)(level - leafLevel), out FrameChain<TMemory> reserve)) return PendingFlush.None;

        result = PagingResult.Ok;
        AddToCount(owner, level, 1);
        PathChange changed = level == _entries.TopLevel ? PathChange.Root : PathChange.None;
        for (; level > leafLevel; level--)
        {
            FrameNumber table = reserve.Pop();
            _entries.Write(slot, TableEntry(table, flags, level) | _entries.CountBits(1));
            _tableCount++;
            slot = _entries.SlotOf(table.Start, page, _entries.ShiftOf(level - 1));
        }

        _entries.Write(slot, _entries.Format.EncodePage(target, flags, leafLevel));
        return AfterMapping(page, _entries.SizeOf(leafLevel), flags, changed);
    }

    // What processors may hold of pages that were mapped, and of the way to them.
    private readonly PendingFlush AfterMapping(VirtAddr start, ulong sizeBytes, PageFlags flags, PathChange changed)
    {
        if (_entries.Format.HoldsRoot && (changed & PathChange.Root) != 0) return PendingFlush.Everything(FlushScope.AddressSpace);
        // The new pages may be held already, as the tables allowed them before; with one of them go all ways to tables (SDM 3A, 4.10.4.1).
        bool isHeld = _entries.Format.RemembersAbsence || (changed & PathChange.Rights) != 0;
        return isHeld ? PendingFlush.Pages(start, sizeBytes >> _entries.ShiftOf(0), _entries.ShiftOf(0), ScopeOf(flags)) : PendingFlush.None;
    }

    // Whether nothing of a range is mapped, and how many tables mapping it will take.
    private readonly PagingResult CheckFree(VirtAddr start, PhysAddr target, ulong sizeBytes, int levels, out ulong tablesNeeded)
    {
        tablesNeeded = 0;
        for (ulong done = 0; done < sizeBytes;)
        {
            VirtAddr address = start + done;
            int level = LevelFor(address, target + done, sizeBytes - done, levels);
            int shift = _entries.ShiftOf(level);
            int count = RunLength(address, sizeBytes - done, shift);
            if (!Fits(target + done, (ulong)(uint)count << shift, _entries.Format.PhysicalBitsAt(level))) return PagingResult.PhysicalOutOfRange;
            FoundEntry found = Deepest(address, level);
            if (!IsKnownEmpty(in found, level) && _entries.IsAnyPresent(found.Slot, found.Level == level ? count : 1)) return PagingResult.AlreadyMapped;
            for (int missing = level; missing < found.Level; missing++)
            {
                // The table was counted before when the byte below this run needs it too.
                if (done == 0 || address.IsAligned(_entries.SizeOf(missing + 1))) tablesNeeded++;
            }

            done += (ulong)(uint)count << shift;
        }

        return PagingResult.Ok;
    }

    // Whether the table at `level` where a walk ended has no entry, by its count: a range that it is made for is not read.
    private readonly bool IsKnownEmpty(in FoundEntry found, int level) =>
        _entries.Format.TableCountShift >= 0 && found.Level == level && level != _entries.TopLevel && _entries.CountIn(found.OwnerEntry) == 0;

    // Whether a range is made of whole mapped pages, holes apart when they are allowed.
    private readonly PagingResult CheckMapped(VirtAddr start, ulong sizeBytes, Holes holes)
    {
        if (sizeBytes == 0) return PagingResult.Ok;
        PagingResult range = CheckRange(start, sizeBytes);
        if (range != PagingResult.Ok) return range;

        for (ulong done = 0; done < sizeBytes;)
        {
            VirtAddr address = start + done;
            int count = RunAt(address, sizeBytes - done, out FoundEntry found, out ulong reach);
            bool isMapped = _entries.Format.IsPresent(found.Entry);
            // A page is there, but not a whole one: it starts before the range or ends after it.
            if (count == 0 && isMapped) return PagingResult.InsideLargePage;
            if (!isMapped && holes == Holes.Refused) return PagingResult.NotMapped;
            done += reach;
        }

        return PagingResult.Ok;
    }

    // How many whole pages lie in a row in one table, from `address` on and within `sizeBytes`; the first of them, or what is there; and how far
    // they reach, or the hole in that table.
    private readonly int RunAt(VirtAddr address, ulong sizeBytes, out FoundEntry found, out ulong reach)
    {
        found = Deepest(address, 0);
        ulong offset = address.Value & ((1UL << found.Shift) - 1);
        if (!_entries.Format.IsPresent(found.Entry))
        {
            int absent = _entries.CountAbsent(found.Slot, _entries.EntryCountOf(found.Shift) - _entries.IndexOf(address, found.Shift));
            reach = ((ulong)(uint)absent << found.Shift) - offset;
            return 0;
        }

        reach = (1UL << found.Shift) - offset;
        if (offset != 0) return 0;
        int limit = RunLength(address, sizeBytes, found.Shift);
        int count = 0;
        while (count < limit && IsPage(_entries.Read(_entries.SlotAt(found.Slot, count)), found.Level)) count++;
        if (count != 0) reach = (ulong)(uint)count << found.Shift;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsPage(ulong entry, int level) =>
        _entries.Format.IsPresent(entry) && (level == 0 || _entries.Format.IsLeaf(entry, level));

    // The largest page size, as a level, with which a range can begin.
    private readonly int LevelFor(VirtAddr address, PhysAddr target, ulong sizeBytes, int levels)
    {
        for (int level = _entries.TopLevel; level > 0; level--)
        {
            ulong pageBytes = _entries.SizeOf(level);
            bool isAllowed = ((levels >> level) & 1) != 0;
            if (isAllowed && sizeBytes >= pageBytes && ((address.Value | target.Value) & (pageBytes - 1)) == 0) return level;
        }

        return 0;
    }

    // How many entries of 2^shift bytes of one table a range takes from `address` on.
    private readonly int RunLength(VirtAddr address, ulong sizeBytes, int shift)
    {
        int toTableEnd = _entries.EntryCountOf(shift) - _entries.IndexOf(address, shift);
        ulong toRangeEnd = sizeBytes >> shift;
        return toRangeEnd < (ulong)(uint)toTableEnd ? (int)toRangeEnd : toTableEnd;
    }
}
