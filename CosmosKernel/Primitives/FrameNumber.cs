using System;

namespace MemOS.Primitives;

/// <summary>The number of a 4 KiB frame of physical memory: its address divided by the frame size.</summary>
public readonly struct FrameNumber : IEquatable<FrameNumber>, IComparable<FrameNumber>
{
    /// <summary>log2 of <see cref="SizeBytes"/>.</summary>
    public const int Shift = 12;

    /// <summary>The size of a frame.</summary>
    public const ulong SizeBytes = 1UL << Shift;

    /// <summary>How many frames the widest physical address space has.</summary>
    public const ulong Limit = 1UL << (PhysAddr.MaxBits - Shift);

    private readonly ulong _value;

    private FrameNumber(ulong value) => _value = value;

    /// <summary>Frame 0, which is a valid frame.</summary>
    public static FrameNumber Zero => default;

    /// <summary>The number as an integer.</summary>
    public ulong Value => _value;

    /// <summary>The address of the frame's first byte.</summary>
    public PhysAddr Start => PhysAddr.FromTrusted(_value << Shift);

    /// <summary>Accepts <paramref name="value"/> when it is below <see cref="Limit"/>.</summary>
    public static bool TryCreate(ulong value, out FrameNumber frame)
    {
        frame = new FrameNumber(value & (Limit - 1));
        return value < Limit;
    }

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is a frame number.</summary>
    public static FrameNumber FromTrusted(ulong value) => new(value);

    /// <summary>How many frames hold <paramref name="sizeBytes"/> bytes, rounded up.</summary>
    public static ulong CountFor(ulong sizeBytes) => (sizeBytes >> Shift) + ((sizeBytes & (SizeBytes - 1)) != 0 ? 1UL : 0UL);

    /// <summary>The size in bytes of <paramref name="frameCount"/> frames; checked.</summary>
    public static ulong BytesOf(ulong frameCount) => checked(frameCount * SizeBytes);

    /// <summary>Whether a block of <paramref name="order"/> may start at this frame.</summary>
    public bool IsAligned(Order order) => (_value & (order.FrameCount - 1)) == 0;

    /// <summary>The start of the block of <paramref name="order"/> that this frame lies in.</summary>
    public FrameNumber AlignDown(Order order) => new(_value & ~(order.FrameCount - 1));

    /// <summary>The first start of a block of <paramref name="order"/> at or above this frame; checked.</summary>
    public FrameNumber AlignUp(Order order) => new(checked(_value + (order.FrameCount - 1)) & ~(order.FrameCount - 1));

    /// <summary>The other half of the block of the next order that a block of <paramref name="order"/> at this frame is half of.</summary>
    public FrameNumber Buddy(Order order) => new(_value ^ order.FrameCount);

    /// <summary>Whether both name the same value.</summary>
    public static bool operator ==(FrameNumber left, FrameNumber right) => left._value == right._value;

    /// <summary>Whether they name different values.</summary>
    public static bool operator !=(FrameNumber left, FrameNumber right) => left._value != right._value;

    /// <summary>Whether the left one lies below the right one.</summary>
    public static bool operator <(FrameNumber left, FrameNumber right) => left._value < right._value;

    /// <summary>Whether the left one lies above the right one.</summary>
    public static bool operator >(FrameNumber left, FrameNumber right) => left._value > right._value;

    /// <summary>Whether the left one lies below or at the right one.</summary>
    public static bool operator <=(FrameNumber left, FrameNumber right) => left._value <= right._value;

    /// <summary>Whether the left one lies above or at the right one.</summary>
    public static bool operator >=(FrameNumber left, FrameNumber right) => left._value >= right._value;

    /// <summary>The frame <paramref name="frameCount"/> further up; checked.</summary>
    public static FrameNumber operator +(FrameNumber frame, ulong frameCount) => new(checked(frame._value + frameCount));

    /// <summary>The frame <paramref name="frameCount"/> further down; checked.</summary>
    public static FrameNumber operator -(FrameNumber frame, ulong frameCount) => new(checked(frame._value - frameCount));

    /// <summary>The distance in frames from <paramref name="lower"/> up to <paramref name="upper"/>; checked.</summary>
    public static ulong operator -(FrameNumber upper, FrameNumber lower) => checked(upper._value - lower._value);

    /// <summary>The next frame; checked.</summary>
    public static FrameNumber operator ++(FrameNumber frame) => frame + 1;

    /// <inheritdoc/>
    public int CompareTo(FrameNumber other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(FrameNumber other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FrameNumber other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The number in hexadecimal, tagged <c>F#</c>.</summary>
    public override string ToString() => "F#" + _value.ToString("x");
}
