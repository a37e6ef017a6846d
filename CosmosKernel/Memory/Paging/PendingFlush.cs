using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>What the processors may still hold of a mapping that was changed, and must be told to forget.</summary>
/// <remarks>
/// Every change of page tables returns one; until it has been carried out by the driver the old translation
/// may still be used. So it is not dropped: the compiler refuses a call whose PendingFlush is not taken (CA1806 in .editorconfig),
/// and a test over the IL refuses one that is taken and then not used. Two machine words, so that it travels in registers.
/// </remarks>
public readonly struct PendingFlush
{
    private const ulong ShiftMask = 0x3F;
    private const ulong GlobalBit = 1UL << 6;
    private const ulong TablesBit = 1UL << 7;
    private const ulong EverythingBit = 1UL << 8;
    private const ulong LowBits = 0xFFF;

    // The address of the first page; in the bits that are 0 in the address of a page, the page size's log2 and the bits above.
    private readonly ulong _startAndKind;
    private readonly ulong _pageCount;

    private PendingFlush(ulong startAndKind, ulong pageCount)
    {
        _startAndKind = startAndKind;
        _pageCount = pageCount;
    }

    /// <summary>Nothing to forget.</summary>
    public static PendingFlush None => default;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsNone => _startAndKind == 0;

    /// <summary>Whether everything is to be forgotten, whatever its address.</summary>
    public bool IsEverything => (_startAndKind & EverythingBit) != 0;

    /// <summary>Whether translations that are the same in all address spaces are meant too.</summary>
    public bool IncludesGlobal => (_startAndKind & GlobalBit) != 0;

    /// <summary>Whether page tables went out of use, so that what the processor holds of inner levels must go too.</summary>
    public bool DropsTables => (_startAndKind & TablesBit) != 0;

    /// <summary>The first address of the first page.</summary>
    public VirtAddr Start => VirtAddr.FromTrusted(_startAndKind & ~LowBits);

    /// <summary>How many pages of <see cref="PageSizeBytes"/> lie in a row; 0 when everything is meant.</summary>
    public ulong PageCount => _pageCount;

    /// <summary>The distance in bytes from one page to the next: one invalidation a page is enough.</summary>
    public ulong PageSizeBytes => 1UL << PageShift;

    private int PageShift => (int)(_startAndKind & ShiftMask);

    /// <summary>One page of 2^<paramref name="pageShift"/> bytes (at least 12).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PendingFlush Page(VirtAddr start, int pageShift, FlushScope scope) =>
        new((start.Value & ~LowBits) | (uint)pageShift | ScopeBits(scope), 1);

    /// <summary>One page of 2^<paramref name="pageShift"/> bytes (at least 12), whose start is a multiple of that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PendingFlush AlignedPage(VirtAddr start, int pageShift, FlushScope scope) =>
        new(start.Value | (uint)pageShift | ScopeBits(scope), 1);

    /// <summary>A row of pages of 2^<paramref name="pageShift"/> bytes (at least 12) from <paramref name="start"/> on.</summary>
    public static PendingFlush Pages(VirtAddr start, ulong pageCount, int pageShift, FlushScope scope)
    {
        if (pageCount == 0) return None;
        return new PendingFlush((start.Value & ~LowBits) | (uint)pageShift | ScopeBits(scope), pageCount);
    }

    /// <summary>All translations; with <see cref="FlushScope.Global"/> the global ones too.</summary>
    public static PendingFlush Everything(FlushScope scope) =>
        new(EverythingBit | TablesBit | FrameNumber.Shift | ScopeBits(scope), 0);

    /// <summary>The same, and what the processor holds of inner levels.</summary>
    public PendingFlush WithDroppedTables() =>
        IsNone ? Everything(FlushScope.Global) : new PendingFlush(_startAndKind | TablesBit, _pageCount);

    /// <summary>At least what either asks for: a row of pages that covers both, or everything when one of them is that.</summary>
    public PendingFlush And(PendingFlush other)
    {
        if (IsNone) return other;
        if (other.IsNone) return this;
        ulong kinds = (_startAndKind | other._startAndKind) & (GlobalBit | TablesBit);
        if (IsEverything || other.IsEverything) return new PendingFlush(EverythingBit | TablesBit | FrameNumber.Shift | kinds, 0);

        int shift = PageShift < other.PageShift ? PageShift : other.PageShift;
        VirtAddr start = Start < other.Start ? Start : other.Start;
        ulong thisLast = LastByte;
        ulong otherLast = other.LastByte;
        ulong last = thisLast > otherLast ? thisLast : otherLast;
        return new PendingFlush(start.Value | (uint)shift | kinds, ((last - start.Value) >> shift) + 1);
    }

    private ulong LastByte => unchecked(Start.Value + (_pageCount << PageShift) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ScopeBits(FlushScope scope) => (ulong)scope << 6;
}
