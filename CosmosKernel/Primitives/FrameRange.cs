using System;

namespace MemOS.Primitives;

/// <summary>A run of frames: [<see cref="Start"/>, <see cref="End"/>), possibly empty.</summary>
public readonly struct FrameRange : IEquatable<FrameRange>
{
    /// <summary>The frames from <paramref name="start"/> on, <paramref name="frameCount"/> of them; the end is checked not to wrap.</summary>
    public FrameRange(FrameNumber start, ulong frameCount)
    {
        KernelAssert.That(start.Value + frameCount >= start.Value, "FrameRange: the end wraps");
        Start = start;
        Count = frameCount;
    }

    /// <summary>The first frame.</summary>
    public FrameNumber Start { get; }

    /// <summary>The number of frames.</summary>
    public ulong Count { get; }

    /// <summary>The frame after the last one.</summary>
    public FrameNumber End => FrameNumber.FromTrusted(Start.Value + Count);

    /// <summary>The size of the run; checked.</summary>
    public ulong SizeBytes => FrameNumber.BytesOf(Count);

    /// <summary>Whether there is no frame in it.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The frames of [<paramref name="start"/>, <paramref name="end"/>); empty when the end is not above the start.</summary>
    public static FrameRange FromBounds(FrameNumber start, FrameNumber end) => new(start, end > start ? end - start : 0);

    /// <summary>The frames that lie wholly in [<paramref name="start"/>, <paramref name="start"/> + <paramref name="sizeBytes"/>).</summary>
    public static FrameRange Inside(PhysAddr start, ulong sizeBytes)
    {
        PhysAddr end = start + sizeBytes;
        return FromBounds(FrameNumber.FromTrusted(FrameNumber.CountFor(start.Value)), end.ContainingFrame);
    }

    /// <summary>The frames that have a byte in [<paramref name="start"/>, <paramref name="start"/> + <paramref name="sizeBytes"/>).</summary>
    public static FrameRange Covering(PhysAddr start, ulong sizeBytes)
    {
        if (sizeBytes == 0) return new FrameRange(start.ContainingFrame, 0);
        return FromBounds(start.ContainingFrame, (start + (sizeBytes - 1)).ContainingFrame + 1);
    }

    /// <summary>Whether <paramref name="frame"/> is one of them.</summary>
    public bool Contains(FrameNumber frame) => frame.Value - Start.Value < Count;

    /// <summary>Whether every frame of <paramref name="other"/> is one of them; an empty run is contained everywhere.</summary>
    public bool Contains(FrameRange other) => other.IsEmpty || (other.Start >= Start && other.End <= End);

    /// <summary>Whether the two have a frame in common.</summary>
    public bool Overlaps(FrameRange other) => !IsEmpty && !other.IsEmpty && Start < other.End && other.Start < End;

    /// <summary>The frames that the two have in common.</summary>
    public FrameRange Intersect(FrameRange other) => FromBounds(
        Start > other.Start ? Start : other.Start,
        End < other.End ? End : other.End);

    /// <summary>Whether both are the same run.</summary>
    public static bool operator ==(FrameRange left, FrameRange right) => left.Equals(right);

    /// <summary>Whether they are different runs.</summary>
    public static bool operator !=(FrameRange left, FrameRange right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(FrameRange other) => Start == other.Start && Count == other.Count;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FrameRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Start, Count);

    /// <summary>The bounds, the end exclusive.</summary>
    public override string ToString() => "[" + Start.ToString() + ", " + End.ToString() + ")";
}
