using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>A byte-exact range of the memory map: [<see cref="Start"/>, <see cref="End"/>), all of one kind.</summary>
public readonly struct MemoryRange
{
    /// <summary>The range from <paramref name="start"/> on.</summary>
    public MemoryRange(PhysAddr start, ulong sizeBytes, MemoryKind kind)
    {
        Start = start;
        SizeBytes = sizeBytes;
        Kind = kind;
    }

    /// <summary>The first byte.</summary>
    public PhysAddr Start { get; }

    /// <summary>The number of bytes.</summary>
    public ulong SizeBytes { get; }

    /// <summary>What the firmware says about it.</summary>
    public MemoryKind Kind { get; }

    /// <summary>The byte after the last one.</summary>
    public PhysAddr End => Start + SizeBytes;

    /// <summary>The frames that lie wholly inside.</summary>
    public FrameRange WholeFrames => FrameRange.Inside(Start, SizeBytes);

    /// <summary>The bounds and the kind.</summary>
    public override string ToString() => "[" + Start.ToString() + ", " + End.ToString() + ") " + Kind.Description();
}
