using System.Collections.Generic;
using MemOS.Memory.Paging;

namespace MemOS.Shell;

/// <summary>All mappings of an address space, a line for what follows each other and is alike.</summary>
public sealed class MappingTable
{
    private readonly TextTable _table = new("from", "to", ">KiB", ">pages", ">of", "memory", "allows");

    // What the line to come is of: runs that follow each other as addresses, whatever their memory.
    private readonly MappedRun _first;
    private ulong _pageCount;
    private ulong _pieces;

    /// <summary>Lists <paramref name="runs"/>, which come in the order of their addresses.</summary>
    public MappingTable(List<MappedRun> runs)
    {
        foreach (MappedRun run in runs)
        {
            if (_pieces != 0 && !GoesOn(run)) EndLine();
            if (_pieces == 0) _first = run;
            _pageCount += run.PageCount;
            _pieces++;
        }

        if (_pieces != 0) EndLine();
    }

    /// <summary>Writes the lines.</summary>
    public void WriteTo(ITerminal terminal) => _table.WriteTo(terminal);

    private bool GoesOn(MappedRun run) =>
        run.PageShift == _first.PageShift && run.Flags == _first.Flags && run.Start.Value == unchecked(_first.Start.Value + (_pageCount << _first.PageShift));

    private void EndLine()
    {
        ulong bytes = _pageCount << _first.PageShift;
        // The last page ends where the addresses do: its end is not one.
        ulong end = unchecked(_first.Start.Value + bytes);
        _table.Add(
            _first.Start.ToString(), end == 0 ? "the end" : "V:0x" + end.ToString("x"), (bytes >> 10).ToString(), _pageCount.ToString(),
            MappingText.Size(_first.PageShift), _pieces == 1 ? "from " + _first.Target.ToString() : "in " + _pieces.ToString() + " pieces",
            MappingText.Of(_first.Flags));
        _pageCount = 0;
        _pieces = 0;
    }
}
