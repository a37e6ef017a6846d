using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>The memory of a process: which areas it has, and what is behind their pages.</summary>
/// <remarks>
/// <para>
/// <b>Two descriptions.</b> The areas (<see cref="AreaTree"/>) say what a program may expect: this range is readable, that one shows a
/// file. The page tables (<typeparamref name="TSpace"/>) say what the processor has been told so far, which is less: a page gets its entry when
/// it is touched. Between them there is one rule: <i>an entry never allows more than its area does</i>. An entry that allows less, or
/// that is missing, ends in a fault, and the fault is where the two are brought together. So areas can be changed at the cost of
/// the areas, and tables need only be narrowed at once.
/// </para>
/// <para>
/// <b>Frames.</b> A frame's descriptor counts who uses it: each page table entry that shows it, and the object that has it. Who unmaps a page
/// releases its frame, whatever kind of area that was. Private pages that two processes share after a copy can be written in neither;
/// the first write gets a copy, and the last user, which the count names, keeps the frame (<see cref="HandleFault"/>). The frame of zeros is
/// not counted. Device frames are nobody's.
/// </para>
/// <para>
/// <b>All or nothing.</b> An error other than <see cref="UserError.None"/> has changed nothing that a program can see: nodes that a change
/// can need are taken first. Pages that were faulted in on the way may stay so. Unmapping and protecting cannot fail once begun.
/// </para>
/// <para>
/// <b>Invariants</b>, checked by <see cref="Validate"/>: U1 the areas' tree is in order; U2 every mapped page lies in an area, and is a page of the smallest
/// size; U3 no entry allows more than its area; U4 a page that can be written and is private has a frame of its own; U5 there are as many resident
/// pages as entries that show frames; U6 areas lie within the addresses that a process may use, and those that show an object have one.
/// </para>
/// <para>
/// <b>Locking.</b> The caller's, one operation at a time; the tables' own lock is taken inside. <b>Cost.</b> Finding an area is O(log areas); changing
/// a range costs its areas and its mapped pages, not its size, but for a walk over 512 entries where any page has a table.
/// Sources: Linux's mmap(2), mprotect(2), mremap(2), madvise(2), brk(2) for what programs expect; where MemOS differs, the member says so.
/// </para>
/// </remarks>
/// <typeparam name="TSpace">The page tables.</typeparam>
/// <typeparam name="TMemory">How frames are reached to be filled and copied.</typeparam>
/// <typeparam name="TSource">Where frames, nodes and objects come from.</typeparam>
public unsafe partial struct UserMemory<TSpace, TMemory, TSource>
    where TSpace : struct, IUserSpace
    where TMemory : struct, IPhysicalMemory
    where TSource : struct, IUserMemorySource
{
    private readonly TMemory _memory;
    private readonly TSource _source;
    private readonly UserRange _range;
    private readonly TSpace _space;
    private AreaTree _areas;
    private UserLimits _limits;
    private FaultCounters _faults;
    private ulong _residentPages;
    private VirtAddr _breakStart;
    private VirtAddr _break;

    /// <summary>The memory of a process that has none yet.</summary>
    /// <param name="space">Its tables, which map nothing in the lower half; nobody else changes them from now on.</param>
    /// <param name="memory">How frames are reached.</param>
    /// <param name="source">Where memory comes from.</param>
    /// <param name="range">Which addresses it may use.</param>
    /// <param name="limits">How much it may have.</param>
    public UserMemory(TSpace space, TMemory memory, TSource source, UserRange range, UserLimits limits)
    {
        this = default;
        _space = space;
        _memory = memory;
        _source = source;
        _range = range;
        _limits = limits;
    }

    /// <summary>The tables.</summary>
    public readonly TSpace Space => _space;

    /// <summary>The areas, for reading.</summary>
    public readonly AreaTree Areas => _areas;

    /// <summary>How faults ended.</summary>
    public readonly FaultCounters Faults => _faults;

    /// <summary>Pages of all areas.</summary>
    public readonly ulong MappedPages => _areas.PageCount;

    /// <summary>Pages that have a frame, the frame of zeros apart.</summary>
    public readonly ulong ResidentPages => _residentPages;

    /// <summary>How many pages of a range have a frame, the frame of zeros apart. O(mapped pages).</summary>
    public readonly ulong CountResident(PageRange pages)
    {
        ResidentCounter counter = new(_source.ZeroFrame);
        _space.VisitRange(pages.Start.Start, pages.SizeBytes, ref counter);
        return counter.Count;
    }

    /// <summary>How much it may have.</summary>
    public UserLimits Limits
    {
        readonly get => _limits;
        set => _limits = value;
    }

    /// <summary>Makes an area (mmap).</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="start">Where it is.</param>
    /// <returns>
    /// Invalid: no size, a fixed address inside a page, an object that is not of the kind. NoMemory: no room, no node, a limit.
    /// NotPermitted: a fixed address below the first that may be mapped. Exists: the place is taken. AccessDenied: writable and executable, or a
    /// shared file that is to be written. Linux would allow the former.
    /// </returns>
    public UserError Map(in MapRequest request, out VirtAddr start)
    {
        start = default;
        UserError error = Check(in request);
        if (error != UserError.None) return error;
        ulong pageCount = PageNumber.CountFor(request.SizeBytes);
        error = Place(in request, pageCount, out PageRange pages);
        if (error != UserError.None) return error;

        ulong replaced = request.Placement == Placement.Fixed ? CountIn(pages) : 0;
        if (!HasRoomFor(pageCount, replaced) || (IsData(request.Kind, request.Access) && !HasDataRoomFor(pageCount, pages))) return UserError.NoMemory;
        if (!TryReserve(replaced != 0 ? 2 : 1, out NodeReserve reserve)) return UserError.NoMemory;
        if (replaced != 0) Clear(pages, ref reserve);
        Add(new VirtualArea(pages, request.Kind, request.Access, request.Backing, request.Offset), ref reserve);
        Release(ref reserve);
        start = pages.Start.Start;
        return UserError.None;
    }

    /// <summary>Takes the pages of a range away (munmap), whether there are any or not.</summary>
    /// <returns>Invalid: misaligned, of no size, or not among the process's addresses. NoMemory: no node to cut an area in two.</returns>
    public UserError Unmap(VirtAddr start, ulong sizeBytes)
    {
        if (!TryRange(start, sizeBytes, out PageRange pages)) return UserError.Invalid;
        AreaNode* first = _areas.Find(pages.Start);
        bool isCut = first != null && first->Start < pages.Start;
        if (!TryReserve(isCut ? 1 : 0, out NodeReserve reserve)) return UserError.NoMemory;
        Clear(pages, ref reserve);
        Release(ref reserve);
        return UserError.None;
    }

    /// <summary>Changes what may be done with a range (mprotect); all of it must be mapped.</summary>
    /// <remarks>Linux changes the part before a hole and then refuses; this changes nothing then.</remarks>
    /// <returns>Invalid: misaligned. NoMemory: a page is in no area, or no node. AccessDenied: as <see cref="Map"/>.</returns>
    public UserError Protect(VirtAddr start, ulong sizeBytes, AreaAccess access)
    {
        if (!start.IsPageAligned) return UserError.Invalid;
        if (sizeBytes == 0) return UserError.None;
        UserError error = TryRange(start, sizeBytes, out PageRange pages) ? CheckProtect(pages, access) : UserError.NoMemory;
        if (error != UserError.None) return error;
        if (!TryReserve(2, out NodeReserve reserve)) return UserError.NoMemory;

        CutAt(pages.Start, ref reserve);
        CutAt(pages.End, ref reserve);
        for (AreaNode* node = _areas.Find(pages.Start); node != null && node->Start < pages.End; node = AreaTree.Next(node))
        {
            VirtualArea area = node->Area;
            if (area.Access == access) continue;
            _areas.Change(node, area.With(access));
            Narrow(area.With(access));
        }

        MergeFrom(pages);
        Release(ref reserve);
        return UserError.None;
    }

    /// <summary>Gives everything back: areas, frames, and room. The tables are the caller's to destroy.</summary>
    public void Clear()
    {
        NodeReserve reserve = default;
        Clear(_range.Mappable, ref reserve);
        _breakStart = default;
        _break = default;
    }

    /// <summary>The first broken invariant, as text; null when all hold. O(areas + mapped pages).</summary>
    public readonly string? Validate()
    {
        string? broken = _areas.Validate();
        if (broken != null) return broken;
        for (AreaNode* node = _areas.First; node != null; node = AreaTree.Next(node))
        {
            VirtualArea area = node->Area;
            bool wantsObject = area.Kind is AreaKind.FilePrivate or AreaKind.FileShared or AreaKind.Shared;
            if (!_range.Mappable.Contains(area.Pages) || wantsObject != (area.Backing != null)) return "U6: an area is where or what it may not be";
        }

        EntryChecker<TSource> checker = new(_areas, _source);
        _space.VisitRange(_range.Mappable.Start.Start, _range.Mappable.SizeBytes, ref checker);
        if (checker.Broken != null) return checker.Broken;
        return checker.Resident == _residentPages ? null : "U5: not as many resident pages as counted";
    }

    private readonly UserError Check(in MapRequest request)
    {
        if (request.SizeBytes == 0) return UserError.Invalid;
        if (request.SizeBytes > _range.Mappable.SizeBytes) return UserError.NoMemory;
        bool wantsFile = request.Kind is AreaKind.FilePrivate or AreaKind.FileShared;
        bool wantsObject = wantsFile || request.Kind == AreaKind.Shared;
        if (wantsObject != (request.Backing != null) || (wantsObject && request.Backing->IsFile != wantsFile)) return UserError.Invalid;
        if (request.Offset > ulong.MaxValue >> PageNumber.Shift) return UserError.Invalid;
        return CheckAccess(request.Kind, request.Access);
    }

    private static UserError CheckAccess(AreaKind kind, AreaAccess access)
    {
        const AreaAccess Both = AreaAccess.Write | AreaAccess.Execute;
        if ((access & Both) == Both) return UserError.AccessDenied;
        if (kind == AreaKind.Guard && access != AreaAccess.None) return UserError.AccessDenied;
        return kind == AreaKind.FileShared && (access & AreaAccess.Write) != 0 ? UserError.AccessDenied : UserError.None;
    }

    private readonly UserError Place(in MapRequest request, ulong pageCount, out PageRange pages)
    {
        pages = default;
        bool isFixed = request.Placement != Placement.Anywhere;
        if (isFixed && !request.Wanted.IsPageAligned) return UserError.Invalid;
        PageNumber wanted = request.Wanted.ContainingPage;
        bool isMappable = wanted >= _range.Mappable.Start && wanted < _range.Mappable.End && pageCount <= _range.Mappable.End - wanted;
        if (isFixed && wanted < _range.Mappable.Start) return UserError.NotPermitted;
        if (isFixed && !isMappable) return UserError.NoMemory;
        if (isMappable)
        {
            pages = new PageRange(wanted, pageCount);
            if (request.Placement == Placement.Fixed || _areas.IsFree(pages)) return UserError.None;
            if (request.Placement == Placement.FixedIfFree) return UserError.Exists;
        }

        return _areas.TryFindFree(_range.Anywhere, pageCount, out pages) ? UserError.None : UserError.NoMemory;
    }

    private readonly UserError CheckProtect(PageRange pages, AreaAccess access)
    {
        PageNumber next = pages.Start;
        ulong newData = 0;
        for (AreaNode* node = _areas.FindFrom(next); next < pages.End; node = AreaTree.Next(node))
        {
            if (node == null || node->Start > next) return UserError.NoMemory;
            VirtualArea area = node->Area;
            UserError error = CheckAccess(area.Kind, access);
            if (error != UserError.None) return error;
            if (IsData(area.Kind, access) && !IsData(area.Kind, area.Access)) newData += area.Pages.Intersect(pages).Count;
            next = node->End;
        }

        return newData == 0 || HasDataRoomFor(newData, default) ? UserError.None : UserError.NoMemory;
    }

    // The pages of a range that is a program's to name: aligned, not empty, and its own.
    private readonly bool TryRange(VirtAddr start, ulong sizeBytes, out PageRange pages)
    {
        pages = default;
        if (!start.IsPageAligned || sizeBytes == 0 || sizeBytes > _range.Mappable.End.Start.Value) return false;
        ulong pageCount = PageNumber.CountFor(sizeBytes);
        if (start.ContainingPage < _range.Mappable.Start || start.ContainingPage >= _range.Mappable.End) return false;
        if (pageCount > _range.Mappable.End - start.ContainingPage) return false;
        pages = new PageRange(start.ContainingPage, pageCount);
        return true;
    }

    private readonly bool HasRoomFor(ulong pageCount, ulong replaced)
    {
        ulong kept = _areas.PageCount - replaced;
        return kept <= _limits.MappedPages && pageCount <= _limits.MappedPages - kept;
    }

    private static bool IsData(AreaKind kind, AreaAccess access) =>
        (access & AreaAccess.Write) != 0 && (kind is AreaKind.Private or AreaKind.Heap or AreaKind.FilePrivate);

    // Counted when there is a limit only: it costs a step an area. What is in the range `replaced` goes.
    private readonly bool HasDataRoomFor(ulong pageCount, PageRange replaced)
    {
        if (_limits.DataPages == ulong.MaxValue) return true;
        ulong count = pageCount;
        for (AreaNode* node = _areas.First; node != null; node = AreaTree.Next(node))
        {
            VirtualArea area = node->Area;
            if (IsData(area.Kind, area.Access)) count += area.Pages.Count - area.Pages.Intersect(replaced).Count;
        }

        return count <= _limits.DataPages;
    }

    // How many pages of a range are in areas.
    private readonly ulong CountIn(PageRange pages)
    {
        ulong count = 0;
        for (AreaNode* node = _areas.FindFrom(pages.Start); node != null && node->Start < pages.End; node = AreaTree.Next(node))
        {
            count += node->Area.Pages.Intersect(pages).Count;
        }

        return count;
    }
}
