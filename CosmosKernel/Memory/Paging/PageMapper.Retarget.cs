using System.Runtime.CompilerServices;
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
        int top = _entries.LeastTop;
        PathEnd end = new(_root);
        // As in Map: a page of the smallest size below tables that allow what it needs.
        if (_entries.HasLeastLevels && IsMappable(page, target, 0, flags)
            && (top <= 3 || TryStep(page, 4, flags, ref end))
            && (top <= 2 || TryStep(page, 3, flags, ref end))
            && (top <= 1 || TryStep(page, 2, flags, ref end))
            && (top <= 0 || TryStep(page, 1, flags, ref end)))
        {
            PhysAddr slot = _entries.SlotOf(end.Table, page, _entries.ShiftOf(0));
            ulong old = _entries.Read(slot);
            if (_entries.Format.IsPresent(old))
            {
                _entries.Write(slot, _entries.Format.EncodePage(target, flags, 0));
                result = PagingResult.Ok;
                return PendingFlush.AlignedPage(page, _entries.ShiftOf(0), ScopeOf(old));
            }
        }

        return RetargetAny(page, target, flags, out result);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PendingFlush RetargetAny(VirtAddr page, PhysAddr target, PageFlags flags, out PagingResult result)
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
