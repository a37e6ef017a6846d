namespace MemOS.Collections;

/// <summary>What an <see cref="OpenLock"/> needs of the processor that takes it.</summary>
/// <remarks>Used as a struct type parameter. In the machine it is the processor, in tests a thread stands for one.</remarks>
public interface IOpenLockGuard
{
    /// <summary>The ranks of the <see cref="TicketLock"/>s that this processor holds, a bit each.</summary>
    uint HeldRanks { get; }

    /// <summary>The ranks of the <see cref="OpenLock"/>s that it holds, a bit each.</summary>
    ref uint OpenRanks { get; }

    /// <summary>Passes a moment while another processor holds the lock, with interrupts let through.</summary>
    void Wait();
}
