using System.Runtime.InteropServices;
using MemOS.Memory.Heap;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>Says what was found wrong in a heap: what, where, and the call stacks of the allocation, of the free and of the finding.</summary>
/// <remarks>Writes into a sink and uses no <c>new</c>: a heap reports from within an allocation or a free.</remarks>
public static unsafe class HeapFaultText
{
    private const int LongestName = 160;

    /// <summary>Writes the report, whole lines.</summary>
    public static void Write<TSink, TNames>(ref TSink sink, in HeapFault fault, TNames names)
        where TSink : struct, ITextSink
        where TNames : struct, ICodeNames
    {
        Text<TSink> text = new(sink);
        text.Write("heap: ");
        text.Write(fault.Kind.Description());
        text.Write(", ");
        WriteWhere(ref text, in fault);
        text.Write("\n");
        if (fault.Block.Address.Value != 0)
        {
            WriteStack(ref text, "  allocated by\n", fault.Block.AllocatedBy, names);
            if (fault.Block.FreedBy.Count != 0) WriteStack(ref text, "  freed by\n", fault.Block.FreedBy, names);
        }

        WriteStack(ref text, "  found by\n", fault.FoundBy, names);
        sink = text.Sink;
    }

    /// <summary>Says which block a processor's fault was about, where the pages around a block, or a freed one's, are not mapped.</summary>
    public static void WriteAccess<TSink, TNames>(ref TSink sink, HeapFreeResult kind, in TrackedBlock block, VirtAddr address, TNames names)
        where TSink : struct, ITextSink
        where TNames : struct, ICodeNames
    {
        Text<TSink> text = new(sink);
        text.Write("heap: ");
        text.Write(kind.Description());
        text.Write(", ");
        ulong distance = kind switch
        {
            HeapFreeResult.Overflow => address - block.Address - block.SizeBytes,
            HeapFreeResult.Underflow => block.Address - address,
            _ => address - block.Address,
        };
        text.WriteDecimal((uint)distance);
        text.Write(kind == HeapFreeResult.Overflow ? " bytes behind the end of" : kind == HeapFreeResult.Underflow ? " bytes before" : " bytes into");
        WriteBlock(ref text, block);
        text.Write("\n");
        WriteStack(ref text, "  allocated by\n", block.AllocatedBy, names);
        WriteStack(ref text, "  freed by\n", block.FreedBy, names);
        sink = text.Sink;
    }

    /// <summary>Writes a stack, a frame a line; frames of the heap itself, which every stack begins with, are left out.</summary>
    public static void WriteStack<TSink, TNames>(ref TSink sink, CallStack stack, TNames names)
        where TSink : struct, ITextSink
        where TNames : struct, ICodeNames
    {
        Text<TSink> text = new(sink);
        WriteStack(ref text, "", stack, names);
        sink = text.Sink;
    }

    private static void WriteWhere<TSink>(ref Text<TSink> text, in HeapFault fault)
        where TSink : struct, ITextSink
    {
        switch (fault.Kind)
        {
            case HeapFreeResult.Overflow or HeapFreeResult.UseAfterFree or HeapFreeResult.Underflow:
                WriteDamage(ref text, in fault);
                break;
            case HeapFreeResult.WrongSize:
                text.Write("as one of ");
                text.WriteDecimal((uint)fault.Offset);
                text.Write(" bytes,");
                WriteBlock(ref text, fault.Block);
                break;
            case HeapFreeResult.Interior when fault.Block.Address.Value != 0:
                text.WriteDecimal((uint)fault.Offset);
                text.Write(fault.Address < fault.Block.Address ? " bytes before" : " bytes into");
                WriteBlock(ref text, fault.Block);
                break;
            case HeapFreeResult.DoubleFree when fault.Block.Address.Value != 0:
                text.Write("of");
                WriteBlock(ref text, fault.Block);
                break;
            default:
                text.Write("at ");
                text.WriteHex(fault.Address.Value);
                break;
        }
    }

    private static void WriteDamage<TSink>(ref Text<TSink> text, in HeapFault fault)
        where TSink : struct, ITextSink
    {
        text.WriteHex(fault.Found);
        text.Write(" was written ");
        bool isBehind = fault.Kind == HeapFreeResult.Overflow;
        ulong distance = isBehind ? fault.Offset - fault.Block.SizeBytes : fault.Offset;
        text.WriteDecimal((uint)distance);
        text.Write(isBehind ? " bytes behind the end of" : fault.Address < fault.Block.Address ? " bytes before" : " bytes into");
        WriteBlock(ref text, fault.Block);
    }

    private static void WriteBlock<TSink>(ref Text<TSink> text, TrackedBlock block)
        where TSink : struct, ITextSink
    {
        text.Write(" the block of ");
        text.WriteDecimal((uint)block.SizeBytes);
        text.Write(" bytes at ");
        text.WriteHex(block.Address.Value);
    }

    private static void WriteStack<TSink, TNames>(ref Text<TSink> text, string heading, CallStack stack, TNames names)
        where TSink : struct, ITextSink
        where TNames : struct, ICodeNames
    {
        if (stack.Count == 0) return;
        text.Write(heading);
        NameBuffer buffer = default;
        byte* name = (byte*)&buffer;
        bool isInHeap = true;
        for (uint i = 0; i < stack.Count; i++)
        {
            int length = names.Find(stack[i], name, LongestName, out ulong offset);
            isInHeap = isInHeap && i + 1 < stack.Count && CallSite.IsOfHeap(name, length);
            if (isInHeap) continue;
            text.Write("    at ");
            for (int at = 0; at < length; at++) text.Sink.Write(name[at]);
            if (length != 0) text.Write(" + ");
            text.WriteHex(length != 0 ? offset : stack[i].Value);
            text.Write("\n");
        }
    }

    /// <summary>Room for a name.</summary>
    [StructLayout(LayoutKind.Sequential, Size = LongestName)]
    private struct NameBuffer
    {
    }
}
