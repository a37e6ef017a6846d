using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>Another frame behind a page.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    /// <summary>Lets the page that starts at <paramref name="page"/> stand for another frame, with other flags: what was noted of its use is forgotten.</summary>
    /// <remarks>
    /// One write, so no other processor sees the page unmapped, and no table can be missing. AArch64 asks for a flush between the old and the
    /// new address (Arm ARM D8.16.1, break-before-make): there, unmap and map.
    /// </remarks>
    /// <param name="page">The page's first address.</param>
    /// <param name="target">The address of its new frame, aligned to the page's size.</param>
    /// <param name="flags">What is allowed from now on.</param>
    /// <param name="result">How it ended; other than Ok, nothing was changed.</param>
    public PendingFlush Retarget(VirtAddr page, PhysAddr target, PageFlags flags, out PagingResult result)
    {
        result = Find(page, out FoundEntry leaf);
        if (result != PagingResult.Ok) return PendingFlush.None;
        result = WhyNotMappable(page, target, 1UL << leaf.Shift, leaf.Level, _entries.Format.PhysicalBitsAt(leaf.Level), flags);
        if (result != PagingResult.Ok) return PendingFlush.None;

        PendingFlush flush = PendingFlush.Page(page, leaf.Shift, ScopeOf(leaf.Entry));
        _entries.Write(leaf.Slot, _entries.Format.EncodePage(target, flags, leaf.Level));
        WidenTables(page, leaf.Level, flags);
        return flush;
    }
}
