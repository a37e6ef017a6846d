using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>Small pages made into a large one, and what the processor has noted of a page's use.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    private const PageFlags Noted = PageFlags.Accessed | PageFlags.Dirty;

    /// <summary>Replaces all pages of the table that maps <paramref name="address"/> by one page of the next larger size.</summary>
    /// <remarks>
    /// Where one of them was used or written, the large page was. Their table stays as it is until the flush is over, as processors may
    /// still walk it: <see cref="FreeRetiredTables"/> comes before the next merge.
    /// </remarks>
    /// <param name="address">Any address in the pages.</param>
    /// <param name="result">
    /// Ok; NonCanonical; NotMapped when one is missing; SizeNotSupported; NotUniform when they do not make one page;
    /// OutOfTables when a merged table waits for its flush. Other than Ok, nothing was changed.
    /// </param>
    public PendingFlush Merge(VirtAddr address, out PagingResult result)
    {
        result = CanMerge(address, out FoundEntry link, out Translation large);
        if (result == PagingResult.Ok && _hasMerged) result = PagingResult.OutOfTables;
        if (result != PagingResult.Ok) return PendingFlush.None;

        _entries.Write(link.Slot, _entries.Format.EncodePage(large.Address, large.Flags, link.Level));
        _merged = _entries.Format.TableAddress(link.Entry).ContainingFrame;
        _hasMerged = true;
        _tableCount--;
        int shift = _entries.ShiftOf(link.Level - 1);
        FlushScope scope = ScopeOf(large.Flags);
        PendingFlush pages = PendingFlush.Pages(address.AlignDown(large.PageSizeBytes), (uint)_entries.EntryCountOf(shift), shift, scope);
        return WithWindow(pages.WithDroppedTables(), link.Level);
    }

    /// <summary>Finds pages that <see cref="Merge"/> can merge, so that a policy can go through an address space.</summary>
    /// <param name="start">The first address to look at.</param>
    /// <param name="sizeBytes">How far.</param>
    /// <param name="found">An address of the first pages that can be merged and lie in the range as a whole.</param>
    public readonly bool TryFindMergeable(VirtAddr start, ulong sizeBytes, out VirtAddr found)
    {
        found = start;
        for (ulong done = 0; done < sizeBytes;)
        {
            found = start + done;
            if (!_entries.IsCanonical(found)) return false;
            FoundEntry entry = Deepest(found, 0);
            bool isStart = entry.Level < _entries.TopLevel && IsStartOfLarger(found, entry.Level, sizeBytes - done);
            if (isStart && CanMerge(found, out _, out _) == PagingResult.Ok) return true;
            // Of a table of small pages the first alone can be the start of a larger one.
            ulong stepBytes = _entries.SizeOf(entry.Level == 0 ? 1 : entry.Level);
            done += stepBytes - (found.Value & (stepBytes - 1));
        }

        return false;
    }

    /// <summary>Reads what was noted of the use of the page that starts at <paramref name="page"/>, and clears it.</summary>
    /// <remarks>
    /// Between the reading and the writing the processor may note more, which is lost: other processors must not run in the address space.
    /// Until the flush is carried out the processor need not note again.
    /// </remarks>
    /// <param name="page">The page's first address.</param>
    /// <param name="which">Accessed, Dirty, or both.</param>
    /// <param name="noted">Those of them that were set.</param>
    /// <param name="result">Ok, or as <see cref="Protect"/>; other than Ok, nothing was changed.</param>
    public PendingFlush TakeNoted(VirtAddr page, PageFlags which, out PageFlags noted, out PagingResult result)
    {
        KernelAssert.That((which & ~Noted) == 0, "PageMapper: the processor does not note that");
        noted = PageFlags.None;
        result = Find(page, out FoundEntry leaf);
        if (result != PagingResult.Ok) return PendingFlush.None;

        Translation seen = Describe(in leaf);
        noted = seen.Flags & which;
        if (noted == PageFlags.None) return PendingFlush.None;
        _entries.Write(leaf.Slot, _entries.Format.EncodePage(seen.Address, seen.Flags & ~noted, leaf.Level));
        return WithWindow(PendingFlush.Page(page, leaf.Shift, ScopeOf(leaf.Entry)), leaf.Level);
    }

    private readonly bool IsStartOfLarger(VirtAddr address, int level, ulong sizeBytes) =>
        address.IsAligned(_entries.SizeOf(level + 1)) && sizeBytes >= _entries.SizeOf(level + 1);

    // Whether the pages round `address` make one larger page; the entry of their table, and that page.
    private readonly PagingResult CanMerge(VirtAddr address, out FoundEntry link, out Translation large)
    {
        link = default;
        large = default;
        if (!_entries.IsCanonical(address)) return PagingResult.NonCanonical;
        if (ShowsTables(address)) return PagingResult.ShowsTables;
        FoundEntry page = Deepest(address, 0);
        if (!_entries.Format.IsPresent(page.Entry)) return PagingResult.NotMapped;
        int level = page.Level + 1;
        if (level > _entries.TopLevel || !HasPages(level)) return PagingResult.SizeNotSupported;
        link = Deepest(address, level);
        return IsUniform(page.Table, page.Level, out large);
    }

    private readonly PagingResult IsUniform(PhysAddr table, int level, out Translation large)
    {
        int shift = _entries.ShiftOf(level);
        ulong first = _entries.Read(table);
        PhysAddr start = _entries.Format.PageAddress(first, level);
        PageFlags flags = _entries.Format.DecodePage(first, level, _entries.Format.AllRights) & ~Noted;
        large = default;
        PageFlags noted = PageFlags.None;
        for (int index = 0; index < _entries.EntryCountOf(shift); index++)
        {
            ulong entry = _entries.Read(_entries.SlotAt(table, index));
            if (!_entries.Format.IsPresent(entry)) return PagingResult.NotMapped;
            if (!IsPage(entry, level)) return PagingResult.NotUniform;
            PageFlags seen = _entries.Format.DecodePage(entry, level, _entries.Format.AllRights);
            noted |= seen & Noted;
            bool isNext = _entries.Format.PageAddress(entry, level).Value == start.Value + ((ulong)(uint)index << shift);
            if (!isNext || (seen & ~Noted) != flags) return PagingResult.NotUniform;
        }

        large = new Translation(start, flags | noted, _entries.ShiftOf(level + 1));
        return start.IsAligned(large.PageSizeBytes) ? PagingResult.Ok : PagingResult.NotUniform;
    }
}
