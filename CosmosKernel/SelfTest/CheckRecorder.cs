namespace MemOS.SelfTest;

/// <summary>Takes down what a check finds; the first failure is the one that is reported.</summary>
public sealed class CheckRecorder
{
    /// <summary>What went wrong first; null when nothing did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Expects <paramref name="condition"/>, and says what is wrong when it does not hold.</summary>
    public void Expect(bool condition, string what)
    {
        if (!condition) Fail(what);
    }

    /// <summary>Expects two numbers to be equal.</summary>
    public void Equal(long expected, long actual, string what)
    {
        if (expected != actual) Fail(what + ": expected " + expected.ToString() + ", got " + actual.ToString());
    }

    /// <summary>Expects two texts to be equal.</summary>
    public void Equal(string expected, string actual, string what)
    {
        if (expected != actual) Fail(what + ": expected \"" + expected + "\", got \"" + actual + "\"");
    }

    /// <summary>Notes a failure.</summary>
    public void Fail(string what) => Failure ??= what;
}
