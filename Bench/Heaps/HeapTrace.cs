using System;
using System.IO;
using System.Text;
using MemOS.Lab.Heaps;

namespace MemOS.Bench.Heaps;

/// <summary>A trace in memory.</summary>
internal sealed class HeapTrace
{
    private const ulong Seed = 1;

    private readonly byte[] _text;
    private readonly HeapOperation[] _operations;

    /// <summary>Makes one up, as <c>lab trace heap</c> writes it.</summary>
    public HeapTrace(HeapTraceProfile profile, int operations)
    {
        StringWriter text = new();
        new HeapTraceGenerator(profile, Seed).Write(text, operations);
        _text = Encoding.ASCII.GetBytes(text.ToString());
        HeapTraceReader reader = NewReader();
        _operations = new HeapOperation[operations];
        for (int count, read = 0; (count = reader.Read(_operations.AsSpan(read))) != 0;) read += count;
        SlotCount = reader.SlotCount;
    }

    public ReadOnlySpan<HeapOperation> Operations => _operations;

    /// <summary>Slots are below this one.</summary>
    public int SlotCount { get; }

    /// <summary>Reads it from its start.</summary>
    public HeapTraceReader NewReader() => new(new MemoryStream(_text), "trace");
}
