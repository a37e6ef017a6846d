using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>A line of a trace, its block's name replaced by a place in an array.</summary>
internal readonly struct TraceOperation(bool isAllocation, int slot, Order order, uint requestedFrames, long line)
{
    /// <summary>Whether a block is allocated or freed.</summary>
    public bool IsAllocation { get; } = isAllocation;

    /// <summary>The block's order, for a free too.</summary>
    public Order Order { get; } = order;

    /// <summary>The block's place among the live ones: no other live block has it.</summary>
    public int Slot { get; } = slot;

    /// <summary>How many frames of the block are wanted.</summary>
    public uint RequestedFrames { get; } = requestedFrames;

    /// <summary>The line's number, from 1 on.</summary>
    public long Line { get; } = line;
}
