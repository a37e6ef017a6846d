using System.Globalization;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>An amount of memory, written as <c>10M</c>, <c>512M</c>, <c>4G</c> or in KiB as <c>640K</c>.</summary>
public readonly record struct MemorySize(long Bytes)
{
    /// <summary>Parses <c>512M</c>; a number without a unit is MiB.</summary>
    /// <exception cref="ToolException">It is not a size.</exception>
    public static MemorySize Parse(string text)
    {
        text = text.Trim();
        char unit = text.Length > 0 ? char.ToUpperInvariant(text[^1]) : '\0';
        int shift = unit switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => -1 };
        string digits = shift < 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > 1L << 24)
        {
            throw new ToolException($"'{text}' is not an amount of memory: write 64M, 4G or 640K");
        }

        return new MemorySize(count << (shift < 0 ? 20 : shift));
    }

    public override string ToString()
        => Bytes % (1L << 20) == 0 ? $"{Bytes >> 20}M" : $"{Bytes >> 10}K";
}
