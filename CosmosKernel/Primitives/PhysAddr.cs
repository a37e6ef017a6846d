using System;

namespace MemOS.Primitives;

/// <summary>A byte address of physical memory, at most <see cref="MaxBits"/> bits wide.</summary>
public readonly struct PhysAddr : IEquatable<PhysAddr>, IComparable<PhysAddr>
{
    /// <summary>The architectural width of a physical address (Intel SDM vol. 3, 4.1.4: MAXPHYADDR is at most 52).</summary>
    public const int MaxBits = 52;

    private const ulong Mask = (1UL << MaxBits) - 1;

    private readonly ulong _value;

    private PhysAddr(ulong value) => _value = value;

    /// <summary>Address 0, which is a valid address.</summary>
    public static PhysAddr Zero => default;

    /// <summary>The address as an integer.</summary>
    public ulong Value => _value;

    /// <summary>The frame that this byte lies in.</summary>
    public FrameNumber ContainingFrame => FrameNumber.FromTrusted(_value >> FrameNumber.Shift);

    /// <summary>The distance in bytes from the start of the containing frame.</summary>
    public ulong OffsetInFrame => _value & (FrameNumber.SizeBytes - 1);

    /// <summary>Whether this is the first byte of a frame.</summary>
    public bool IsFrameAligned => OffsetInFrame == 0;

    /// <summary>Accepts <paramref name="value"/> when it fits in <see cref="MaxBits"/> bits.</summary>
    public static bool TryCreate(ulong value, out PhysAddr address)
    {
        address = new PhysAddr(value & Mask);
        return value <= Mask;
    }

    /// <summary>Keeps the low <see cref="MaxBits"/> bits of <paramref name="value"/>.</summary>
    public static PhysAddr Truncate(ulong value) => new(value & Mask);

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is a physical address.</summary>
    public static PhysAddr FromTrusted(ulong value) => new(value);

    /// <summary>Whether the address is a multiple of <paramref name="alignmentBytes"/>, a power of two.</summary>
    public bool IsAligned(ulong alignmentBytes) => (_value & (alignmentBytes - 1)) == 0;

    /// <summary>The nearest multiple of <paramref name="alignmentBytes"/>, a power of two, at or below this address.</summary>
    public PhysAddr AlignDown(ulong alignmentBytes) => new(_value & ~(alignmentBytes - 1));

    /// <summary>The nearest multiple of <paramref name="alignmentBytes"/>, a power of two, at or above this address; checked.</summary>
    public PhysAddr AlignUp(ulong alignmentBytes) => new(checked(_value + (alignmentBytes - 1)) & ~(alignmentBytes - 1));

    /// <summary>Whether both name the same value.</summary>
    public static bool operator ==(PhysAddr left, PhysAddr right) => left._value == right._value;

    /// <summary>Whether they name different values.</summary>
    public static bool operator !=(PhysAddr left, PhysAddr right) => left._value != right._value;

    /// <summary>Whether the left one lies below the right one.</summary>
    public static bool operator <(PhysAddr left, PhysAddr right) => left._value < right._value;

    /// <summary>Whether the left one lies above the right one.</summary>
    public static bool operator >(PhysAddr left, PhysAddr right) => left._value > right._value;

    /// <summary>Whether the left one lies below or at the right one.</summary>
    public static bool operator <=(PhysAddr left, PhysAddr right) => left._value <= right._value;

    /// <summary>Whether the left one lies above or at the right one.</summary>
    public static bool operator >=(PhysAddr left, PhysAddr right) => left._value >= right._value;

    /// <summary>The address <paramref name="sizeBytes"/> further up; checked.</summary>
    public static PhysAddr operator +(PhysAddr address, ulong sizeBytes) => new(checked(address._value + sizeBytes));

    /// <summary>The address <paramref name="sizeBytes"/> further down; checked.</summary>
    public static PhysAddr operator -(PhysAddr address, ulong sizeBytes) => new(checked(address._value - sizeBytes));

    /// <summary>The distance in bytes from <paramref name="lower"/> up to <paramref name="upper"/>; checked.</summary>
    public static ulong operator -(PhysAddr upper, PhysAddr lower) => checked(upper._value - lower._value);

    /// <inheritdoc/>
    public int CompareTo(PhysAddr other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(PhysAddr other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PhysAddr other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The address in hexadecimal, tagged <c>P:</c>.</summary>
    public override string ToString() => "P:0x" + _value.ToString("x");
}
