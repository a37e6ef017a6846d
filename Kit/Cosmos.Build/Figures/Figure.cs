using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;

namespace Cosmos.Build.Figures;

/// <summary>One result of the kernel's `bench`: a line <c>figure NAME VALUE UNIT ROUND...</c>.</summary>
public sealed record Figure(string Name, string Unit, double Value, IReadOnlyList<double> Rounds)
{
    private const int FewestRounds = 3;
    private const double Tolerance = 0.01;

    /// <summary>Whether there are enough rounds, they agree, and the value is their minimum.</summary>
    public bool IsSettled => Rounds.Count >= FewestRounds && Value == Rounds.Min() && Rounds.Max() - Rounds.Min() <= Rounds.Min() * Tolerance;

    /// <summary>The figures among the lines that a command printed; a line that starts as one and is none is an error.</summary>
    /// <exception cref="FormatException">Names the line.</exception>
    public static IReadOnlyList<Figure> Parse(IEnumerable<string> lines)
        => [.. lines.Where(line => line.StartsWith("figure ", StringComparison.Ordinal)).Select(ParseLine)];

    /// <summary>All figures as the JSON that tools read.</summary>
    public static string ToJson(IEnumerable<Figure> figures)
        => JsonSerializer.Serialize(new
        {
            figures = figures.Select(figure => new { name = figure.Name, unit = figure.Unit, value = figure.Value, rounds = figure.Rounds }),
        });

    /// <summary>A table with a line a figure.</summary>
    public static IEnumerable<string> ToTable(IReadOnlyCollection<Figure> figures)
    {
        int width = figures.Select(figure => figure.Name.Length).DefaultIfEmpty(0).Max();
        return figures.Select(figure => string.Create(
            CultureInfo.InvariantCulture, $"{figure.Name.PadRight(width)}  {figure.Value,12:#,0.0}  {figure.Unit}"));
    }

    private static Figure ParseLine(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 4 || !TryParse(words[2], out double value))
        {
            throw new FormatException($"not a figure: {line}");
        }

        double[] rounds = [.. words[4..].Select(word => TryParse(word, out double round) ? round : throw new FormatException($"not a figure: {line}"))];
        return new Figure(words[1], words[3], value, rounds);
    }

    private static bool TryParse(string text, out double value)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
}
