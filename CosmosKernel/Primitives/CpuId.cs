using System;

namespace MemOS.Primitives;

/// <summary>The number of a CPU, as the kernel counts them: from 0 without gaps; 0 is the one that booted.</summary>
public readonly struct CpuId : IEquatable<CpuId>
{
    /// <summary>The most CPUs that the kernel uses.</summary>
    public const int Limit = 256;

    private readonly ushort _value;

    private CpuId(int value) => _value = (ushort)value;

    /// <summary>Number 0.</summary>
    public static CpuId Zero => default;

    /// <summary>The number as an integer.</summary>
    public int Value => _value;

    /// <summary>Accepts numbers from 0 up to, not including, <see cref="Limit"/>.</summary>
    public static bool TryCreate(int value, out CpuId cpu)
    {
        bool valid = (uint)value < Limit;
        cpu = valid ? new CpuId(value) : default;
        return valid;
    }

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is below <see cref="Limit"/>.</summary>
    public static CpuId FromTrusted(int value) => new(value);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(CpuId left, CpuId right) => left._value == right._value;

    /// <summary>Whether they are different ones.</summary>
    public static bool operator !=(CpuId left, CpuId right) => left._value != right._value;

    /// <inheritdoc/>
    public bool Equals(CpuId other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CpuId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The number in decimal, tagged.</summary>
    public override string ToString() => "cpu " + ((int)_value).ToString();
}
