using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What <c>frame</c> prints: everything that is known of one frame.</summary>
public sealed class FrameText : IReport
{
    private readonly IMemoryView _memory;
    private readonly FrameNumber _frame;

    /// <summary>Creates the report of <paramref name="frame"/>.</summary>
    public FrameText(IMemoryView memory, FrameNumber frame)
    {
        _memory = memory;
        _frame = frame;
    }

    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        terminal.WriteLine("frame " + _frame.Value.ToString() + ", " + _frame.ToString() + ", from " + _frame.Start.ToString());
        WriteLine(terminal, "firmware", FirmwareSays());
        FrameReport report = _memory.Describe(_frame);
        switch (report.State)
        {
            case FrameState.Absent:
                WriteLine(terminal, "state", "no memory of MemOS's");
                break;
            case FrameState.Reserved:
                WriteLine(terminal, "state", "reserved, never handed out");
                WriteReasons(terminal);
                break;
            default:
                WriteManaged(terminal, in report);
                break;
        }
    }

    private void WriteManaged(ITerminal terminal, in FrameReport report)
    {
        Zone zone = _memory.ZoneAt(report.ZoneIndex);
        WriteLine(terminal, "zone", zone.Kind.Description() + " of " + zone.Node.ToString() + ", " + zone.Span.ToString());
        if (report.State is FrameState.Free or FrameState.Cached)
        {
            WriteLine(terminal, "state", report.State == FrameState.Free ? "free" : "free, in a CPU's cache");
            return;
        }

        string block = new FrameRange(report.Block, report.Order.FrameCount).ToString();
        WriteLine(terminal, "state", "allocated");
        WriteLine(terminal, "block", report.Order.ToString() + ", " + block + ", frame " + (_frame - report.Block).ToString() + " of it");
        WriteLine(terminal, "owner", report.Owner.Description());
        WriteLine(terminal, "references", report.References.ToString());
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

    private string FirmwareSays()
    {
        MemoryKind first = _memory.Map.KindOf(_frame.Start);
        MemoryKind last = _memory.Map.KindOf(_frame.Start + (FrameNumber.SizeBytes - 1));
        return first == last ? first.Description() : first.Description() + ", then " + last.Description();
    }

    private static void WriteLine(ITerminal terminal, string name, string text) => terminal.WriteLine("  " + name.PadRight(12) + text);
}
