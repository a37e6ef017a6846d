using System.Collections.Generic;
using System.Text;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>A walk of page tables, step by step: as a table, or each step in words.</summary>
public sealed class WalkText
{
    // The other bits of a table's entry mean something else, or nothing.
    private const PageFlags OfTables = PageFlags.Writable | PageFlags.User | PageFlags.Executable | PageFlags.Accessed;

    private readonly IPageTables _tables;
    private readonly VirtAddr _address;
    private readonly List<WalkStep> _steps = new();
    private readonly Translation _translation;

    /// <summary>Walks <paramref name="tables"/> for <paramref name="address"/>.</summary>
    public WalkText(IPageTables tables, VirtAddr address)
    {
        _tables = tables;
        _address = address;
        Result = tables.Explain(address, _steps);
        if (Result == PagingResult.Ok) tables.Translate(address, out _translation);
    }

    /// <summary>How the walk ended.</summary>
    public PagingResult Result { get; }

    /// <summary>Why there is no translation; null when there is one.</summary>
    public string? Failure => MappingText.WhyNot(Result, _address);

    /// <summary>Writes a row a step, and the conclusion.</summary>
    public void WriteTable(ITerminal terminal)
    {
        if (_steps.Count != 0)
        {
            var table = new TextTable(">level", "table", ">index", ">entry", ">covers", "is", "allows");
            foreach (WalkStep step in _steps)
            {
                table.Add(
                    LevelOf(step), step.Table.ToString(), step.Index.ToString(), Hex(step.Entry), CoverOf(step), TargetOf(step), RightsOf(step));
            }

            table.WriteTo(terminal);
        }

        terminal.WriteLine(Conclusion());
    }

    /// <summary>Writes each step in words.</summary>
    public void WriteWords(ITerminal terminal)
    {
        terminal.WriteLine(
            _address.ToString() + " in " + _tables.FormatName + ": " + _tables.LevelCount.ToString() + " levels, "
            + _tables.VirtualBits.ToString() + " bits of address");
        if (_steps.Count != 0) terminal.WriteLine("  its bits " + Parts());
        foreach (WalkStep step in _steps)
        {
            terminal.WriteLine(
                "level " + LevelOf(step) + ": entry " + step.Index.ToString() + " of the " + (step.Level == _tables.LevelCount - 1 ? "root " : "")
                + "table at " + step.Table.ToString() + " is " + Hex(step.Entry));
            terminal.WriteLine("  " + Meaning(step));
        }

        if (Result == PagingResult.Ok)
        {
            ulong offset = _translation.Address - _translation.PageStart;
            terminal.WriteLine(
                "address: the page's " + _translation.PageStart.ToString() + " and the offset " + Hex(offset) + " make " + _translation.Address.ToString());
            terminal.WriteLine("rights: what every level allows: " + MappingText.Of(_translation.Flags));
            return;
        }

        terminal.WriteLine(Conclusion());
    }

    private string Conclusion()
    {
        if (Result == PagingResult.Ok) return MappingText.Of(_address, _translation);
        return Failure! + (Result == PagingResult.NotMapped && _address.Value < PageNumber.SizeBytes ? ": page 0 never is" : "");
    }

    // Which bits are the number of the entry at which level.
    private string Parts()
    {
        var text = new StringBuilder();
        int high = _tables.VirtualBits - 1;
        foreach (WalkStep step in _steps)
        {
            int low = _tables.ShiftOf(step.Level);
            text.Append(high.ToString() + ".." + low.ToString() + " are " + step.Index.ToString() + ", ");
            high = low - 1;
        }

        ulong rest = _address.Value & ((2UL << high) - 1);
        return text.ToString() + high.ToString() + "..0 are " + Hex(rest);
    }

    private string Meaning(WalkStep step)
    {
        switch (step.Kind)
        {
            case WalkStepKind.Absent:
                return "it is not present: nothing is mapped in these " + CoverOf(step);
            case WalkStepKind.Reserved:
                return "it has a bit set that must be 0: the processor faults";
            case WalkStepKind.Table:
                return "it covers " + CoverOf(step) + " and leads to the " + TargetOf(step) + "; it allows " + RightsOf(step);
            default:
                return "it covers " + CoverOf(step) + " and maps the " + TargetOf(step) + "; it allows " + RightsOf(step);
        }
    }

    private string TargetOf(WalkStep step)
    {
        switch (step.Kind)
        {
            case WalkStepKind.Absent: return "not present";
            case WalkStepKind.Reserved: return "broken: a reserved bit";
            case WalkStepKind.Page: return "page at " + _translation.PageStart.ToString();
            default: return "table at " + TableUnder(step).ToString();
        }
    }

    private static string RightsOf(WalkStep step) => step.Kind switch
    {
        WalkStepKind.Table => MappingText.Of(step.Flags & OfTables),
        WalkStepKind.Page => MappingText.Of(step.Flags),
        _ => "",
    };

    // Every step but the last has its table in the one that follows.
    private PhysAddr TableUnder(WalkStep step) => _steps[_tables.LevelCount - step.Level].Table;

    private string CoverOf(WalkStep step) => MappingText.Size(_tables.ShiftOf(step.Level));

    private static string LevelOf(WalkStep step) => (step.Level + 1).ToString();

    private static string Hex(ulong number) => NumberText.HexPrefix + number.ToString("x");
}
