using System.Runtime.CompilerServices;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <content>Changes of areas, which have what they need.</content>
public unsafe partial struct UserMemory<TSpace, TMemory, TSource>
{
    /// <summary>Nodes that were taken before a change, so that it cannot fail; they are chained by their parents.</summary>
    private struct NodeReserve
    {
        internal AreaNode* First;
    }

    private readonly bool TryReserve(int count, out NodeReserve reserve)
    {
        reserve = default;
        for (; count > 0; count--)
        {
            if (!_source.TryAllocateNode(out AreaNode* node))
            {
                Release(ref reserve);
                return false;
            }

            GiveBack(node, ref reserve);
        }

        return true;
    }

    private readonly void Release(ref NodeReserve reserve)
    {
        while (reserve.First != null) _source.FreeNode(Take(ref reserve));
    }

    private static AreaNode* Take(ref NodeReserve reserve)
    {
        AreaNode* node = reserve.First;
        KernelAssert.That(node != null, "UserMemory: more nodes are needed than were reserved");
        reserve.First = node->Parent;
        return node;
    }

    private static void GiveBack(AreaNode* node, ref NodeReserve reserve)
    {
        node->Parent = reserve.First;
        reserve.First = node;
    }

    // Adds an area where none is, as a part of its neighbours when it goes on like them.
    private void Add(VirtualArea area, ref NodeReserve reserve)
    {
        AreaNode* node = Take(ref reserve);
        _areas.Insert(node, in area);
        if (area.Backing != null) area.Backing->AddUser();
        AreaNode* next = AreaTree.Next(node);
        if (next != null && node->Value.Continues(in next->Value)) Join(node, next);
        AreaNode* previous = AreaTree.Previous(node);
        if (previous != null && previous->Value.Continues(in node->Value)) Join(previous, node);
    }

    // Makes an area boundary of the start of `page`, if an area goes across it.
    private void CutAt(PageNumber page, ref NodeReserve reserve)
    {
        AreaNode* node = _areas.Find(page);
        if (node == null || node->Start == page) return;
        VirtualArea area = node->Area;
        _areas.Change(node, area.Within(PageRange.FromBounds(area.Pages.Start, page)));
        VirtualArea upper = area.Within(PageRange.FromBounds(page, area.Pages.End));
        _areas.Insert(Take(ref reserve), in upper);
        if (area.Backing != null) area.Backing->AddUser();
    }

    // Makes one of neighbours that go on like each other, from the one before `pages` to the one after.
    private void MergeFrom(PageRange pages)
    {
        AreaNode* node = _areas.FindBelow(pages.Start);
        if (node == null) node = _areas.First;
        while (node != null && node->Start < pages.End)
        {
            AreaNode* next = AreaTree.Next(node);
            if (next == null) return;
            if (node->Value.Continues(in next->Value)) Join(node, next);
            else node = next;
        }
    }

    private void Join(AreaNode* node, AreaNode* next)
    {
        VirtualArea joined = node->Area.At(new PageRange(node->Start, node->Area.Pages.Count + next->Area.Pages.Count));
        Drop(next);
        _areas.Change(node, in joined);
    }

    // Takes the pages of a range away, frames and all; cutting an area in two takes a node.
    private void Clear(PageRange pages, ref NodeReserve reserve)
    {
        Unload(pages);
        AreaNode* node = _areas.FindFrom(pages.Start);
        if (node != null && node->Start < pages.Start)
        {
            CutAt(pages.Start, ref reserve);
            node = AreaTree.Next(node);
        }

        while (node != null && node->Start < pages.End)
        {
            AreaNode* next = AreaTree.Next(node);
            VirtualArea area = node->Area;
            if (area.Pages.End > pages.End) _areas.Change(node, area.Within(PageRange.FromBounds(pages.End, area.Pages.End)));
            else Drop(node);
            node = next;
        }
    }

    private void Drop(AreaNode* node)
    {
        MemoryObject* backing = node->Area.Backing;
        _areas.Remove(node);
        _source.FreeNode(node);
        if (backing != null && backing->DropUser(_memory, _source)) _source.FreeObject(backing);
    }

    // Takes the entries of a range away and releases the frames behind them, some runs at a time: after the flush of each.
    private void Unload(PageRange pages)
    {
        if (pages.Count == 1) UnloadPage(pages.Start);
        else UnloadRuns(pages);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Else each caller clears room for the runs.
    private void UnloadRuns(PageRange pages)
    {
        RunCollector runs = default;
        while (!pages.IsEmpty)
        {
            Collect(pages, ref runs);
            PageRange part = PageRange.FromBounds(pages.Start, runs.Reached);
            if (runs.Count != 0)
            {
                PagingResult result = _space.Unmap(part.Start.Start, part.SizeBytes, Holes.Skipped);
                KernelAssert.That(result == PagingResult.Ok, "UserMemory: a page cannot be unmapped");
            }

            for (int index = 0; index < runs.Count; index++) ReleaseFrames(runs[index]);
            pages = PageRange.FromBounds(part.End, pages.End);
        }
    }

    private void UnloadPage(PageNumber page)
    {
        PagingResult result = _space.UnmapPage(page.Start, out PhysAddr target, out PageFlags flags);
        if (result == PagingResult.Ok) ReleaseFrame(target.ContainingFrame, flags);
        else KernelAssert.That(result == PagingResult.NotMapped, "UserMemory: a page cannot be unmapped");
    }

    // What is mapped at the beginning of a range, as far as it fits. The collector is the caller's: it is large, and not copied for each part.
    private readonly void Collect(PageRange pages, ref RunCollector runs)
    {
        runs.Clear(pages.End);
        _space.VisitRange(pages.Start.Start, pages.SizeBytes, ref runs);
    }

    private void ReleaseFrames(MappedRun run)
    {
        for (ulong done = 0; done < run.PageCount; done++) ReleaseFrame(run.Target.ContainingFrame + done, run.Flags);
    }

    // The entry that showed a frame is gone.
    private void ReleaseFrame(FrameNumber frame, PageFlags flags)
    {
        if (!IsCounted(frame, flags)) return;
        _source.ReleaseFrame(frame);
        _residentPages--;
    }

    // Whether the entry is a user of the frame: all are but those that show the frame of zeros, or a device.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsCounted(FrameNumber frame, PageFlags flags) =>
        frame != _source.ZeroFrame && (flags & PageFlags.CacheDisabled) == 0;

    // No entry of the area may allow more than the area does.
    private void Narrow(in VirtualArea area)
    {
        PageFlags flags = FlagsFor(in area);
        if (area.IsPrivate) flags &= ~PageFlags.Writable; // Which of them are its own the next write will find out.
        PagingResult result = _space.Protect(area.Pages.Start.Start, area.Pages.SizeBytes, flags, Holes.Skipped);
        KernelAssert.That(result == PagingResult.Ok, "UserMemory: a page cannot be protected");
    }

    // All that an entry of the area may allow. What cannot be accessed stays mapped, for the kernel only: its content is kept.
    private static PageFlags FlagsFor(in VirtualArea area)
    {
        PageFlags flags = PageFlags.Present;
        if (area.Access != AreaAccess.None) flags |= PageFlags.User;
        if ((area.Access & AreaAccess.Write) != 0) flags |= PageFlags.Writable;
        if ((area.Access & AreaAccess.Execute) != 0) flags |= PageFlags.Executable;
        if (area.Kind == AreaKind.Device) flags |= PageFlags.CacheDisabled;
        return flags;
    }
}
