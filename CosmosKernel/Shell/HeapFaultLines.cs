using System.Text;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Heap;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>Writes faults and call stacks of the heap to a terminal, in the words of the reports made when they were found.</summary>
public sealed class HeapFaultLines
{
    private readonly IHeapView _heap;
    private readonly ITerminal _terminal;

    /// <summary>Creates a writer.</summary>
    public HeapFaultLines(IHeapView heap, ITerminal terminal)
    {
        _heap = heap;
        _terminal = terminal;
    }

    /// <summary>Writes a fault.</summary>
    public void Write(HeapFault fault)
    {
        var sink = new TextSink(new StringBuilder());
        HeapFaultText.Write(ref sink, in fault, new Names(_heap));
        _terminal.Write(sink.Text.ToString());
    }

    /// <summary>Writes a call stack, a frame a line.</summary>
    public void WriteStack(CallStack stack)
    {
        var sink = new TextSink(new StringBuilder());
        HeapFaultText.WriteStack(ref sink, stack, new Names(_heap));
        _terminal.Write(sink.Text.ToString());
    }

    private readonly struct TextSink : ITextSink
    {
        internal readonly StringBuilder Text;

        internal TextSink(StringBuilder text) => Text = text;

        public void Write(byte character) => Text.Append((char)character);
    }

    private readonly struct Names : ICodeNames
    {
        private readonly IHeapView _heap;

        internal Names(IHeapView heap) => _heap = heap;

        public unsafe int Find(VirtAddr address, byte* buffer, int capacity, out ulong offset) => _heap.NameOf(address, buffer, capacity, out offset);
    }
}
