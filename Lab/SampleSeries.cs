using System.Collections.Generic;

namespace MemOS.Lab;

/// <summary>Samples at even distances of a work whose length nobody knows: with one too many, every second one is forgotten.</summary>
internal sealed class SampleSeries<TSample>
{
    /// <summary>Enough for a smooth line.</summary>
    private const int MostSamples = 256;

    private readonly List<(long Operation, TSample Sample)> _samples = [];
    private long _distance = 1;

    /// <summary>The samples, in the order of the operations after which they were taken.</summary>
    public IReadOnlyList<TSample> Samples => _samples.ConvertAll(pair => pair.Sample);

    /// <summary>How many operations after <paramref name="operation"/> the next sample is due.</summary>
    public long Until(long operation) => _distance - operation % _distance;

    /// <summary>Whether a sample is due after <paramref name="operation"/> operations, and not there yet.</summary>
    public bool IsDue(long operation) => operation % _distance == 0 && IsNew(operation);

    /// <summary>Whether there is no sample yet after <paramref name="operation"/> operations.</summary>
    public bool IsNew(long operation) => _samples.Count == 0 || _samples[^1].Operation != operation;

    public void Add(long operation, TSample sample)
    {
        _samples.Add((operation, sample));
        if (_samples.Count <= MostSamples) return;
        _distance *= 2;
        _samples.RemoveAll(pair => pair.Operation % _distance != 0);
    }
}
