using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>How far one node's memory is from another's processors; 10 is a node's distance to itself.</summary>
public readonly partial record struct NumaDistance(int From, int To, int Distance)
{
    /// <summary>Parses <c>0,1=20</c>.</summary>
    /// <exception cref="ToolException">It is not a distance.</exception>
    public static NumaDistance Parse(string text)
    {
        Match match = Form().Match(text);
        return match.Success
            ? new NumaDistance(Number(1), Number(2), Number(3))
            : throw new ToolException($"'{text}' is not a distance between nodes: write 0,1=20");

        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\s*(\d{1,3}),(\d{1,3})=(\d{1,3})\s*$")]
    private static partial Regex Form();
}
