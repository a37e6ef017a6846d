using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <content>Faults: what was wanted, against what the area and the entry say, ends in one of the things that can be done.</content>
public unsafe partial struct UserMemory<TSpace, TMemory, TSource>
{
    /// <summary>Brings the page with <paramref name="address"/> to what its area allows, when that is enough for <paramref name="access"/>.</summary>
    /// <remarks>O(log areas) and at most one frame filled or copied; nothing is changed when it is not handled.</remarks>
    public FaultOutcome HandleFault(VirtAddr address, FaultAccess access)
    {
        PageNumber page = address.ContainingPage;
        FaultOutcome outcome = Decide(page, access, out AreaNode* node, out PhysAddr present);
        outcome = Act(outcome, page, access, node, present);
        _faults.Add(outcome);
        return outcome;
    }

    // What is to be done. Nothing is changed yet.
    private readonly FaultOutcome Decide(PageNumber page, FaultAccess access, out AreaNode* node, out PhysAddr present)
    {
        present = default;
        node = _areas.FindFrom(page);
        if (node == null) return FaultOutcome.NoArea;
        ref readonly VirtualArea area = ref node->Value; // SAFETY: the node stays in the tree meanwhile.
        bool isBelow = page < area.Pages.Start;
        if (isBelow && (area.Kind != AreaKind.Stack || !_range.Mappable.Contains(page))) return FaultOutcome.NoArea;
        if (isBelow && !CanGrow(node, page)) return IsNearStack(in area, page) ? FaultOutcome.StackLimit : FaultOutcome.NoArea;
        if (area.Kind == AreaKind.Guard) return FaultOutcome.Guard;
        if ((area.Access & Needed(access)) == 0) return FaultOutcome.Denied;
        if (!isBelow && _space.Translate(page.Start, out Translation translation) == PagingResult.Ok)
        {
            present = translation.PageStart;
            return DecidePresent(in area, translation, access);
        }

        return DecideAbsent(in area, page, access);
    }

    private readonly FaultOutcome DecidePresent(in VirtualArea area, Translation translation, FaultAccess access)
    {
        if (access == FaultAccess.Write && (translation.Flags & PageFlags.Writable) == 0 && area.IsPrivate)
        {
            FrameNumber frame = translation.PageStart.ContainingFrame;
            if (frame == _source.ZeroFrame) return FaultOutcome.Zeroed;
            return _source.IsSoleUser(frame) ? FaultOutcome.Reused : FaultOutcome.Copied;
        }

        PageFlags wanted = access == FaultAccess.Execute ? PageFlags.Executable : access == FaultAccess.Write ? PageFlags.Writable : PageFlags.None;
        wanted |= PageFlags.User;
        return (translation.Flags & wanted) == wanted ? FaultOutcome.Spurious : FaultOutcome.Upgraded;
    }

    private static FaultOutcome DecideAbsent(in VirtualArea area, PageNumber page, FaultAccess access)
    {
        if (area.Kind == AreaKind.Device) return FaultOutcome.Device;
        if (area.Backing == null) return access == FaultAccess.Write ? FaultOutcome.Zeroed : FaultOutcome.ZeroPage;
        if (area.OffsetOf(page) >= area.Backing->PageCount) return FaultOutcome.BeyondFile;
        return access == FaultAccess.Write && area.IsPrivate ? FaultOutcome.Copied : FaultOutcome.Object;
    }

    private static AreaAccess Needed(FaultAccess access) => access switch
    {
        FaultAccess.Write => AreaAccess.Write,
        FaultAccess.Execute => AreaAccess.Execute,
        _ => AreaAccess.Read | AreaAccess.Write | AreaAccess.Execute, // What x86 lets be written or executed it lets be read.
    };

    private FaultOutcome Act(FaultOutcome outcome, PageNumber page, FaultAccess access, AreaNode* node, PhysAddr present)
    {
        if (outcome >= FaultOutcome.Spurious) return outcome;
        return page < node->Start ? Grow(outcome, page, access, node, present) : Act(outcome, page, access, in node->Value, present);
    }

    private FaultOutcome Grow(FaultOutcome outcome, PageNumber page, FaultAccess access, AreaNode* node, PhysAddr present)
    {
        if (!HasRoomFor(node->Start - page, 0)) return FaultOutcome.StackLimit;
        VirtualArea area = node->Area.At(PageRange.FromBounds(page, node->End));
        FaultOutcome done = Act(outcome, page, access, in area, present);
        if (done.IsHandled()) _areas.Change(node, in area);
        return done;
    }

