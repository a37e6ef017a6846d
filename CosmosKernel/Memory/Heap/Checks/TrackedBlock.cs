using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>What a tracking heap knows of a block.</summary>
public readonly struct TrackedBlock
{
    internal TrackedBlock(VirtAddr address, ulong sizeBytes, ulong number, ulong time, BlockKind kind, bool isReached, CallStack allocatedBy, CallStack freedBy)
    {
        Address = address;
        SizeBytes = sizeBytes;
        Number = number;
        Time = time;
        Kind = kind;
        IsReached = isReached;
        AllocatedBy = allocatedBy;
        FreedBy = freedBy;
    }

    /// <summary>Its first byte.</summary>
    public VirtAddr Address { get; }

    /// <summary>The bytes that were asked for.</summary>
    public ulong SizeBytes { get; }

    /// <summary>The how-manieth allocation it was, from 1: its age is the heap's count less this.</summary>
    public ulong Number { get; }

    /// <summary>What the heap's clock said then.</summary>
    public ulong Time { get; }

    /// <summary>Which call it came from.</summary>
    public BlockKind Kind { get; }

    /// <summary>Whether the last search for leaks found a way to it.</summary>
    public bool IsReached { get; }

    /// <summary>Who allocated it.</summary>
    public CallStack AllocatedBy { get; }

    /// <summary>Who freed it; empty while it is live.</summary>
    public CallStack FreedBy { get; }
}
