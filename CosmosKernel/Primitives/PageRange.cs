using System;

namespace MemOS.Primitives;

/// <summary>A run of pages: [<see cref="Start"/>, <see cref="End"/>), possibly empty.</summary>
public readonly struct PageRange : IEquatable<PageRange>
{
    /// <summary>The pages from <paramref name="start"/> on, <paramref name="pageCount"/> of them; the end is checked not to wrap.</summary>
    public PageRange(PageNumber start, ulong pageCount)
    {
        KernelAssert.That(start.Value + pageCount >= start.Value, "PageRange: the end wraps");
        Start = start;
        Count = pageCount;
    }

    /// <summary>The first page.</summary>
    public PageNumber Start { get; }

    /// <summary>The number of pages.</summary>
    public ulong Count { get; }

    /// <summary>The page after the last one.</summary>
    public PageNumber End => PageNumber.FromTrusted(Start.Value + Count);

    /// <summary>The size of the run; checked.</summary>
    public ulong SizeBytes => PageNumber.BytesOf(Count);

    /// <summary>Whether there is no page in it.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The pages of [<paramref name="start"/>, <paramref name="end"/>); empty when the end is not above the start.</summary>
    public static PageRange FromBounds(PageNumber start, PageNumber end) => new(start, end > start ? end - start : 0);

    /// <summary>The pages that have a byte in [<paramref name="start"/>, <paramref name="start"/> + <paramref name="sizeBytes"/>).</summary>
    public static PageRange Covering(VirtAddr start, ulong sizeBytes)
    {
        if (sizeBytes == 0) return new PageRange(start.ContainingPage, 0);
        return FromBounds(start.ContainingPage, (start + (sizeBytes - 1)).ContainingPage + 1);
    }

    /// <summary>Whether <paramref name="page"/> is one of them.</summary>
    public bool Contains(PageNumber page) => page.Value - Start.Value < Count;

    /// <summary>Whether every page of <paramref name="other"/> is one of them; an empty run is contained everywhere.</summary>
    public bool Contains(PageRange other) => other.IsEmpty || (other.Start >= Start && other.End <= End);

    /// <summary>Whether the two have a page in common.</summary>
    public bool Overlaps(PageRange other) => !IsEmpty && !other.IsEmpty && Start < other.End && other.Start < End;

    /// <summary>The pages that the two have in common.</summary>
    public PageRange Intersect(PageRange other) => FromBounds(
        Start > other.Start ? Start : other.Start,
        End < other.End ? End : other.End);

    /// <summary>Whether both are the same run.</summary>
    public static bool operator ==(PageRange left, PageRange right) => left.Equals(right);

    /// <summary>Whether they are different runs.</summary>
    public static bool operator !=(PageRange left, PageRange right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(PageRange other) => Start == other.Start && Count == other.Count;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Start, Count);

    /// <summary>The bounds, the end exclusive.</summary>
    public override string ToString() => "[" + Start.ToString() + ", " + End.ToString() + ")";
}