    private FaultOutcome Act(FaultOutcome outcome, PageNumber page, FaultAccess access, in VirtualArea area, PhysAddr present)
    {
        PageFlags flags = FlagsFor(in area);
        return outcome switch
        {
            FaultOutcome.Zeroed => Own(page, flags, present, default, outcome),
            FaultOutcome.Copied => OwnCopy(in area, page, flags, present),
            FaultOutcome.ZeroPage => Show(page, _source.ZeroFrame, flags & ~PageFlags.Writable, outcome),
            FaultOutcome.Object => ShowObject(in area, page, access, flags),
            FaultOutcome.Device => Show(page, FrameNumber.FromTrusted(area.OffsetOf(page)), flags, outcome),
            _ => Rewrite(in area, page, flags, present, outcome),
        };
    }

    // A frame of the process's own for the page: zeros, or the content of `source`. `present` is the frame that the page shows so far, or 0.
    private FaultOutcome Own(PageNumber page, PageFlags flags, PhysAddr present, PhysAddr source, FaultOutcome outcome)
    {
        bool isNew = present == default || present.ContainingFrame == _source.ZeroFrame;
        if (isNew && _residentPages >= _limits.ResidentPages) return FaultOutcome.ResidentLimit;
        if (!_source.TryAllocateFrame(source == default ? Zeroing.Zeroed : Zeroing.AsIs, out FrameNumber frame)) return FaultOutcome.NoMemory;
        // SAFETY: two whole frames.
        if (source != default) FrameBytes.Copy(_memory.Pointer(frame.Start), _memory.Pointer(source));
        PagingResult result = present == default
            ? _space.MapPage(page.Start, frame.Start, flags)
            : _space.Retarget(page.Start, frame.Start, flags);
        if (result != PagingResult.Ok)
        {
            _source.ReleaseFrame(frame);
            return FaultOutcome.NoMemory;
        }

        if (isNew) _residentPages++;
        else _source.ReleaseFrame(present.ContainingFrame);
        return outcome;
    }

    private FaultOutcome OwnCopy(in VirtualArea area, PageNumber page, PageFlags flags, PhysAddr present)
    {
        if (present != default) return Own(page, flags, present, present, FaultOutcome.Copied);
        if (!area.Backing->TryGet(_memory, _source, area.OffsetOf(page), out FrameNumber original)) return FaultOutcome.NoMemory;
        return Own(page, flags, default, original.Start, FaultOutcome.Copied);
    }

    private FaultOutcome ShowObject(in VirtualArea area, PageNumber page, FaultAccess access, PageFlags flags)
    {
        if (_residentPages >= _limits.ResidentPages) return FaultOutcome.ResidentLimit;
        if (!area.Backing->TryGet(_memory, _source, area.OffsetOf(page), out FrameNumber frame)) return FaultOutcome.NoMemory;
        if (!_source.TryShareFrame(frame)) return FaultOutcome.NoMemory;
        KernelAssert.That(access != FaultAccess.Write || !area.IsPrivate, "UserMemory: a private page would be shared for writing");
        FaultOutcome outcome = Show(page, frame, area.IsPrivate ? flags & ~PageFlags.Writable : flags, FaultOutcome.Object);
        if (outcome == FaultOutcome.Object) _residentPages++;
        else _source.ReleaseFrame(frame);
        return outcome;
    }

    private FaultOutcome Show(PageNumber page, FrameNumber frame, PageFlags flags, FaultOutcome outcome) =>
        _space.MapPage(page.Start, frame.Start, flags) == PagingResult.Ok ? outcome : FaultOutcome.NoMemory;

    // The page stays what it is and may be used as its area says; for writing only when nobody else sees it.
    private FaultOutcome Rewrite(in VirtualArea area, PageNumber page, PageFlags flags, PhysAddr present, FaultOutcome outcome)
    {
        if (outcome == FaultOutcome.Upgraded && area.IsPrivate) flags &= ~PageFlags.Writable;
        PagingResult result = _space.Retarget(page.Start, present, flags);
        KernelAssert.That(result == PagingResult.Ok, "UserMemory: a page that is mapped cannot be mapped");
        return outcome;
    }

    // Whether the stack may grow down to `page`, which lies below it and above every other area.
    private readonly bool CanGrow(AreaNode* stack, PageNumber page)
    {
        if (stack->End - page > _limits.StackPages) return false;
        AreaNode* below = AreaTree.Previous(stack);
        if (below == null) return true;
        ulong gap = below->Area.Kind == AreaKind.Guard ? 0 : StackGap.PageCount;
        return page - below->End >= gap;
    }

    // A fault not further below a stack than one more growth is called a stack's, for the report.
    private static bool IsNearStack(in VirtualArea stack, PageNumber page) => stack.Pages.Start - page <= StackGap.PageCount;
}
