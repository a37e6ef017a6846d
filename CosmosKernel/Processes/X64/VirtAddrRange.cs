using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>Bytes that a program names; nothing is known of them.</summary>
public readonly struct VirtAddrRange
{
    /// <summary>Bytes from <paramref name="start"/> on.</summary>
    public VirtAddrRange(VirtAddr start, ulong sizeBytes)
    {
        Start = start;
        SizeBytes = sizeBytes;
    }

    /// <summary>The first one.</summary>
    public VirtAddr Start { get; }

    /// <summary>How many.</summary>
    public ulong SizeBytes { get; }
}
