using System;
using Cosmos.Core;

namespace Kit.Runtime.Platform;

/// <summary>Seeds for <c>Random</c> and hash codes: the time-stamp counter, mixed.</summary>
/// <remarks>The values are hard to foresee but not fit for cryptography.</remarks>
internal static class Entropy
{
    private static ulong s_state;

    /// <summary>Fills <paramref name="target"/>.</summary>
    public static void Fill(Span<byte> target)
    {
        ulong value = 0;
        for (int i = 0; i < target.Length; i++)
        {
            if ((i & 7) == 0)
                value = Next();
            target[i] = (byte)value;
            value >>= 8;
        }
    }

    // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014) over the time-stamp counter.
    private static ulong Next()
    {
        s_state += 0x9E3779B97F4A7C15 ^ CPU.GetCPUUptime();
        ulong z = s_state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
