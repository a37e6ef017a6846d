using System;

namespace MemOS.Primitives;

/// <summary>The number of a NUMA node, as the kernel counts them: from 0 without gaps.</summary>
public readonly struct NodeId : IEquatable<NodeId>
{
    /// <summary>The most nodes that the kernel keeps apart.</summary>
    public const int Limit = 64;

    private readonly ushort _value;

    private NodeId(int value) => _value = (ushort)value;

    /// <summary>Number 0.</summary>
    public static NodeId Zero => default;

    /// <summary>The number as an integer.</summary>
    public int Value => _value;

    /// <summary>Accepts numbers from 0 up to, not including, <see cref="Limit"/>.</summary>
    public static bool TryCreate(int value, out NodeId node)
    {
        bool valid = (uint)value < Limit;
        node = valid ? new NodeId(value) : default;
        return valid;
    }

    /// <summary>Takes <paramref name="value"/> as it is; the caller knows that it is below <see cref="Limit"/>.</summary>
    public static NodeId FromTrusted(int value) => new(value);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(NodeId left, NodeId right) => left._value == right._value;

    /// <summary>Whether they are different ones.</summary>
    public static bool operator !=(NodeId left, NodeId right) => left._value != right._value;

    /// <inheritdoc/>
    public bool Equals(NodeId other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NodeId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The number in decimal, tagged.</summary>
    public override string ToString() => "node " + ((int)_value).ToString();
}
