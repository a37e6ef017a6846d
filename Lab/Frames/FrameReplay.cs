using System;
using System.Collections.Generic;
using System.Numerics;
using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>Runs a trace on an allocator, looking at it now and then.</summary>
internal abstract class FrameReplay(ulong memoryFrames) : IDisposable
{
    private const int ChunkOperations = 4096;

    private readonly SampleSeries<ReplaySample> _samples = new();
    private readonly int _orderCount = Math.Min(BitOperations.Log2(memoryFrames) + 1, Order.Count);
    private long _operations;

    /// <summary>The frames that there are.</summary>
    public ulong MemoryFrames { get; } = memoryFrames;

    /// <summary>How memory looked over time: before the first operation, at even distances, and after the last one.</summary>
    public IReadOnlyList<ReplaySample> Samples => _samples.Samples;

    /// <summary>How often the allocator's invariants were checked.</summary>
    public long Validations { get; private set; }

    /// <summary>What was counted.</summary>
    public abstract ReplayCounts Counts { get; }

    /// <summary>Runs the whole trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="validationDistance">After how many operations invariants are checked; 0: after 1000, then each time there are twice as many.</param>
    /// <param name="progress">Is told the bytes of the trace that are done, after every few thousand operations.</param>
    /// <exception cref="LabException">The trace cannot be read, or the allocator does what it must not; the line is named.</exception>
    public void Run(TraceReader trace, long validationDistance, IProgress<long> progress)
    {
        TraceOperation[] chunk = new TraceOperation[ChunkOperations];
        CheckSchedule checks = new(validationDistance);
        TakeSample();
        for (int count; (count = trace.Read(chunk.AsSpan(0, NextChunk(checks)))) != 0;)
        {
            Run(chunk.AsSpan(0, count), trace.SlotCount);
            _operations += count;
            if (_samples.IsDue(_operations)) TakeSample();
            if (checks.TakeDue(_operations)) Validate(chunk[count - 1].Line);
            progress.Report(trace.BytesRead);
        }

        if (_samples.IsNew(_operations)) TakeSample();
        Validate(trace.Line);
    }

    public abstract void Dispose();

    /// <summary>Runs operations, whose slots are below <paramref name="slotCount"/>, and takes the time.</summary>
    protected abstract void Run(ReadOnlySpan<TraceOperation> operations, int slotCount);

    /// <summary>The name of an invariant that is broken; null when all hold.</summary>
    protected abstract string? FindBroken();

    /// <summary>How many blocks of <paramref name="order"/> are free.</summary>
    protected abstract ulong FreeBlocks(Order order);

    /// <summary>How many frames are free.</summary>
    protected abstract ulong FreeFrames { get; }

    /// <summary>The operations until something else is to be done.</summary>
    private int NextChunk(CheckSchedule checks) =>
        (int)Math.Min(Math.Min(_samples.Until(_operations), checks.Until(_operations)), ChunkOperations);

    private void TakeSample()
    {
        ulong[] blocks = new ulong[_orderCount];
        for (int i = 0; i < _orderCount; i++) blocks[i] = FreeBlocks(Order.FromTrusted(i));
        _samples.Add(_operations, new ReplaySample(_operations, MemoryFrames - FreeFrames, Counts.RequestedFrames, FreeFrames, blocks));
    }

    private void Validate(long line)
    {
        Validations++;
        if (FindBroken() is { } broken) throw new LabException($"after line {line} the allocator does not keep its invariant {broken}");
    }
}
