using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>What is refused before anything is read.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    private const PageFlags WriteAndExecute = PageFlags.Writable | PageFlags.Executable;

    private static bool IsWritableAndExecutable(PageFlags flags) => (flags & WriteAndExecute) == WriteAndExecute;

    // Whether tables at `level` may map pages: the format and the machine can.
    private readonly bool HasPages(int level) => ((_leafLevels >> level) & 1) != 0;

    // Both addresses are multiples of the size, so that one whole page is meant. Of a format with the least levels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsMappable(VirtAddr page, PhysAddr target, int level, PageFlags flags) =>
        ((page.Value | target.Value) & (_entries.SizeOf(level) - 1)) == 0
        && page.Value != 0
        && (target.Value >> _entries.Format.PhysicalBitsAt(level)) == 0
        && _entries.IsCanonicalAtLeast(page)
        && !ShowsTables(page)
        && !IsWritableAndExecutable(flags);

    // The reason why a range cannot be mapped with pages of `level` or larger ones, Ok when there is none. It is not empty.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly PagingResult WhyNotMappable(VirtAddr start, PhysAddr target, ulong sizeBytes, int level, int physicalBits, PageFlags flags)
    {
        ulong alignmentBytes = _entries.SizeOf(level);
        if (!start.IsAligned(alignmentBytes) || !target.IsAligned(alignmentBytes)) return PagingResult.Misaligned;
        PagingResult range = CheckRange(start, sizeBytes);
        if (range != PagingResult.Ok) return range;
        if (start.Value == 0) return PagingResult.NullPage;
        if (!Fits(target, sizeBytes, physicalBits)) return PagingResult.PhysicalOutOfRange;
        return IsWritableAndExecutable(flags) ? PagingResult.WritableAndExecutable : PagingResult.Ok;
    }

    private static bool Fits(PhysAddr target, ulong sizeBytes, int physicalBits)
    {
        ulong limit = 1UL << physicalBits;
        return target.Value < limit && sizeBytes <= limit - target.Value;
    }

    // A range of whole pages, not empty, that stays within one half of the address space.
    private readonly PagingResult CheckRange(VirtAddr start, ulong sizeBytes)
    {
        ulong pageMask = _entries.SizeOf(0) - 1;
        if (((start.Value | sizeBytes) & pageMask) != 0) return PagingResult.Misaligned;
        VirtAddr last = VirtAddr.FromTrusted(unchecked(start.Value + (sizeBytes - 1)));
        bool isInOneHalf = last >= start && last.IsUpperHalf == start.IsUpperHalf;
        bool isCanonical = _entries.IsCanonical(start) && _entries.IsCanonical(last);
        if (!isInOneHalf || !isCanonical) return PagingResult.NonCanonical;
        return ShowsTables(last) ? PagingResult.ShowsTables : PagingResult.Ok;
    }
}
