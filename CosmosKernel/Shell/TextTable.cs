using System.Collections.Generic;
using System.Text;

namespace MemOS.Shell;

/// <summary>Columns of text, each as wide as its widest entry: what reports print.</summary>
public sealed class TextTable
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = new();
    private readonly bool[] _alignedRight;
    private readonly int[] _widths;

    /// <summary>Creates a table with a heading a column; a heading that starts with &gt; aligns its column right.</summary>
    public TextTable(params string[] headings)
    {
        _alignedRight = new bool[headings.Length];
        _widths = new int[headings.Length];
        string[] row = new string[headings.Length];
        for (int i = 0; i < headings.Length; i++)
        {
            _alignedRight[i] = headings[i].Length > 0 && headings[i][0] == '>';
            row[i] = _alignedRight[i] ? headings[i].Substring(1) : headings[i];
        }

        Add(row);
    }

    /// <summary>Adds a row with an entry for each column.</summary>
    public void Add(params string[] row)
    {
        for (int i = 0; i < _widths.Length; i++)
        {
            if (row[i].Length > _widths[i]) _widths[i] = row[i].Length;
        }

        _rows.Add(row);
    }

    /// <summary>Writes the headings and the rows.</summary>
    public void WriteTo(ITerminal terminal)
    {
        foreach (string[] row in _rows)
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
            {
                if (i > 0) line.Append(Gap);
                line.Append(_alignedRight[i] ? row[i].PadLeft(_widths[i]) : row[i].PadRight(_widths[i]));
            }

            terminal.WriteLine(line.ToString().TrimEnd(' '));
        }
    }
}
