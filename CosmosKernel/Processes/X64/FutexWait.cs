namespace MemOS.Processes;

/// <summary>What a process waits for that waits for a futex.</summary>
internal struct FutexWait
{
    /// <summary>Which one.</summary>
    internal FutexKey Key;

    /// <summary>Wakers must name one of these bits.</summary>
    internal uint Bits;

    /// <summary>Its place in the queue: the lower, the earlier it came.</summary>
    internal ulong Ticket;

    /// <summary>Whether it waits.</summary>
    internal bool IsWaiting;

    /// <summary>Whether somebody has woken it.</summary>
    internal bool IsWoken;
}
