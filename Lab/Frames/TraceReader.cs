using System;
using System.Collections.Generic;
using System.IO;
using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>Reads a trace of frames: lines <c>a ID ORDER [FRAMES]</c> and <c>f ID</c>.</summary>
/// <remarks>
/// <para>
/// An ID is any number below 2^64 that no live block has; it may come again once its block is freed. FRAMES says how many of the
/// block's frames are wanted, all of them when it is left out. Empty lines and those that start with <c>#</c> are passed over.
/// </para>
/// <para>
/// A recording starts in the middle of things: frees of blocks that it did not see allocated are passed over, too, and counted.
/// Names are looked up here, so that the replay's own time is the allocator's. Memory is used for the live blocks only.
/// </para>
/// </remarks>
internal sealed class TraceReader(Stream stream, string name)
{
    private readonly TraceLines _lines = new(stream, name, "'a ID ORDER [FRAMES]' or 'f ID'");
    private readonly Dictionary<ulong, TraceOperation> _live = [];
    private readonly Stack<int> _freeSlots = [];

    /// <summary>Slots are below this one.</summary>
    public int SlotCount { get; private set; }

    /// <summary>The number of the last line that was read.</summary>
    public long Line => _lines.Line;

    /// <summary>The bytes of the lines that were read.</summary>
    public long BytesRead => _lines.BytesRead;

    /// <summary>The frees of blocks that the trace does not allocate.</summary>
    public long UnknownFrees { get; private set; }

    /// <summary>The line of the first of <see cref="UnknownFrees"/>.</summary>
    public long FirstUnknownFree { get; private set; }

    /// <summary>Reads operations until <paramref name="operations"/> is full or the trace ends.</summary>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="LabException">A line cannot be read; it is named.</exception>
    public int Read(Span<TraceOperation> operations)
    {
        int count = 0;
        while (count < operations.Length && _lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (TryParse(line, out operations[count])) count++;
        }

        return count;
    }

    private bool TryParse(ReadOnlySpan<byte> line, out TraceOperation operation)
    {
        ReadOnlySpan<byte> rest = line;
        ReadOnlySpan<byte> verb = TraceLines.TakeWord(ref rest);
        if (!TraceLines.TryTakeNumber(ref rest, out ulong id)) throw _lines.Malformed(line);
        if (verb.SequenceEqual("f"u8) && rest.IsEmpty) return TryParseFree(id, out operation);
        if (!verb.SequenceEqual("a"u8) || !TraceLines.TryTakeNumber(ref rest, out ulong orderValue)) throw _lines.Malformed(line);

        if (orderValue > Order.MaxValue) throw _lines.Wrong($"order {orderValue} is above {Order.MaxValue}");
        Order order = Order.FromTrusted((int)orderValue);
        ulong frames = order.FrameCount;
        if (!rest.IsEmpty && !TraceLines.TryTakeNumber(ref rest, out frames)) throw _lines.Malformed(line);
        if (!rest.IsEmpty) throw _lines.Malformed(line);
        if (frames == 0 || frames > order.FrameCount) throw _lines.Wrong($"a block of {order} has 1 to {order.FrameCount} frames, not {frames}");

        operation = new TraceOperation(true, NextSlot(), order, (uint)frames, Line);
        if (!_live.TryAdd(id, operation)) throw _lines.Wrong($"{id} is allocated already, by line {_live[id].Line}");
        return true;
    }

    private bool TryParseFree(ulong id, out TraceOperation operation)
    {
        if (!_live.Remove(id, out TraceOperation allocation))
        {
            if (UnknownFrees++ == 0) FirstUnknownFree = Line;
            operation = default;
            return false;
        }

        _freeSlots.Push(allocation.Slot);
        operation = new TraceOperation(false, allocation.Slot, allocation.Order, allocation.RequestedFrames, Line);
        return true;
    }

    private int NextSlot() => _freeSlots.TryPop(out int slot) ? slot : SlotCount++;
}
