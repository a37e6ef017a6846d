using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kit.Runtime.Platform;

/// <summary>Sine, cosine and tangent of finite angles.</summary>
/// <remarks>
/// The angle less the nearest multiple of pi/2, in two doubles, goes to the x87 unit, which does not reduce it again; the multiple
/// says what of the results is what (W. Cody, W. Waite: Software Manual for the Elementary Functions, 1980, chapter 8).
/// </remarks>
internal static class Angle
{
    /// <summary>Angles up to this size are reduced as if pi had 150 bits.</summary>
    public const double LargestReduced = 1 << 20;

    // pi/2 in four parts; a multiple below 2^20 of any of the first three is exact, for they have 33 bits.
    private const double Part1 = 1.57079632673412561417e+00;
    private const double Part2 = 6.07710050630396597660e-11;
    private const double Part3 = 2.02226624871116645580e-21;
    private const double Part4 = 8.47842766036889956997e-32;

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitSin")]
    private static extern double SinCore(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitCos")]
    private static extern double CosCore(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitTan")]
    private static extern double TanCore(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitRemainder")]
    private static extern double RemainderCore(double first, double second);

    public static double Sin(double angle) => SinOfQuarter(angle, 0);

    public static double Cos(double angle) => SinOfQuarter(angle, 1);

    public static double Tan(double angle)
    {
        int quarters = Reduce(angle, out double rest, out double tail);
        double tangent = TanCore(rest);
        if (quarters == 0)
            return tangent;
        tangent += tail * (1 + (tangent * tangent));
        return (quarters & 1) == 0 ? tangent : -1 / tangent;
    }

    // The sine of the angle and so many quarters of a turn more.
    private static double SinOfQuarter(double angle, int more)
    {
        int quarters = Reduce(angle, out double rest, out double tail);
        double sine = SinCore(rest);
        if (quarters == 0 && more == 0)
            return sine; // a zero keeps its sign
        double cosine = CosCore(rest);
        double result = ((quarters + more) & 1) == 0 ? sine + (tail * cosine) : cosine - (tail * sine);
        return ((quarters + more) & 2) == 0 ? result : -result;
    }

    // What is left is at most pi/4 in size, in two parts; returns how many quarters of a turn were taken away.
    private static int Reduce(double angle, out double rest, out double tail)
    {
        const double LargestOfUnit = 1L << 62;
        tail = 0;
        if (Math.Abs(angle) > LargestReduced)
        {
            // The unit reduces by itself; beyond its limit an angle is so many turns that any result is as good.
            rest = Math.Abs(angle) < LargestOfUnit ? angle : RemainderCore(angle, 2 * Math.PI);
            return 0;
        }

        int quarters = (int)((angle * (2 / Math.PI)) + (angle < 0 ? -0.5 : 0.5));
        rest = angle;
        if (quarters == 0)
            return 0;
        double first = angle - (quarters * Part1);
        double second = Difference(first, quarters * Part2, out double error2);
        double third = Difference(second, quarters * Part3, out double error3);
        double errors = error2 + error3 - (quarters * Part4);
        rest = third + errors;
        tail = third - rest + errors;
        return quarters;
    }

    // The difference and what its rounding lost (D. Knuth: The Art of Computer Programming 2, 4.2.2, theorem B).
    private static double Difference(double left, double right, out double error)
    {
        double difference = left - right;
        double back = difference - left;
        error = (left - (difference - back)) - (right + back);
        return difference;
    }
}
