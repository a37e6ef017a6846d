using System;
using System.Collections.Generic;

namespace MemOS.Lab.Heaps;

/// <summary>What came out of a replay.</summary>
/// <param name="Trace">The trace's name.</param>
/// <param name="Allocator">The heap's name.</param>
/// <param name="MemoryBytes">What blocks could be asked for at once.</param>
/// <param name="Counts">What was counted.</param>
/// <param name="PeakFootprintBytes">The most memory that the heap had.</param>
/// <param name="Validations">How often the heap's invariants were checked.</param>
/// <param name="UnknownBlocks">The operations on blocks that a recording did not see allocated, passed over.</param>
/// <param name="Elapsed">The time of the replay without the checks; null when allocations failed, which are quick.</param>
/// <param name="Sizes">The blocks by size.</param>
/// <param name="Samples">How the heap looked over time, the last one at the end.</param>
internal sealed record HeapReplayResult(
    string Trace,
    string Allocator,
    ulong MemoryBytes,
    HeapCounts Counts,
    ulong PeakFootprintBytes,
    long Validations,
    long UnknownBlocks,
    TimeSpan? Elapsed,
    IReadOnlyList<SizeCount> Sizes,
    IReadOnlyList<HeapSample> Samples)
{
    /// <summary>How the heap looks after the last operation.</summary>
    public HeapSample End => Samples[^1];

    /// <summary>The most that was asked for at once, as a part of the most memory that the heap had: the malloc lab's utilisation.</summary>
    public double Utilisation => PeakFootprintBytes == 0 ? 0 : (double)Counts.PeakRequestedBytes / PeakFootprintBytes;

    /// <summary>The part of all granted bytes that nobody asked for, over all blocks of the trace.</summary>
    public double Waste
    {
        get
        {
            double requested = 0;
            double granted = 0;
            foreach (SizeCount size in Sizes)
            {
                requested += size.RequestedBytes;
                granted += size.GrantedBytes;
            }

            return granted == 0 ? 0 : 1 - requested / granted;
        }
    }

    /// <summary>The time of an operation in nanoseconds; 0 when it was not taken.</summary>
    public double NanosecondsPerOperation => Elapsed is { } elapsed && Counts.Operations != 0 ? elapsed.TotalNanoseconds / Counts.Operations : 0;

    /// <summary>0 when the time was not taken.</summary>
    public double OperationsPerSecond => NanosecondsPerOperation == 0 ? 0 : 1e9 / NanosecondsPerOperation;
}
