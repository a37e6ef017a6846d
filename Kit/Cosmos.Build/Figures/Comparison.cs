using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Cosmos.Build.Figures;

/// <summary>The figures of this kernel beside those of another, by name.</summary>
public static class Comparison
{
    private const int ColumnWidth = 12;

    /// <summary>A table with a line a figure: both, and their ratio where both have it.</summary>
    public static IEnumerable<string> ToTable(string own, IReadOnlyList<Figure> figures, string other, IReadOnlyList<Figure> others)
    {
        int width = figures.Select(figure => figure.Name.Length).DefaultIfEmpty(0).Max();
        yield return $"{"".PadRight(width)}{own,ColumnWidth}{other,ColumnWidth}{"ratio",ColumnWidth}";
        foreach (Figure figure in figures)
        {
            string line = figure.Name.PadRight(width) + Number(figure.Value, "#,0.0");
            yield return others.FirstOrDefault(candidate => candidate.Name == figure.Name) is Figure peer
                ? line + Number(peer.Value, "#,0.0") + Number(figure.Value / peer.Value, "0.00")
                : line;
        }
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture).PadLeft(ColumnWidth);
}
