using System;
using System.Collections.Generic;
using System.IO;

namespace MemOS.Lab.Heaps;

/// <summary>Reads a heap's trace: four lines of a header, then <c>a ID SIZE</c>, <c>r ID SIZE</c> and <c>f ID</c>.</summary>
/// <remarks>
/// <para>
/// The format of CS:APP's malloc lab (Bryant and O'Hallaron). IDs are below the header's number, and the last one below it is used; one may come
/// again once its block is freed. There are as many operations as the header says. Everything else is an error that names the line.
/// </para>
/// <para>
/// A recording, whose header has 0 IDs and 0 operations, starts in the middle of things and names blocks by numbers of its own: what it does to
/// blocks that it did not see allocated is passed over and counted. <c>r ID SIZE NEW</c> gives the block another name, there only.
/// </para>
/// <para>Memory is used for the live blocks only, whatever the header says.</para>
/// </remarks>
internal sealed class HeapTraceReader
{
    private const int HeaderLines = 4;

    private readonly TraceLines _lines;
    private readonly Dictionary<ulong, (int Slot, long Line)> _live = [];
    private readonly Stack<int> _freeSlots = [];
    private readonly long _idsLine;
    private readonly long _operationsLine;
    private ulong _operations;
    private ulong _usedIds;

    /// <summary>Begins with the header.</summary>
    /// <exception cref="LabException">There is none, or it cannot be read.</exception>
    public HeapTraceReader(Stream stream, string name)
    {
        _lines = new TraceLines(stream, name, "'a ID SIZE', 'r ID SIZE' or 'f ID'");
        ulong heapBytes = ReadHeaderLine("the heap's size", 1);
        ulong ids = ReadHeaderLine("the number of IDs", 2);
        _idsLine = _lines.Line;
        ulong operations = ReadHeaderLine("the number of operations", 3);
        _operationsLine = _lines.Line;
        Header = new HeapTraceHeader(heapBytes, ids, operations, ReadHeaderLine("the weight", HeaderLines));
    }

    public HeapTraceHeader Header { get; }

    /// <summary>Slots are below this one.</summary>
    public int SlotCount { get; private set; }

    /// <summary>The number of the last line that was read.</summary>
    public long Line => _lines.Line;

    /// <summary>The bytes of the lines that were read.</summary>
    public long BytesRead => _lines.BytesRead;

    /// <summary>The operations on blocks that a recording did not see allocated.</summary>
    public long UnknownBlocks { get; private set; }

    /// <summary>The line of the first of <see cref="UnknownBlocks"/>.</summary>
    public long FirstUnknownBlock { get; private set; }

    /// <summary>Reads operations until <paramref name="operations"/> is full or the trace ends.</summary>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="LabException">A line cannot be read, or is not what the header says; it is named.</exception>
    public int Read(Span<HeapOperation> operations)
    {
        int count = 0;
        while (count < operations.Length)
        {
            if (!_lines.TryRead(out ReadOnlySpan<byte> line))
            {
                CheckHeader();
                break;
            }

            if (TryParse(line, out operations[count])) count++;
        }

        return count;
    }

    private ulong ReadHeaderLine(string what, int number)
    {
        if (!_lines.TryRead(out ReadOnlySpan<byte> line)) throw _lines.Wrong(_lines.Line + 1, $"the trace ends before {what}, line {number} of its header");
        return TraceLines.TryTakeNumber(ref line, out ulong value) && line.IsEmpty
            ? value
            : throw _lines.Wrong($"{what}, line {number} of the header, is not a number");
    }

    private void CheckHeader()
    {
        if (Header.IsRecording) return;
        if (_operations != Header.Operations) throw _lines.Wrong(_operationsLine, $"the header says {Header.Operations} operations, {_operations} follow");
        if (_usedIds != Header.Ids) throw _lines.Wrong(_idsLine, $"the header says {Header.Ids} IDs, those used end at {_usedIds}");
    }

    private bool TryParse(ReadOnlySpan<byte> line, out HeapOperation operation)
    {
        ReadOnlySpan<byte> rest = line;
        ReadOnlySpan<byte> verb = TraceLines.TakeWord(ref rest);
        if (verb.Length != 1 || !TraceLines.TryTakeNumber(ref rest, out ulong id)) throw _lines.Malformed(line);
        Count(id);
        if (verb[0] == 'f' && rest.IsEmpty) return TryParseFree(id, out operation);
        if (!TraceLines.TryTakeNumber(ref rest, out ulong size)) throw _lines.Malformed(line);
        ulong newId = id;
        if (verb[0] == 'r' && Header.IsRecording && !rest.IsEmpty && !TraceLines.TryTakeNumber(ref rest, out newId)) throw _lines.Malformed(line);
        if (!rest.IsEmpty) throw _lines.Malformed(line);
        operation = verb[0] switch
        {
            (byte)'a' => ParseAllocation(id, size),
            (byte)'r' => ParseReallocation(id, newId, size),
            _ => throw _lines.Malformed(line),
        };
        return true;
    }

    private void Count(ulong id)
    {
        _operations++;
        if (Header.IsRecording) return;
        if (_operations > Header.Operations) throw _lines.Wrong($"the header says {Header.Operations} operations, this is one more");
        if (id >= Header.Ids) throw _lines.Wrong($"ID {id} is not below the header's {Header.Ids}");
        if (id >= _usedIds) _usedIds = id + 1;
    }

    private HeapOperation ParseAllocation(ulong id, ulong size)
    {
        int slot = _freeSlots.TryPop(out int free) ? free : SlotCount++;
        if (!_live.TryAdd(id, (slot, Line))) throw _lines.Wrong($"{id} is allocated already, by line {_live[id].Line}");
        return new HeapOperation(HeapVerb.Allocate, slot, size, Line);
    }

    private HeapOperation ParseReallocation(ulong id, ulong newId, ulong size)
    {
        if (!_live.Remove(id, out (int Slot, long Line) block))
        {
            // From now on it is known, and how large.
            CountUnknown(id);
            return ParseAllocation(newId, size);
        }

        if (!_live.TryAdd(newId, block)) throw _lines.Wrong($"{newId} is allocated already, by line {_live[newId].Line}");
        return new HeapOperation(HeapVerb.Reallocate, block.Slot, size, Line);
    }

    private bool TryParseFree(ulong id, out HeapOperation operation)
    {
        if (!_live.Remove(id, out (int Slot, long Line) block))
        {
            CountUnknown(id);
            operation = default;
            return false;
        }

        _freeSlots.Push(block.Slot);
        operation = new HeapOperation(HeapVerb.Free, block.Slot, 0, Line);
        return true;
    }

    private void CountUnknown(ulong id)
    {
        if (!Header.IsRecording) throw _lines.Wrong($"{id} is not allocated, or freed already");
        if (UnknownBlocks++ == 0) FirstUnknownBlock = Line;
    }
}
