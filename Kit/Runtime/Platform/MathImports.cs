using System.Runtime;

namespace Kit.Runtime.Platform;

/// <summary>Rounding, which the baseline instruction set has no instruction for.</summary>
internal static unsafe class MathImports
{
    [RuntimeExport("ceil")]
    private static double Ceiling(double value)
    {
        double truncated = Truncate(value);
        if (truncated < value)
            truncated += 1;
        return WithSignOf(value, truncated);
    }

    [RuntimeExport("floor")]
    private static double Floor(double value)
    {
        double truncated = Truncate(value);
        if (truncated > value)
            truncated -= 1;
        return WithSignOf(value, truncated);
    }

    /// <summary>The part before the point in <paramref name="whole"/>, the part behind it as the result, both with the sign of the value.</summary>
    [RuntimeExport("modf")]
    private static double SplitFraction(double value, double* whole)
    {
        double truncated = WithSignOf(value, Truncate(value));
        *whole = truncated;
        return double.IsInfinity(value) ? WithSignOf(value, 0) : WithSignOf(value, value - truncated);
    }

    private static double Truncate(double value)
    {
        // Beyond 2^63 every value is integral; so are the infinities, and what is no number stays that.
        return value > long.MinValue && value < long.MaxValue ? (long)value : value;
    }

    // The conversion through an integer loses the sign of zero.
    private static double WithSignOf(double value, double result)
    {
        return result == 0 && double.IsNegative(value) ? -0.0 : result;
    }
}
