using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <content>Growing, shrinking and moving; the break; advice.</content>
public unsafe partial struct UserMemory<TSpace, TMemory, TSource>
{
    /// <summary>The first byte that is not the heap's.</summary>
    public readonly VirtAddr Break => _break;

    /// <summary>Says where the heap begins, once, before there is one.</summary>
    public void SetBreakStart(VirtAddr start)
    {
        KernelAssert.That(_break == _breakStart, "UserMemory: there is a heap");
        _breakStart = start;
        _break = start;
    }

    /// <summary>Moves the break (brk); the break as it is then: the old one when that cannot be done.</summary>
    public VirtAddr MoveBreak(VirtAddr wanted)
    {
        if (wanted < _breakStart || wanted > _range.Mappable.End.Start) return _break;
        PageNumber from = PageAfter(_break);
        PageNumber to = PageAfter(wanted);
        if (to < from)
        {
            if (Unmap(to.Start, PageNumber.BytesOf(from - to)) != UserError.None) return _break;
        }
        else if (to > from)
        {
            MapRequest more = new(
                from.Start, Placement.FixedIfFree, PageNumber.BytesOf(to - from), AreaKind.Heap, AreaAccess.Read | AreaAccess.Write, null, 0);
            if (Map(in more, out _) != UserError.None) return _break;
        }

        _break = wanted;
        return wanted;
    }

    /// <summary>Gives a range of one area another size, elsewhere when <paramref name="mayMove"/> says so (mremap).</summary>
    /// <param name="start">Where the range begins.</param>
    /// <param name="sizeBytes">How long it is.</param>
    /// <param name="newSizeBytes">How long it shall be.</param>
    /// <param name="mayMove">Whether it may go elsewhere.</param>
    /// <param name="wanted">Where it has to go, or 0 for anywhere.</param>
    /// <param name="moved">Where it is.</param>
    /// <returns>Invalid: misaligned, of no size, overlapping. BadAddress: not in one area. NoMemory: no room where it is and it may not move, or no memory.</returns>
    public UserError Remap(VirtAddr start, ulong sizeBytes, ulong newSizeBytes, Mobility mayMove, VirtAddr wanted, out VirtAddr moved)
    {
        moved = start;
        if (!start.IsPageAligned || sizeBytes == 0 || newSizeBytes == 0 || newSizeBytes > _range.Mappable.SizeBytes) return UserError.Invalid;
        if (!TryRange(start, sizeBytes, out PageRange old)) return UserError.BadAddress;
        AreaNode* node = _areas.Find(old.Start);
        if (node == null || !node->Area.Pages.Contains(old)) return UserError.BadAddress;
        ulong newCount = PageNumber.CountFor(newSizeBytes);
        bool isFixed = mayMove == Mobility.Fixed;
        if (isFixed) return MoveTo(old, newCount, wanted, Placement.Fixed, out moved);
        if (newCount <= old.Count) return newCount == old.Count ? UserError.None : Unmap((old.Start + newCount).Start, PageNumber.BytesOf(old.Count - newCount));
        if (TryGrow(node, old, newCount)) return UserError.None;
        return mayMove == Mobility.Allowed ? MoveTo(old, newCount, VirtAddr.Zero, Placement.Anywhere, out moved) : UserError.NoMemory;
    }

    /// <summary>Drops the content of a range (MADV_DONTNEED): private pages are as new when they are next touched.</summary>
    /// <returns>Invalid: misaligned. NoMemory: a part is in no area; the rest was dropped all the same, as in Linux.</returns>
    public UserError Drop(VirtAddr start, ulong sizeBytes)
    {
        if (!start.IsPageAligned) return UserError.Invalid;
        if (sizeBytes == 0) return UserError.None;
        if (!TryRange(start, sizeBytes, out PageRange pages)) return UserError.NoMemory;
        Unload(pages);
        return CountIn(pages) == pages.Count ? UserError.None : UserError.NoMemory;
    }

    /// <summary>As <see cref="Drop(VirtAddr,ulong)"/>, of memory that only this process sees (MADV_FREE).</summary>
    /// <returns>Invalid too where a part shows an object; nothing was dropped then.</returns>
    public UserError DropPrivate(VirtAddr start, ulong sizeBytes)
    {
        if (TryRange(start, sizeBytes, out PageRange pages))
        {
            for (AreaNode* node = _areas.FindFrom(pages.Start); node != null && node->Start < pages.End; node = AreaTree.Next(node))
            {
                if (node->Area.Backing != null || node->Area.Kind == AreaKind.Device) return UserError.Invalid;
            }
        }

        return Drop(start, sizeBytes);
    }

    /// <summary>Whether all of a range is in areas.</summary>
    /// <returns>Invalid: misaligned. NoMemory: a part is in no area.</returns>
    public readonly UserError Check(VirtAddr start, ulong sizeBytes)
    {
        if (!start.IsPageAligned) return UserError.Invalid;
        if (sizeBytes == 0) return UserError.None;
        return TryRange(start, sizeBytes, out PageRange pages) && CountIn(pages) == pages.Count ? UserError.None : UserError.NoMemory;
    }

