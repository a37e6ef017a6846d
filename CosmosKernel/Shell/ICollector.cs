using MemOS.Memory.Heap;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>What <c>gc</c> shows and does.</summary>
public interface ICollector
{
    /// <summary>What collections did so far.</summary>
    CollectionTotals Totals { get; }

    /// <summary>The heap of objects.</summary>
    HeapStatistics Heap { get; }

    /// <summary>Bytes between a collection and the next that comes by itself.</summary>
    ulong BudgetBytes { get; }

    /// <summary>Bytes of the budget that are used.</summary>
    ulong TakenBytes { get; }

    /// <summary>Handles in use.</summary>
    ulong Handles { get; }

    /// <summary>Objects whose finalizers wait to be run.</summary>
    ulong ReadyFinalizers { get; }

    /// <summary>Whether the reserve for who reports that memory is gone is there.</summary>
    bool HasReserve { get; }

    /// <summary>Steps of the time-stamp counter in a microsecond.</summary>
    ulong StepsPerMicrosecond { get; }

    /// <summary>Collects now, and runs the finalizers that became due; false where that is not possible.</summary>
    bool TryCollect();
}
