using System;

namespace MemOS.Primitives;

/// <summary>A byte address of a virtual address space.</summary>
/// <remarks>
/// With b virtual address bits (48 with four-level, 57 with five-level paging) an address is canonical when bits 63…b-1 are
/// all equal (Intel SDM vol. 1, 3.3.7.1). Addition is checked against wrapping round 2^64, not against the hole in the middle.
/// </remarks>
public readonly struct VirtAddr : IEquatable<VirtAddr>, IComparable<VirtAddr>
{
    /// <summary>Virtual address bits of four-level paging.</summary>
    public const int FourLevelBits = 48;

    /// <summary>Virtual address bits of five-level paging.</summary>
    public const int FiveLevelBits = 57;

    private readonly ulong _value;

    private VirtAddr(ulong value) => _value = value;

    /// <summary>Address 0.</summary>
    public static VirtAddr Zero => default;

    /// <summary>The address as an integer.</summary>
    public ulong Value => _value;

    /// <summary>The page that this byte lies in.</summary>
    public PageNumber ContainingPage => PageNumber.FromTrusted(_value >> PageNumber.Shift);

    /// <summary>The distance in bytes from the start of the containing page.</summary>
    public ulong OffsetInPage => _value & (PageNumber.SizeBytes - 1);

    /// <summary>Whether this is the first byte of a page.</summary>
    public bool IsPageAligned => OffsetInPage == 0;

    /// <summary>Whether the address lies in the upper half, the kernel's.</summary>
    public bool IsUpperHalf => (long)_value < 0;

    /// <summary>Accepts <paramref name="value"/> when it is canonical for four-level paging.</summary>
    public static bool TryCreate(ulong value, out VirtAddr address) => TryCreate(value, FourLevelBits, out address);

    /// <summary>Accepts <paramref name="value"/> when it is canonical for <paramref name="addressBits"/> bits (1 to 64).</summary>
    public static bool TryCreate(ulong value, int addressBits, out VirtAddr address)
    {
        address = Truncate(value, addressBits);
        return address._value == value;
    }

    /// <summary>Keeps the low 48 bits and makes the rest canonical for four-level paging.</summary>
    public static VirtAddr Truncate(ulong value) => Truncate(value, FourLevelBits);

    /// <summary>Keeps the low <paramref name="addressBits"/> bits (1 to 64) and copies the highest of them upwards.</summary>
    public static VirtAddr Truncate(ulong value, int addressBits)
    {
        int shift = 64 - addressBits;
        return new VirtAddr((ulong)((long)(value << shift) >> shift));
    }

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is canonical.</summary>
    public static VirtAddr FromTrusted(ulong value) => new(value);

    /// <summary>Whether the address is canonical for <paramref name="addressBits"/> bits (1 to 64).</summary>
    public bool IsCanonical(int addressBits) => Truncate(_value, addressBits)._value == _value;

    /// <summary>Whether the address is a multiple of <paramref name="alignmentBytes"/>, a power of two.</summary>
    public bool IsAligned(ulong alignmentBytes) => (_value & (alignmentBytes - 1)) == 0;

    /// <summary>The nearest multiple of <paramref name="alignmentBytes"/>, a power of two, at or below this address.</summary>
    public VirtAddr AlignDown(ulong alignmentBytes) => new(_value & ~(alignmentBytes - 1));

    /// <summary>The nearest multiple of <paramref name="alignmentBytes"/>, a power of two, at or above this address; checked.</summary>
    public VirtAddr AlignUp(ulong alignmentBytes) => new(checked(_value + (alignmentBytes - 1)) & ~(alignmentBytes - 1));

    /// <summary>Whether both name the same value.</summary>
    public static bool operator ==(VirtAddr left, VirtAddr right) => left._value == right._value;

    /// <summary>Whether they name different values.</summary>
    public static bool operator !=(VirtAddr left, VirtAddr right) => left._value != right._value;

    /// <summary>Whether the left one lies below the right one.</summary>
    public static bool operator <(VirtAddr left, VirtAddr right) => left._value < right._value;

    /// <summary>Whether the left one lies above the right one.</summary>
    public static bool operator >(VirtAddr left, VirtAddr right) => left._value > right._value;

    /// <summary>Whether the left one lies below or at the right one.</summary>
    public static bool operator <=(VirtAddr left, VirtAddr right) => left._value <= right._value;

    /// <summary>Whether the left one lies above or at the right one.</summary>
    public static bool operator >=(VirtAddr left, VirtAddr right) => left._value >= right._value;

    /// <summary>The address <paramref name="sizeBytes"/> further up; checked.</summary>
    public static VirtAddr operator +(VirtAddr address, ulong sizeBytes) => new(checked(address._value + sizeBytes));

    /// <summary>The address <paramref name="sizeBytes"/> further down; checked.</summary>
    public static VirtAddr operator -(VirtAddr address, ulong sizeBytes) => new(checked(address._value - sizeBytes));

    /// <summary>The distance in bytes from <paramref name="lower"/> up to <paramref name="upper"/>; checked.</summary>
    public static ulong operator -(VirtAddr upper, VirtAddr lower) => checked(upper._value - lower._value);

    /// <inheritdoc/>
    public int CompareTo(VirtAddr other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(VirtAddr other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is VirtAddr other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The address in hexadecimal, tagged <c>V:</c>.</summary>
    public override string ToString() => "V:0x" + _value.ToString("x");
}
