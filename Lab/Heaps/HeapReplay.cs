using System;
using System.Collections.Generic;

namespace MemOS.Lab.Heaps;

/// <summary>Runs a trace on a heap: once looking at everything, or only against the clock.</summary>
/// <param name="memoryBytes">What blocks may be asked for at once; more fails, on a heap of the host too.</param>
internal abstract class HeapReplay(ulong memoryBytes) : IDisposable
{
    private const int ChunkOperations = 4096;

    private readonly SampleSeries<HeapSample> _samples = new();
    private readonly SizeHistogram _sizes = new();
    private long _operations;

    /// <summary>What blocks may be asked for at once.</summary>
    public ulong MemoryBytes { get; } = memoryBytes;

    /// <summary>How the heap looked over time: before the first operation, at even distances, and after the last one.</summary>
    public IReadOnlyList<HeapSample> Samples => _samples.Samples;

    /// <summary>The blocks that were handed out, by size.</summary>
    public IReadOnlyList<SizeCount> Sizes => _sizes.Rows;

    /// <summary>How often the heap's invariants were checked.</summary>
    public long Validations { get; private set; }

    /// <summary>What was counted.</summary>
    public abstract HeapCounts Counts { get; }

    /// <summary>The most memory that the heap had.</summary>
    public abstract ulong PeakFootprintBytes { get; }

    protected SizeHistogram SizeHistogram => _sizes;

    /// <summary>Runs the whole trace: writes every block, and compares it before it is freed, after it was reallocated, and at the end.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="validationDistance">After how many operations invariants are checked; 0: after 1000, then each time there are twice as many.</param>
    /// <param name="progress">Is told the bytes of the trace that are done, after every few thousand operations.</param>
    /// <exception cref="LabException">The trace cannot be read, or the heap does what it must not; the line is named.</exception>
    public void Verify(HeapTraceReader trace, long validationDistance, IProgress<long> progress)
    {
        HeapOperation[] chunk = new HeapOperation[ChunkOperations];
        CheckSchedule checks = new(validationDistance);
        TakeSample();
        for (int count; (count = trace.Read(chunk.AsSpan(0, NextChunk(checks)))) != 0;)
        {
            Verify(chunk.AsSpan(0, count), trace.SlotCount);
            _operations += count;
            if (_samples.IsDue(_operations)) TakeSample();
            if (checks.TakeDue(_operations)) Validate(chunk[count - 1].Line);
            progress.Report(trace.BytesRead);
        }

        if (_samples.IsNew(_operations)) TakeSample();
        VerifyAll(trace.Line);
        Validate(trace.Line);
    }

    /// <summary>Runs the whole trace, touching the first and the last byte of each block; what stays is freed, without the clock.</summary>
    /// <returns>The time that the heap took, and the loop around it.</returns>
    /// <exception cref="LabException">The trace cannot be read.</exception>
    public TimeSpan Time(HeapTraceReader trace, IProgress<long> progress)
    {
        HeapOperation[] chunk = new HeapOperation[ChunkOperations];
        TimeSpan elapsed = TimeSpan.Zero;
        for (int count; (count = trace.Read(chunk)) != 0;)
        {
            elapsed += Time(chunk.AsSpan(0, count), trace.SlotCount);
            progress.Report(trace.BytesRead);
        }

        FreeAll();
        return elapsed;
    }

    public abstract void Dispose();

    /// <summary>Runs operations, whose slots are below <paramref name="slotCount"/>, and compares all that they touch.</summary>
    protected abstract void Verify(ReadOnlySpan<HeapOperation> operations, int slotCount);

    /// <summary>Compares all blocks that are in use after <paramref name="line"/>.</summary>
    protected abstract void VerifyAll(long line);

    /// <summary>Runs operations, whose slots are below <paramref name="slotCount"/>, against the clock.</summary>
    protected abstract TimeSpan Time(ReadOnlySpan<HeapOperation> operations, int slotCount);

    protected abstract void FreeAll();

    /// <summary>The name of an invariant that is broken; null when all hold.</summary>
    protected abstract string? FindBroken();

    /// <summary>The memory that the heap has.</summary>
    protected abstract ulong FootprintBytes { get; }

    /// <summary>The operations until something else is to be done.</summary>
    private int NextChunk(CheckSchedule checks) =>
        (int)Math.Min(Math.Min(_samples.Until(_operations), checks.Until(_operations)), ChunkOperations);

    private void TakeSample() =>
        _samples.Add(_operations, new HeapSample(_operations, Counts.RequestedBytes, Counts.GrantedBytes, FootprintBytes));

    private void Validate(long line)
    {
        Validations++;
        if (FindBroken() is { } broken) throw new LabException($"after line {line} the heap does not keep its invariant {broken}");
    }
}
