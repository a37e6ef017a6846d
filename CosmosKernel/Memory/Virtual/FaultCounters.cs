using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>How many faults ended in which way.</summary>
public unsafe struct FaultCounters
{
    private fixed ulong _counts[FaultOutcomes.Count];

    /// <summary>The number that ended in <paramref name="outcome"/>.</summary>
    public readonly ulong this[FaultOutcome outcome]
    {
        get
        {
            KernelAssert.That((uint)outcome < FaultOutcomes.Count, "FaultCounters: no such outcome");
            return _counts[(int)outcome]; // SAFETY: below the number of outcomes.
        }
    }

    /// <summary>All of them.</summary>
    public readonly ulong Total
    {
        get
        {
            ulong total = 0;
            for (int outcome = 0; outcome < FaultOutcomes.Count; outcome++) total += _counts[outcome]; // SAFETY: an outcome.
            return total;
        }
    }

    /// <summary>Counts those of another too.</summary>
    public void Add(in FaultCounters other)
    {
        for (int outcome = 0; outcome < FaultOutcomes.Count; outcome++) _counts[outcome] += other._counts[outcome]; // SAFETY: an outcome.
    }

    /// <summary>Counts one.</summary>
    internal void Add(FaultOutcome outcome) => _counts[(int)outcome]++; // SAFETY: an outcome.
}
