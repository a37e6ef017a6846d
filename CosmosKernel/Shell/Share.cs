namespace MemOS.Shell;

/// <summary>A part of a whole as people see it at once.</summary>
public static class Share
{
    /// <summary>The width of <see cref="Bar"/> for the whole, in characters.</summary>
    public const int BarWidth = 30;

    private const char FullCell = '█';
    private const char HalfCell = '▌';
    private const ulong Thousand = 1000;
    private const ulong TenThousand = 10_000;

    /// <summary>A bar in half characters, rounded; what is more than nothing shows.</summary>
    public static string Bar(ulong part, ulong whole)
    {
        if (part == 0 || whole == 0) return "";
        ulong halves = ((2 * BarWidth * part) + (whole / 2)) / whole;
        if (halves == 0) halves = 1;
        string bar = new(FullCell, (int)(halves / 2));
        return halves % 2 == 0 ? bar : bar + HalfCell;
    }

    /// <summary>A percentage with one decimal, rounded down; 0 of 0 is 0.</summary>
    public static string Percent(ulong part, ulong whole)
    {
        ulong permille = whole == 0 ? 0 : part * Thousand / whole;
        return (permille / 10).ToString() + "." + (permille % 10).ToString() + " %";
    }

    /// <summary>A percentage with two decimals, rounded down, of small parts; 0 of 0 is 0.</summary>
    public static string Permyriad(ulong part, ulong whole)
    {
        ulong parts = whole == 0 ? 0 : part * TenThousand / whole;
        ulong decimals = parts % 100;
        return (parts / 100).ToString() + (decimals < 10 ? ".0" : ".") + decimals.ToString() + " %";
    }
}
