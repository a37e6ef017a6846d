using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Cosmos.Build.Figures;

namespace MemOS.Bench.Frames;

/// <summary>The figures: for each operation, in the order of <see cref="FrameOperation.All"/>, those of the peers by name.</summary>
internal sealed class FrameBenchResult(IReadOnlyList<IReadOnlyDictionary<string, Figure>> operations, int rounds)
{
    private const int NameWidth = 24;
    private const int CellWidth = 17;

    public IEnumerable<Figure> Figures => operations.SelectMany(operation => operation.Values);

    /// <summary>A line a peer: nanoseconds, and how many times the floor's.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"ns to allocate and free, least of {rounds} rounds; in brackets, times the bare free list\n\n");
        text.Append("".PadRight(NameWidth));
        foreach (FrameOperation operation in FrameOperation.All) text.Append(operation.Title.PadLeft(CellWidth));
        text.Append('\n');
        foreach (string peer in operations[0].Keys)
        {
            text.Append(FramePeers.Describe(peer).PadRight(NameWidth));
            foreach (IReadOnlyDictionary<string, Figure> operation in operations) text.Append(Cell(operation[peer], operation[FramePeers.Floor]).PadLeft(CellWidth));
            text.Append('\n');
        }

        double spread = Figures.Max(figure => Median(figure.Rounds) / figure.Value - 1);
        text.Append(CultureInfo.InvariantCulture, $"\nA figure's median round is at most {spread:P0} above the least.");
        return text.ToString();
    }

    private static string Cell(Figure figure, Figure floor)
    {
        double ratio = floor.Value == 0 ? 0 : figure.Value / floor.Value;
        return string.Create(CultureInfo.InvariantCulture, $"{Short(figure.Value)} {$"({Short(ratio)})",9}");
    }

    /// <summary>Three figures, more only before the point.</summary>
    private static string Short(double value) => value.ToString(value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
