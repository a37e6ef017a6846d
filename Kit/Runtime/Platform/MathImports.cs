using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kit.Runtime.Platform;

/// <summary>The C library's mathematics, which CoreLib imports: rounding here, the rest by Native/math.asm.</summary>
/// <remarks>
/// The results' special cases are those of IEEE 754 and C (Annex F). Results are good to two units in the last place, but for angles
/// beyond <see cref="Angle.LargestReduced"/>, where the processor's own reduction by a 66-bit pi shows.
/// </remarks>
internal static unsafe class MathImports
{
    private const double SquareIsAll = 1e150; // beyond, x^2 + 1 is x^2, and may be infinite

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitLog2")]
    private static extern double Log2Core(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitLog")]
    private static extern double LogCore(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitLog10")]
    private static extern double Log10Core(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitLogPlus1")]
    private static extern double LogPlus1Core(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitExp")]
    private static extern double ExpCore(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitExpMinus1")]
    private static extern double ExpMinus1Core(double value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitAtan2")]
    private static extern double Atan2Core(double first, double second);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitPow")]
    private static extern double PowCore(double first, double second);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitRemainder")]
    private static extern double RemainderCore(double first, double second);

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

    [RuntimeExport("modf")]
    private static double SplitFraction(double value, double* whole)
    {
        double fraction = SplitFraction(value, out double part);
        *whole = part;
        return fraction;
    }

    // Both parts have the sign of the value.
    private static double SplitFraction(double value, out double whole)
    {
        double truncated = WithSignOf(value, Truncate(value));
        whole = truncated;
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

    [RuntimeExport("sin")]
    private static double Sin(double x) => double.IsFinite(x) ? Angle.Sin(x) : double.NaN;

    [RuntimeExport("cos")]
    private static double Cos(double x) => double.IsFinite(x) ? Angle.Cos(x) : double.NaN;

    [RuntimeExport("tan")]
    private static double Tan(double x) => double.IsFinite(x) ? Angle.Tan(x) : double.NaN;

    [RuntimeExport("atan")]
    private static double Atan(double x) => Atan2Core(x, 1);

    [RuntimeExport("atan2")]
    private static double Atan2(double y, double x)
    {
        const double PiRest = 1.2246467991473532e-16; // pi less Math.PI
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.NaN;

        // The first quadrant is enough to ask for; Bochs takes (-1, -1) for (-1, 1).
        double angle = Atan2Core(Math.Abs(y), Math.Abs(x));
        return SignedBy(double.IsNegative(x) ? Math.PI - (angle - PiRest) : angle, double.IsNegative(y));
    }

    [RuntimeExport("asin")]
    private static double Asin(double x) => x is >= -1 and <= 1 ? Atan2Core(x, Math.Sqrt((1 - x) * (1 + x))) : double.NaN;

    [RuntimeExport("acos")]
    private static double Acos(double x) => x is >= -1 and <= 1 ? Atan2(Math.Sqrt((1 - x) * (1 + x)), x) : double.NaN;

    [RuntimeExport("exp")]
    private static double Exp(double x)
    {
        const double Overflows = 709.79;
        const double Underflows = -745.14;
        if (double.IsNaN(x))
            return x;
        return x > Overflows ? double.PositiveInfinity : x < Underflows ? 0 : ExpCore(x);
    }

    [RuntimeExport("log")]
    private static double Log(double x) => IsOrdinaryLogarithm(x, out double special) ? LogCore(x) : special;

    [RuntimeExport("log2")]
    private static double Log2(double x) => IsOrdinaryLogarithm(x, out double special) ? Log2Core(x) : special;

    [RuntimeExport("log10")]
    private static double Log10(double x) => IsOrdinaryLogarithm(x, out double special) ? Log10Core(x) : special;

    [RuntimeExport("pow")]
    private static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
            return 1;
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.NaN;
        bool isOdd = IsOdd(y);
        if (x == 0)
            return SignedBy(y > 0 ? 0 : double.PositiveInfinity, isOdd && double.IsNegative(x));
        if (double.IsInfinity(y))
            return Math.Abs(x) == 1 ? 1 : (Math.Abs(x) > 1) == (y > 0) ? double.PositiveInfinity : 0;
        if (double.IsInfinity(x))
            return SignedBy(y > 0 ? double.PositiveInfinity : 0, isOdd && x < 0);
        if (x < 0 && Truncate(y) != y)
            return double.NaN;
        return SignedBy(PowCore(Math.Abs(x), y), isOdd && x < 0);
    }

    [RuntimeExport("sinh")]
    private static double Sinh(double x)
    {
        if (Math.Abs(x) < 0.25)
        {
            double e = ExpMinus1Core(x);
            return (e + (e / (e + 1))) / 2;
        }

        // Halves before the square, so that the result overflows where it must and not before.
        double half = Exp(Math.Abs(x) / 2);
        return SignedBy(((half / 2) * half) - (0.5 / (half * half)), x < 0);
    }

    [RuntimeExport("cosh")]
    private static double Cosh(double x)
    {
        double half = Exp(Math.Abs(x) / 2);
        return ((half / 2) * half) + (0.5 / (half * half));
    }

    [RuntimeExport("tanh")]
    private static double Tanh(double x)
    {
        const double Saturates = 20;
        if (Math.Abs(x) > Saturates)
            return x < 0 ? -1 : 1;
        if (Math.Abs(x) < 0.34)
        {
            double e = ExpMinus1Core(2 * x);
            return e / (e + 2);
        }

        double square = Exp(2 * x);
        return (square - 1) / (square + 1);
    }

    [RuntimeExport("asinh")]
    private static double Asinh(double x)
    {
        double size = Math.Abs(x);
        double result = size > SquareIsAll ? Log(size) + Log(2) : LogPlus1(size + (size * size / (1 + Math.Sqrt((size * size) + 1))));
        return SignedBy(result, double.IsNegative(x));
    }

    [RuntimeExport("acosh")]
    private static double Acosh(double x)
    {
        return x > SquareIsAll ? Log(x) + Log(2) : x >= 1 ? LogPlus1(x - 1 + Math.Sqrt((x - 1) * (x + 1))) : double.NaN;
    }

    [RuntimeExport("atanh")]
    private static double Atanh(double x)
    {
        double size = Math.Abs(x);
        return size <= 1 ? SignedBy(LogPlus1(2 * size / (1 - size)) / 2, double.IsNegative(x)) : double.NaN;
    }

    [RuntimeExport("cbrt")]
    private static double CubeRoot(double x)
    {
        if (x == 0 || !double.IsFinite(x))
            return x;
        double size = Math.Abs(x);
        double root = PowCore(size, 1.0 / 3);
        root -= ((root * root * root) - size) / (3 * root * root); // one step of Newton's: the third is not exact
        return SignedBy(root, x < 0);
    }

    [RuntimeExport("fmod")]
    private static double Remainder(double x, double y)
    {
        if (double.IsNaN(x) || double.IsNaN(y) || double.IsInfinity(x) || y == 0)
            return double.NaN;
        return double.IsInfinity(y) ? x : RemainderCore(x, y);
    }

    [RuntimeExport("fmodf")]
    private static float RemainderSingle(float x, float y) => (float)Remainder(x, y);

    [RuntimeExport("ceilf")]
    private static float CeilingSingle(float x) => (float)Ceiling(x);

    [RuntimeExport("floorf")]
    private static float FloorSingle(float x) => (float)Floor(x);

    [RuntimeExport("modff")]
    private static float SplitFractionSingle(float value, float* whole)
    {
        double fraction = SplitFraction(value, out double part);
        *whole = (float)part;
        return (float)fraction;
    }

    [RuntimeExport("sinf")]
    private static float SinSingle(float x) => (float)Sin(x);

    [RuntimeExport("cosf")]
    private static float CosSingle(float x) => (float)Cos(x);

    [RuntimeExport("tanf")]
    private static float TanSingle(float x) => (float)Tan(x);

    [RuntimeExport("atanf")]
    private static float AtanSingle(float x) => (float)Atan(x);

    [RuntimeExport("asinf")]
    private static float AsinSingle(float x) => (float)Asin(x);

    [RuntimeExport("acosf")]
    private static float AcosSingle(float x) => (float)Acos(x);

    [RuntimeExport("expf")]
    private static float ExpSingle(float x) => (float)Exp(x);

    [RuntimeExport("logf")]
    private static float LogSingle(float x) => (float)Log(x);

    [RuntimeExport("log2f")]
    private static float Log2Single(float x) => (float)Log2(x);

    [RuntimeExport("log10f")]
    private static float Log10Single(float x) => (float)Log10(x);

    [RuntimeExport("sinhf")]
    private static float SinhSingle(float x) => (float)Sinh(x);

    [RuntimeExport("coshf")]
    private static float CoshSingle(float x) => (float)Cosh(x);

    [RuntimeExport("tanhf")]
    private static float TanhSingle(float x) => (float)Tanh(x);

    [RuntimeExport("asinhf")]
    private static float AsinhSingle(float x) => (float)Asinh(x);

    [RuntimeExport("acoshf")]
    private static float AcoshSingle(float x) => (float)Acosh(x);

    [RuntimeExport("atanhf")]
    private static float AtanhSingle(float x) => (float)Atanh(x);

    [RuntimeExport("cbrtf")]
    private static float CubeRootSingle(float x) => (float)CubeRoot(x);

    [RuntimeExport("powf")]
    private static float PowSingle(float x, float y) => (float)Pow(x, y);

    [RuntimeExport("atan2f")]
    private static float Atan2Single(float x, float y) => (float)Atan2(x, y);

    // The logarithm of 1 + x: the sum would lose a small x's last bits.
    private static double LogPlus1(double x) => Math.Abs(x) < 0.25 ? LogPlus1Core(x) : Log(1 + x);

    private static bool IsOrdinaryLogarithm(double x, out double special)
    {
        special = x == 0 ? double.NegativeInfinity : double.IsPositiveInfinity(x) ? x : double.NaN;
        return x > 0 && !double.IsInfinity(x);
    }

    private static bool IsOdd(double value)
    {
        const double AllEvenBeyond = 1L << 53;
        return Math.Abs(value) < AllEvenBeyond && Truncate(value) == value && ((long)value & 1) != 0;
    }

    private static double SignedBy(double size, bool isNegative) => isNegative ? -size : size;
}