    /// <summary>Brings in what a range will need for reading (MADV_WILLNEED), as far as there is memory.</summary>
    /// <returns>As <see cref="Drop(VirtAddr,ulong)"/>.</returns>
    public UserError Fetch(VirtAddr start, ulong sizeBytes)
    {
        if (!start.IsPageAligned) return UserError.Invalid;
        if (sizeBytes == 0) return UserError.None;
        if (!TryRange(start, sizeBytes, out PageRange pages)) return UserError.NoMemory;
        for (AreaNode* node = _areas.FindFrom(pages.Start); node != null && node->Start < pages.End; node = AreaTree.Next(node))
        {
            VirtualArea area = node->Area;
            PageRange part = area.Pages.Intersect(pages);
            if (area.Backing == null || !area.Backing->IsFile || area.Access == AreaAccess.None) continue; // Zeros come as fast as they are touched.
            for (ulong done = 0; done < part.Count; done++)
            {
                if (!HandleFault((part.Start + done).Start, FaultAccess.Read).IsHandled()) break;
            }
        }

        return CountIn(pages) == pages.Count ? UserError.None : UserError.NoMemory;
    }

    /// <summary>Whether the page with <paramref name="address"/> has something behind it now, for mincore; false with NoMemory when it is in no area.</summary>
    public readonly bool IsResident(VirtAddr address, out UserError error)
    {
        error = _areas.Find(address.ContainingPage) == null ? UserError.NoMemory : UserError.None;
        return error == UserError.None && _space.Translate(address, out _) == PagingResult.Ok;
    }

    /// <summary>Which pages of a range have something behind them now (mincore).</summary>
    /// <param name="start">The first page.</param>
    /// <param name="pageCount">How many; at least one.</param>
    /// <param name="answers">Room for a byte each: 1 for those that have, else 0.</param>
    /// <returns>As <see cref="Check(VirtAddr,ulong)"/>.</returns>
    public readonly UserError FindResident(VirtAddr start, ulong pageCount, byte* answers)
    {
        if (pageCount > _range.Mappable.Count) return UserError.NoMemory;
        UserError error = Check(start, PageNumber.BytesOf(pageCount));
        if (error != UserError.None) return error;
        for (ulong page = 0; page < pageCount; page++) answers[page] = 0;
        ResidenceMarker marker = new(start.ContainingPage, answers);
        _space.VisitRange(start, PageNumber.BytesOf(pageCount), ref marker);
        return UserError.None;
    }

    private static PageNumber PageAfter(VirtAddr end) => PageNumber.FromTrusted(PageNumber.CountFor(end.Value));

    // At its place: the range ends with its area, and there is room behind it.
    private bool TryGrow(AreaNode* node, PageRange old, ulong newCount)
    {
        ulong more = newCount - old.Count;
        PageRange behind = new(old.End, more);
        if (node->End != old.End || !_range.Mappable.Contains(behind) || !_areas.IsFree(behind) || !HasRoomFor(more, 0)) return false;
        if (IsData(node->Area.Kind, node->Area.Access) && !HasDataRoomFor(more, default)) return false;
        _areas.Change(node, node->Area.At(PageRange.FromBounds(node->Start, behind.End)));
        MergeFrom(behind);
        return true;
    }

    // The new place shows the same frames before the old one is given up, so nothing is lost when there is no memory.
    private UserError MoveTo(PageRange old, ulong newCount, VirtAddr wanted, Placement placement, out VirtAddr moved)
    {
        moved = old.Start.Start;
        ulong keptCount = newCount < old.Count ? newCount : old.Count;
        VirtualArea area = _areas.Find(old.Start)->Area.Within(old);
        MapRequest request = new(wanted, placement, PageNumber.BytesOf(newCount), area.Kind, area.Access, area.Backing, area.Offset);
        UserError error = Place(in request, newCount, out PageRange pages);
        // A place beyond the program's addresses is Linux's EINVAL here, and ENOMEM for mmap.
        if (error != UserError.None) return error == UserError.NoMemory && placement == Placement.Fixed ? UserError.Invalid : error;
        if (pages.Overlaps(old)) return UserError.Invalid;
        ulong replaced = CountIn(pages);
        if (newCount > old.Count + replaced && !HasRoomFor(newCount, old.Count + replaced)) return UserError.NoMemory;
        if (!TryReserve(3, out NodeReserve reserve)) return UserError.NoMemory;

        Clear(pages, ref reserve);
        Add(area.At(pages), ref reserve);
        bool isMoved = TryShowIn(ref this, new PageRange(old.Start, keptCount), pages.Start);
        Clear(isMoved ? old : pages, ref reserve);
        Release(ref reserve);
        if (!isMoved) return UserError.NoMemory;
        moved = pages.Start.Start;
        return UserError.None;
    }
}
