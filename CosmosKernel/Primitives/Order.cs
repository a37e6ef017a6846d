using System;
using System.Numerics;

namespace MemOS.Primitives;

/// <summary>The size class of a block of frames: order k is 2^k frames, aligned to its size.</summary>
public readonly struct Order : IEquatable<Order>, IComparable<Order>
{
    /// <summary>The value of <see cref="Max"/>: 2^18 frames are 1 GiB.</summary>
    public const int MaxValue = 18;

    /// <summary>How many orders there are, 0 to <see cref="MaxValue"/>.</summary>
    public const int Count = MaxValue + 1;

    private readonly byte _value;

    private Order(int value) => _value = (byte)value;

    /// <summary>One frame, 4 KiB.</summary>
    public static Order Zero => default;

    /// <summary>512 frames, 2 MiB.</summary>
    public static Order TwoMiB => new(9);

    /// <summary>The largest block, 1 GiB.</summary>
    public static Order Max => new(MaxValue);

    /// <summary>The order as an integer.</summary>
    public int Value => _value;

    /// <summary>The number of frames in a block.</summary>
    public ulong FrameCount => 1UL << _value;

    /// <summary>The size of a block.</summary>
    public ulong SizeBytes => FrameNumber.SizeBytes << _value;

    /// <summary>Whether there is no larger order.</summary>
    public bool IsMax => _value == MaxValue;

    /// <summary>The order of a block twice this size; there must be one.</summary>
    public Order Parent
    {
        get
        {
            KernelAssert.That(_value < MaxValue, "Order: the largest has no parent");
            return new Order(_value + 1);
        }
    }

    /// <summary>The order of a block half this size; there must be one.</summary>
    public Order Child
    {
        get
        {
            KernelAssert.That(_value != 0, "Order: the smallest has no child");
            return new Order(_value - 1);
        }
    }

    /// <summary>Accepts 0 to <see cref="MaxValue"/>.</summary>
    public static bool TryCreate(int value, out Order order)
    {
        bool valid = (uint)value <= MaxValue;
        order = valid ? new Order(value) : default;
        return valid;
    }

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is 0 to <see cref="MaxValue"/>.</summary>
    public static Order FromTrusted(int value) => new(value);

    /// <summary>The smallest order whose block holds <paramref name="frameCount"/> frames (at least one); false when none does.</summary>
    public static bool TryForFrameCount(ulong frameCount, out Order order)
    {
        if (frameCount == 0 || frameCount > Max.FrameCount)
        {
            order = default;
            return false;
        }

        order = new Order(64 - BitOperations.LeadingZeroCount(frameCount - 1));
        return true;
    }

    /// <summary>The largest order whose block may start at <paramref name="start"/> and has at most <paramref name="frameCount"/> frames (at least one).</summary>
    public static Order LargestAt(FrameNumber start, ulong frameCount)
    {
        KernelAssert.That(frameCount != 0, "Order: no block fits in no frames");
        int bySize = BitOperations.Log2(frameCount);
        int byAlignment = start.Value == 0 ? MaxValue : BitOperations.TrailingZeroCount(start.Value);
        int value = bySize < byAlignment ? bySize : byAlignment;
        return new Order(value < MaxValue ? value : MaxValue);
    }

    /// <summary>Whether both are the same order.</summary>
    public static bool operator ==(Order left, Order right) => left._value == right._value;

    /// <summary>Whether they are different orders.</summary>
    public static bool operator !=(Order left, Order right) => left._value != right._value;

    /// <summary>Whether the left one is smaller than the right one.</summary>
    public static bool operator <(Order left, Order right) => left._value < right._value;

    /// <summary>Whether the left one is larger than the right one.</summary>
    public static bool operator >(Order left, Order right) => left._value > right._value;

    /// <summary>Whether the left one is smaller than or equal to the right one.</summary>
    public static bool operator <=(Order left, Order right) => left._value <= right._value;

    /// <summary>Whether the left one is larger than or equal to the right one.</summary>
    public static bool operator >=(Order left, Order right) => left._value >= right._value;

    /// <inheritdoc/>
    public int CompareTo(Order other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(Order other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Order other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The order as a decimal number, tagged <c>order</c>.</summary>
    public override string ToString() => "order " + ((int)_value).ToString();
}
