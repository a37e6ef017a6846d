using System;

namespace MemOS.Primitives;

/// <summary>The number of a 4 KiB page of a virtual address space: its address divided by the page size.</summary>
public readonly struct PageNumber : IEquatable<PageNumber>, IComparable<PageNumber>
{
    /// <summary>log2 of <see cref="SizeBytes"/>.</summary>
    public const int Shift = 12;

    /// <summary>The size of a page.</summary>
    public const ulong SizeBytes = 1UL << Shift;

    private readonly ulong _value;

    private PageNumber(ulong value) => _value = value;

    /// <summary>Page 0, the page that is never mapped.</summary>
    public static PageNumber Zero => default;

    /// <summary>The number as an integer, at most 52 bits.</summary>
    public ulong Value => _value;

    /// <summary>The address of the page's first byte.</summary>
    public VirtAddr Start => VirtAddr.FromTrusted(_value << Shift);

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is a page number.</summary>
    public static PageNumber FromTrusted(ulong value) => new(value);

    /// <summary>How many pages hold <paramref name="sizeBytes"/> bytes, rounded up.</summary>
    public static ulong CountFor(ulong sizeBytes) => FrameNumber.CountFor(sizeBytes);

    /// <summary>The size in bytes of <paramref name="pageCount"/> pages; checked.</summary>
    public static ulong BytesOf(ulong pageCount) => checked(pageCount * SizeBytes);

    /// <summary>Whether a page of <paramref name="order"/> may start here.</summary>
    public bool IsAligned(Order order) => (_value & (order.FrameCount - 1)) == 0;

    /// <summary>The start of the page of <paramref name="order"/> that this page lies in.</summary>
    public PageNumber AlignDown(Order order) => new(_value & ~(order.FrameCount - 1));

    /// <summary>The first start of a page of <paramref name="order"/> at or above this page; checked.</summary>
    public PageNumber AlignUp(Order order) => new(checked(_value + (order.FrameCount - 1)) & ~(order.FrameCount - 1));

    /// <summary>Whether both name the same value.</summary>
    public static bool operator ==(PageNumber left, PageNumber right) => left._value == right._value;

    /// <summary>Whether they name different values.</summary>
    public static bool operator !=(PageNumber left, PageNumber right) => left._value != right._value;

    /// <summary>Whether the left one lies below the right one.</summary>
    public static bool operator <(PageNumber left, PageNumber right) => left._value < right._value;

    /// <summary>Whether the left one lies above the right one.</summary>
    public static bool operator >(PageNumber left, PageNumber right) => left._value > right._value;

    /// <summary>Whether the left one lies below or at the right one.</summary>
    public static bool operator <=(PageNumber left, PageNumber right) => left._value <= right._value;

    /// <summary>Whether the left one lies above or at the right one.</summary>
    public static bool operator >=(PageNumber left, PageNumber right) => left._value >= right._value;

    /// <summary>The page <paramref name="pageCount"/> further up; checked.</summary>
    public static PageNumber operator +(PageNumber page, ulong pageCount) => new(checked(page._value + pageCount));

    /// <summary>The page <paramref name="pageCount"/> further down; checked.</summary>
    public static PageNumber operator -(PageNumber page, ulong pageCount) => new(checked(page._value - pageCount));

    /// <summary>The distance in pages from <paramref name="lower"/> up to <paramref name="upper"/>; checked.</summary>
    public static ulong operator -(PageNumber upper, PageNumber lower) => checked(upper._value - lower._value);

    /// <summary>The next page; checked.</summary>
    public static PageNumber operator ++(PageNumber page) => page + 1;

    /// <inheritdoc/>
    public int CompareTo(PageNumber other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(PageNumber other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageNumber other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The number in hexadecimal, tagged <c>N#</c>.</summary>
    public override string ToString() => "N#" + _value.ToString("x");
}
