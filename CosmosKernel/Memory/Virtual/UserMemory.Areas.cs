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
        MergeFrom(area.Pages);
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
            if (!node->Area.Continues(next->Area))
            {
                node = next;
                continue;
            }

            VirtualArea joined = node->Area.At(new PageRange(node->Start, node->Area.Pages.Count + next->Area.Pages.Count));
            Drop(next);
            _areas.Change(node, in joined);
        }
    }

    // Takes the pages of a range away, frames and all; cutting an area in two takes a node.
    private void Clear(PageRange pages, ref NodeReserve reserve)
    {
        Unload(pages);
        CutAt(pages.Start, ref reserve);
        AreaNode* node = _areas.FindFrom(pages.Start);
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
        while (!pages.IsEmpty)
        {
            RunCollector runs = Collect(pages);
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

    // What is mapped at the beginning of a range, as far as it fits.
    private readonly RunCollector Collect(PageRange pages)
    {
        RunCollector runs = new(pages.End);
        _space.VisitRange(pages.Start.Start, pages.SizeBytes, ref runs);
        return runs;
    }

    private void ReleaseFrames(MappedRun run)
    {
        for (ulong done = 0; done < run.PageCount; done++)
        {
            FrameNumber frame = run.Target.ContainingFrame + done;
            if (!IsCounted(frame, run.Flags)) continue;
            _source.ReleaseFrame(frame);
            _residentPages--;
        }
    }

    // Whether the entry is a user of the frame: all are but those that show the frame of zeros, or a device.
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
