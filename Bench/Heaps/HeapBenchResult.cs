using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Cosmos.Build.Figures;
using MemOS.Lab.Heaps;

namespace MemOS.Bench.Heaps;

/// <summary>The figures of all profiles.</summary>
internal sealed class HeapBenchResult(IReadOnlyList<HeapTraceFigures> traces, int operations, (double Managed, double Native) callCost)
{
    private const int NameWidth = 16;
    private const int CellWidth = 15;

    public IEnumerable<Figure> Figures => traces.SelectMany(trace => trace.Peers.Values);

    /// <summary>A line a peer, then how sure that is.</summary>
    public string ToText()
    {
        int rounds = traces[0].Peers[HeapPeers.Reference].Rounds.Count;
        StringBuilder text = new();
        AppendLine(text, $"ns of the processor an operation, median of {rounds} rounds of {operations} operations; in brackets, times {HeapPeers.Reference}, median of the rounds' ratios");
        text.AppendLine();
        WriteRow(text, "", traces.Select(trace => trace.Profile));
        foreach (string peer in HeapPeers.Names)
            WriteRow(text, HeapPeers.Describe(peer), traces.Select(trace => Cell(trace.MedianOf(peer), trace.RatiosOf(peer).Median)));
        text.AppendLine();
        AppendLine(text, $"half of the rounds' ratios lie between");
        foreach (string peer in HeapRegistry.KernelHeaps)
            WriteRow(text, HeapPeers.Describe(peer), traces.Select(trace => Range(trace.RatiosOf(peer))));
        text.AppendLine();
        AppendLine(text, $"A call that does nothing: {callCost.Managed:0.00} ns of MemOS's kind, {callCost.Native:0.00} ns of a C library's.");
        return text.ToString().TrimEnd();
    }

    private static void WriteRow(StringBuilder text, string name, IEnumerable<string> cells)
    {
        text.Append(name.PadRight(NameWidth));
        foreach (string cell in cells) text.Append(cell.PadLeft(CellWidth));
        text.AppendLine();
    }

    private static string Cell(double nanoseconds, double ratio) => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} {$"({ratio:0.00})",7}");

    private static string Range((double Low, double Median, double High) ratios) => string.Create(CultureInfo.InvariantCulture, $"{ratios.Low:0.00}-{ratios.High:0.00}");

    private static void AppendLine(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
