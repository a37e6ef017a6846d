using System;
using System.Numerics;

namespace MemOS.Primitives;

/// <summary>A set of CPUs: one bit for each of <see cref="CpuId.Limit"/>.</summary>
/// <remarks>Immutable and without references, so that it can be passed and kept anywhere. Every operation is O(1).</remarks>
public readonly struct CpuSet : IEquatable<CpuSet>
{
    private const int WordBits = 64;

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    private CpuSet(ulong word0, ulong word1, ulong word2, ulong word3)
    {
        _word0 = word0;
        _word1 = word1;
        _word2 = word2;
        _word3 = word3;
    }

    /// <summary>The set without any CPU.</summary>
    public static CpuSet Empty => default;

    /// <summary>Whether no CPU is in the set.</summary>
    public bool IsEmpty => (_word0 | _word1 | _word2 | _word3) == 0;

    /// <summary>How many CPUs are in the set.</summary>
    public int Count =>
        BitOperations.PopCount(_word0) + BitOperations.PopCount(_word1) +
        BitOperations.PopCount(_word2) + BitOperations.PopCount(_word3);

    /// <summary>The set of one CPU.</summary>
    public static CpuSet Of(CpuId cpu)
    {
        ulong bit = 1UL << (cpu.Value % WordBits);
        int word = cpu.Value / WordBits;
        return new CpuSet(word == 0 ? bit : 0, word == 1 ? bit : 0, word == 2 ? bit : 0, word == 3 ? bit : 0);
    }

    /// <summary>The set of the CPUs 0 to <paramref name="cpuCount"/> - 1.</summary>
    public static CpuSet FirstOnes(int cpuCount)
    {
        KernelAssert.That((uint)cpuCount <= CpuId.Limit, "CpuSet: more CPUs than the kernel uses");
        return new CpuSet(LowBits(cpuCount), LowBits(cpuCount - 64), LowBits(cpuCount - 128), LowBits(cpuCount - 192));
    }

    /// <summary>Whether <paramref name="cpu"/> is in the set.</summary>
    public bool Contains(CpuId cpu) => (Word(cpu.Value / WordBits) >> (cpu.Value % WordBits) & 1) != 0;

    /// <summary>This set and <paramref name="cpu"/>.</summary>
    public CpuSet With(CpuId cpu) => Union(Of(cpu));

    /// <summary>This set without <paramref name="cpu"/>.</summary>
    public CpuSet Without(CpuId cpu) => Except(Of(cpu));

    /// <summary>The CPUs that are in one of the sets or both.</summary>
    public CpuSet Union(CpuSet other) => new(
        _word0 | other._word0, _word1 | other._word1, _word2 | other._word2, _word3 | other._word3);

    /// <summary>The CPUs that are in both sets.</summary>
    public CpuSet Intersect(CpuSet other) => new(
        _word0 & other._word0, _word1 & other._word1, _word2 & other._word2, _word3 & other._word3);

    /// <summary>The CPUs of this set that are not in <paramref name="other"/>.</summary>
    public CpuSet Except(CpuSet other) => new(
        _word0 & ~other._word0, _word1 & ~other._word1, _word2 & ~other._word2, _word3 & ~other._word3);

    /// <summary>The lowest CPU of the set; false when it is empty. Take it out with <see cref="Without"/> to walk the set.</summary>
    public bool TryFirst(out CpuId cpu)
    {
        for (int word = 0; word < CpuId.Limit / WordBits; word++)
        {
            ulong bits = Word(word);
            if (bits == 0) continue;
            cpu = CpuId.FromTrusted(word * WordBits + BitOperations.TrailingZeroCount(bits));
            return true;
        }

        cpu = default;
        return false;
    }

    /// <summary>Whether both have the same CPUs.</summary>
    public static bool operator ==(CpuSet left, CpuSet right) => left.Equals(right);

    /// <summary>Whether a CPU is in one of them only.</summary>
    public static bool operator !=(CpuSet left, CpuSet right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(CpuSet other) =>
        _word0 == other._word0 && _word1 == other._word1 && _word2 == other._word2 && _word3 == other._word3;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CpuSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary>The CPUs' numbers in braces.</summary>
    public override string ToString()
    {
        string text = "{";
        CpuSet rest = this;
        while (rest.TryFirst(out CpuId cpu))
        {
            text += (text.Length == 1 ? "" : ",") + cpu.Value.ToString();
            rest = rest.Without(cpu);
        }

        return text + "}";
    }

    private static ulong LowBits(int count) => count <= 0 ? 0 : count >= WordBits ? ulong.MaxValue : (1UL << count) - 1;

    private ulong Word(int index) => index switch
    {
        0 => _word0,
        1 => _word1,
        2 => _word2,
        _ => _word3,
    };
}
