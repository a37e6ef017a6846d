namespace Cosmos.Core;

/// <summary>The figures that <c>System.GC</c> asks for.</summary>
public struct GCStatistics
{
    /// <summary>Bytes that objects take, dead ones that nobody has found included.</summary>
    public ulong LiveBytes;

    /// <summary>Bytes that objects took since the start.</summary>
    public ulong AllocatedBytes;

    /// <summary>Bytes that the memory of objects holds.</summary>
    public ulong HeapBytes;

    /// <summary>The machine's memory in bytes.</summary>
    public ulong TotalMemoryBytes;

    /// <summary>The part of it that is in use.</summary>
    public ulong UsedMemoryBytes;

    /// <summary>Collections since the start.</summary>
    public ulong Collections;

    /// <summary>Bytes of objects that the last collection left.</summary>
    public ulong SurvivedBytes;

    /// <summary>The last collection's pause in nanoseconds.</summary>
    public ulong LastPauseNanoseconds;

    /// <summary>All pauses in nanoseconds.</summary>
    public ulong TotalPauseNanoseconds;

    /// <summary>Objects whose finalizers wait to be run.</summary>
    public ulong PendingFinalizers;

    /// <summary>Pinned handles.</summary>
    public ulong PinnedHandles;
}
