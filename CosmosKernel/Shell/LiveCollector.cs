using System;
using MemOS.Memory.Heap;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The collector of the kernel that runs.</summary>
public sealed class LiveCollector : ICollector
{
    private const ulong MicrosecondsPerSecond = 1_000_000;

    /// <inheritdoc/>
    public CollectionTotals Totals => ObjectMemory.Totals;

    /// <inheritdoc/>
    public HeapStatistics Heap => KernelMemory.Objects.GetStatistics();

    /// <inheritdoc/>
    public ulong BudgetBytes => ObjectMemory.BudgetBytes;

    /// <inheritdoc/>
    public ulong TakenBytes => KernelMemory.Objects.TakenSinceCollection;

    /// <inheritdoc/>
    public ulong Handles => KernelMemory.Objects.HandleCount;

    /// <inheritdoc/>
    public ulong ReadyFinalizers => KernelMemory.Objects.ReadyFinalizers;

    /// <inheritdoc/>
    public bool HasReserve => ObjectMemory.HasReserve;

    /// <inheritdoc/>
    public ulong StepsPerMicrosecond => (ulong)System.Diagnostics.Stopwatch.Frequency / MicrosecondsPerSecond;

    /// <inheritdoc/>
    public bool TryCollect()
    {
        if (!ObjectMemory.TryCollect()) return false;
        GC.WaitForPendingFinalizers();
        return true;
    }
}
