using MemOS.Hardware;

namespace MemOS.Processes;

/// <summary>What random words are derived from, and where it comes from.</summary>
public readonly struct RandomSeed
{
    // Intel SDM vol. 1, 7.3.17: RDRAND has no word ten times in a row only when it is broken; RDSEED may be asked for more than there is.
    private const int RandomTries = 10;
    private const int SeedTries = 1000;
    private const int WordBits = 32;

    private RandomSeed(ulong value, RandomOrigin origin)
    {
        Value = value;
        Origin = origin;
    }

    /// <summary>The seed.</summary>
    public ulong Value { get; }

    /// <summary>Where it comes from.</summary>
    public RandomOrigin Origin { get; }

    /// <summary>A seed that somebody has chosen.</summary>
    public static RandomSeed Given(ulong value) => new(value, RandomOrigin.CommandLine);

    /// <summary>A seed from the best that the processor has.</summary>
    public static RandomSeed Read(CpuFeatures features)
    {
        if (features.Has(CpuFeature.Rdseed) && TrySeed(out ulong low) && TrySeed(out ulong high)) return new RandomSeed(Join(low, high), RandomOrigin.SeedInstruction);
        if (features.Has(CpuFeature.Rdrand) && TryRandom(out low) && TryRandom(out high)) return new RandomSeed(Join(low, high), RandomOrigin.RandomInstruction);
        return new RandomSeed(Cpu.ReadTimestamp(), RandomOrigin.Timestamp);
    }

    private static bool TrySeed(out ulong word)
    {
        word = 0;
        for (int tries = 0; tries < SeedTries && word == 0; tries++) word = Cpu.ReadSeed();
        return word != 0;
    }

    private static bool TryRandom(out ulong word)
    {
        word = 0;
        for (int tries = 0; tries < RandomTries && word == 0; tries++) word = Cpu.ReadRandom();
        return word != 0;
    }

    private static ulong Join(ulong low, ulong high) => high << WordBits | (low & uint.MaxValue);
}
