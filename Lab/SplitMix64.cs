using System;

namespace MemOS.Lab;

/// <summary>Random numbers that are the same everywhere for a seed: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.</summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number below <paramref name="limit"/>, which is at least 1.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number from 0 on, below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// A number from 0 on, exponentially distributed with mean 1, by comparing alone: von Neumann, "Various techniques used in connection with random
    /// digits", 1951. No logarithm, whose last bit differs from machine to machine.
    /// </summary>
    public double Exponential()
    {
        for (int whole = 0; ; whole++)
        {
            double first = Unit();
            int falling = 1;
            for (double last = first, next; (next = Unit()) < last; last = next) falling++;
            if (falling % 2 == 1) return whole + first;
        }
    }

    private ulong Next()
    {
        unchecked
        {
            ulong mixed = _state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
