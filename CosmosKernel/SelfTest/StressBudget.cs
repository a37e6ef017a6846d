namespace MemOS.SelfTest;

/// <summary>How long a stress test goes on, and what its random choices start from.</summary>
public readonly struct StressBudget
{
    /// <summary>The operations when nothing is said.</summary>
    public const ulong UsualOperations = 100_000;

    private const ulong MillisecondsPerSecond = 1000;

    private StressBudget(ulong operations, ulong seconds, ulong seed)
    {
        Operations = operations;
        Seconds = seconds;
        Seed = seed;
    }

    /// <summary>The operations; 0 when time is the limit.</summary>
    public ulong Operations { get; }

    /// <summary>The seconds; 0 when the operations are the limit.</summary>
    public ulong Seconds { get; }

    /// <summary>What the random choices start from.</summary>
    public ulong Seed { get; }

    /// <summary>A number of operations, at least 1.</summary>
    public static StressBudget OfOperations(ulong operations, ulong seed) => new(operations, 0, seed);

    /// <summary>A time, at least a second.</summary>
    public static StressBudget OfSeconds(ulong seconds, ulong seed) => new(0, seconds, seed);

    /// <summary>Whether so much is enough.</summary>
    public bool IsSpent(ulong operations, ulong milliseconds) =>
        Operations != 0 ? operations >= Operations : milliseconds / MillisecondsPerSecond >= Seconds;

    /// <summary>The limit in words.</summary>
    public override string ToString() => Operations != 0 ? Operations.ToString() + " operations" : Seconds.ToString() + " seconds";
}
