using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.IO;
using System.Text;
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
    private const int BufferBytes = 1 << 16;
    private const string Forms = "'a ID ORDER [FRAMES]' or 'f ID'";

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Dictionary<ulong, TraceOperation> _live = [];
    private readonly Stack<int> _freeSlots = [];
    private int _start;
    private int _end;

    /// <summary>Slots are below this one.</summary>
    public int SlotCount { get; private set; }

    /// <summary>The number of the last line that was read.</summary>
    public long Line { get; private set; }

    /// <summary>The bytes of the lines that were read.</summary>
    public long BytesRead { get; private set; }

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
        while (count < operations.Length && TryReadLine(out ReadOnlySpan<byte> line))
        {
            Line++;
            line = line.Trim(" \t\r"u8);
            if (!line.IsEmpty && line[0] != '#' && TryParse(line, out operations[count])) count++;
        }

        return count;
    }

    private bool TryParse(ReadOnlySpan<byte> line, out TraceOperation operation)
    {
        ReadOnlySpan<byte> rest = line;
        ReadOnlySpan<byte> verb = TakeWord(ref rest);
        if (!TryTakeNumber(ref rest, out ulong id)) throw Malformed(line);
        if (verb.SequenceEqual("f"u8) && rest.IsEmpty) return TryParseFree(id, out operation);
        if (!verb.SequenceEqual("a"u8) || !TryTakeNumber(ref rest, out ulong orderValue)) throw Malformed(line);

        if (orderValue > Order.MaxValue) throw Wrong($"order {orderValue} is above {Order.MaxValue}");
        Order order = Order.FromTrusted((int)orderValue);
        ulong frames = order.FrameCount;
        if (!rest.IsEmpty && !TryTakeNumber(ref rest, out frames)) throw Malformed(line);
        if (!rest.IsEmpty) throw Malformed(line);
        if (frames == 0 || frames > order.FrameCount) throw Wrong($"a block of {order} has 1 to {order.FrameCount} frames, not {frames}");

        operation = new TraceOperation(true, NextSlot(), order, (uint)frames, Line);
        if (!_live.TryAdd(id, operation)) throw Wrong($"{id} is allocated already, by line {_live[id].Line}");
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

    private LabException Malformed(ReadOnlySpan<byte> line) => Wrong($"not {Forms}: {Encoding.UTF8.GetString(line)}");

    private LabException Wrong(string what) => new($"{name}:{Line}: {what}");

    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..].TrimStart(" \t"u8);
        return word;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        ReadOnlySpan<byte> word = TakeWord(ref rest);
        return Utf8Parser.TryParse(word, out value, out int used) && used == word.Length && word[0] is >= (byte)'0' and <= (byte)'9';
    }

    /// <summary>The next line without its end; it is good until the next call.</summary>
    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0)
        {
            if (TryFill()) continue;
            length = _end - _start;
            if (length == 0)
            {
                line = default;
                return false;
            }

            break;
        }

        line = _buffer.AsSpan(_start, length);
        _start = Math.Min(_start + length + 1, _end);
        BytesRead += length + 1;
        return true;
    }

    /// <summary>Reads more behind the line that has begun; false at the end.</summary>
    private bool TryFill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == BufferBytes)
        {
            Line++;
            throw Wrong($"not {Forms}, but more than {BufferBytes - 1} bytes");
        }

        int read = stream.Read(_buffer, _end, BufferBytes - _end);
        _end += read;
        return read != 0;
    }
}
