using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What <c>frame</c> prints: everything that is known of one frame.</summary>
public sealed class FrameReport : IReport
{
    private readonly IMemoryView _memory;
    private readonly FrameNumber _frame;

    /// <summary>Creates the report of <paramref name="frame"/>.</summary>
    public FrameReport(IMemoryView memory, FrameNumber frame)
    {
        _memory = memory;
        _frame = frame;
    }

    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        terminal.WriteLine("frame " + _frame.Value.ToString() + ", " + _frame.ToString() + ", from " + _frame.Start.ToString());
        WriteLine(terminal, "firmware", FirmwareSays());
        if (!_memory.TryDescribe(_frame, out FrameDescriptor descriptor))
        {
            WriteLine(terminal, "state", "no memory of MemOS's");
            return;
        }

        if (descriptor.Zone < _memory.ZoneCount) WriteLine(terminal, "zone", ZoneText(descriptor.Zone));
        WriteState(terminal, descriptor);
    }

    private void WriteState(ITerminal terminal, FrameDescriptor descriptor)
    {
        if (descriptor.State == FrameState.Reserved)
        {
            WriteLine(terminal, "state", "reserved, never handed out");
            WriteReasons(terminal);
            return;
        }

        if (descriptor.State == FrameState.Cached)
        {
            WriteLine(terminal, "state", "free, in a CPU's cache");
            return;
        }

        bool isInBlock = TryFindBlock(descriptor.Zone, out FrameNumber start, out FrameDescriptor block);
        bool isAllocated = isInBlock && block.State == FrameState.Allocated;
        WriteLine(terminal, "state", isAllocated ? "allocated" : "free");
        if (isInBlock) WriteLine(terminal, "block", BlockText(start, block));
        if (!isAllocated) return;
        WriteLine(terminal, "owner", block.Owner.Description());
        WriteLine(terminal, "references", block.References.ToString());
    }

    private void WriteReasons(ITerminal terminal)
    {
        ReservedRegions regions = _memory.Reserved;
        for (int i = 0; i < regions.Count; i++)
        {
            ReservedRegion region = regions[i];
            if (region.Frames.Contains(_frame)) WriteLine(terminal, "reason", region.Kind.Description() + ", " + region.Frames.ToString());
        }
    }

    /// <summary>The block that the frame lies in: the only first frame at a multiple of some order below it whose block reaches it.</summary>
    /// <remarks>Not every allocator marks its free blocks; then there is none.</remarks>
    private bool TryFindBlock(byte zone, out FrameNumber start, out FrameDescriptor block)
    {
        for (int i = 0; i < Order.Count; i++)
        {
            start = _frame.AlignDown(Order.FromTrusted(i));
            bool isFirst = _memory.TryDescribe(start, out block) && block.Zone == zone && block.State is FrameState.Allocated or FrameState.Free;
            if (isFirst && _frame - start < Order.FromTrusted(block.OrderValue).FrameCount) return true;
        }

        start = default;
        block = default;
        return false;
    }

    private string FirmwareSays()
    {
        MemoryKind first = _memory.Map.KindOf(_frame.Start);
        MemoryKind last = _memory.Map.KindOf(_frame.Start + (FrameNumber.SizeBytes - 1));
        return first == last ? first.Description() : first.Description() + ", then " + last.Description();
    }

    private string ZoneText(int index)
    {
        Zone zone = _memory.ZoneAt(index);
        return zone.Kind.Description() + ", " + zone.Span.ToString();
    }

    private string BlockText(FrameNumber start, FrameDescriptor block)
    {
        Order order = Order.FromTrusted(block.OrderValue);
        string range = new FrameRange(start, order.FrameCount).ToString();
        return order.ToString() + ", " + range + ", frame " + (_frame - start).ToString() + " of it";
    }

    private static void WriteLine(ITerminal terminal, string name, string text) => terminal.WriteLine("  " + name.PadRight(12) + text);
}
