using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Says in words what a page fault was: who wanted what, where, and how the tables answered, level by level.</summary>
/// <remarks>
/// Writes into a sink and uses nothing that may be broken or may fault again: no <c>new</c>, no formatting of the class library.
/// The tables are read as the processor reads them.
/// </remarks>
public static class FaultReport
{
    /// <summary>Writes the report of the fault at <paramref name="address"/>, ending with a new line.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="address">The address that faulted (CR2).</param>
    /// <param name="error">The error code.</param>
    /// <param name="instruction">The instruction that did it.</param>
    /// <param name="walker">The tables that were in use.</param>
    public static void Write<TSink, TMemory, TFormat>(
        ref TSink sink, VirtAddr address, PageFaultError error, VirtAddr instruction, PageTableWalker<TMemory, TFormat> walker)
        where TSink : struct, ITextSink
        where TMemory : struct, IPhysicalMemory
        where TFormat : struct, IPagingFormat
    {
        Text<TSink> text = new(sink);
        text.Write("page fault at ");
        text.WriteHex(address.Value);
        text.Write(", instruction at ");
        text.WriteHex(instruction.Value);
        text.Write("\n  ");
        WriteError(ref text, error);
        text.Write("\n");

        StepWriter<TSink> steps = new(text);
        PagingResult result = walker.Explain(address, ref steps);
        text = steps.Text;
        text.Write("  ");
        text.Write(Conclusion(result, address));
        text.Write("\n");
        sink = text.Sink;
    }

    /// <summary>Writes what <paramref name="error"/> says, without a new line: "kernel write to a page that is not present".</summary>
    public static void WriteError<TSink>(ref TSink sink, PageFaultError error)
        where TSink : struct, ITextSink
    {
        Text<TSink> text = new(sink);
        WriteError(ref text, error);
        sink = text.Sink;
    }

    private static void WriteError<TSink>(ref Text<TSink> text, PageFaultError error)
        where TSink : struct, ITextSink
    {
        text.Write((error & PageFaultError.User) != 0 ? "user " : "kernel ");
        if ((error & PageFaultError.Fetch) != 0) text.Write("instruction fetch from ");
        else text.Write((error & PageFaultError.Write) != 0 ? "write to " : "read of ");
        if ((error & PageFaultError.ShadowStack) != 0) text.Write("a shadow stack on ");
        text.Write(PageIn(error));
        text.Write(" (error code ");
        text.WriteHex((uint)error);
        text.Write(")");
    }

    private static string PageIn(PageFaultError error)
    {
        if ((error & PageFaultError.ReservedBit) != 0) return "a page whose tables have a reserved bit set";
        if ((error & PageFaultError.ProtectionKey) != 0) return "a page whose protection key forbids it";
        if ((error & PageFaultError.Enclave) != 0) return "a page that the enclave rules forbid";
        return (error & PageFaultError.Protection) != 0 ? "a page that does not allow it" : "a page that is not present";
    }

    private static string Conclusion(PagingResult result, VirtAddr address)
    {
        switch (result)
        {
            case PagingResult.Ok: return "the tables map it: a right is missing, or the translation was out of date";
            case PagingResult.NonCanonical: return "the address is not canonical";
            case PagingResult.ReservedBitSet: return "the walk ends at a reserved bit";
            default: return address.Value < PageNumber.SizeBytes ? "page 0 is never mapped: a null reference" : "nothing is mapped there";
        }
    }

    private struct StepWriter<TSink> : IWalkStepVisitor
        where TSink : struct, ITextSink
    {
        internal Text<TSink> Text;

        internal StepWriter(Text<TSink> text) => Text = text;

        public void Visit(in WalkStep step)
        {
            Text.Write("  level ");
            Text.WriteDecimal((uint)(step.Level + 1));
            Text.Write(": entry ");
            Text.WriteDecimal((uint)step.Index);
            Text.Write(" of table ");
            Text.WriteHex(step.Table.Value);
            Text.Write(" is ");
            Text.WriteHex(step.Entry);
            Text.Write(KindOf(step.Kind));
            if (step.Kind is WalkStepKind.Page or WalkStepKind.Table) WriteFlags(step.Flags);
            Text.Write("\n");
        }

        private static string KindOf(WalkStepKind kind)
        {
            switch (kind)
            {
                case WalkStepKind.Absent: return ", not present";
                case WalkStepKind.Table: return ", a table:";
                case WalkStepKind.Page: return ", a page:";
                default: return ", which has a reserved bit set";
            }
        }

        private void WriteFlags(PageFlags flags)
        {
            Text.Write((flags & PageFlags.User) != 0 ? " user" : " kernel");
            Text.Write((flags & PageFlags.Writable) != 0 ? " read write" : " read");
            if ((flags & PageFlags.Executable) != 0) Text.Write(" execute");
            if ((flags & PageFlags.Global) != 0) Text.Write(" global");
            if ((flags & PageFlags.CacheDisabled) != 0) Text.Write(" uncached");
        }
    }
}
