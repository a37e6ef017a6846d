using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>Random numbers that a seed repeats: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).</summary>
public struct RandomWords
{
    private ulong _state;

    /// <summary>The sequence of a seed; every seed is good.</summary>
    public RandomWords(ulong seed) => _state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1; <paramref name="limit"/> is at least 1.</summary>
    public int Below(int limit)
    {
        KernelAssert.That(limit > 0, "RandomWords: nothing to choose from");
        return (int)(((Next() >> 32) * (ulong)limit) >> 32);
    }
}
