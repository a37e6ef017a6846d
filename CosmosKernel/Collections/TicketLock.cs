using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Primitives;

namespace MemOS.Collections;

/// <summary>A lock that serves processors in the order in which they came, masks interrupts while it is held, and knows its rank.</summary>
/// <remarks>
/// Who comes draws a ticket and waits until it is served: the next holder is known, so none starves (Mellor-Crummey, Scott, ACM
/// TOCS 9(1), 1991, section 2.2). Tickets may wrap: what counts is that two differ. It is used where it lies; a copy is another lock.
/// Taking locks out of the order of <see cref="LockRank"/>, or twice, is a bug of the caller and stops.
/// </remarks>
public struct TicketLock
{
    private readonly LockRank _rank;
    private int _next;
    private int _served;

    /// <summary>A lock of this rank that nobody holds.</summary>
    public TicketLock(LockRank rank)
    {
        _rank = rank;
        _next = 0;
        _served = 0;
    }

    /// <summary>Whether someone holds it, or is about to.</summary>
    public readonly bool IsTaken => _next != _served;

    /// <summary>Waits until the lock is this processor's; what it returns is for <see cref="Release"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Acquire<TGuard>(TGuard guard)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = guard.Enter();
        uint rank = 1U << (int)_rank;
        ref uint held = ref guard.HeldRanks;
        KernelAssert.That((held & (rank | (rank - 1))) == 0, "TicketLock: a lock of this rank or a lower one is held");
        held |= rank;
        int ticket = unchecked(Interlocked.Increment(ref _next) - 1);
        while (Volatile.Read(ref _served) != ticket) guard.Wait();
        return wereOn;
    }

    /// <summary>Lets the next one have the lock, which this processor holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release<TGuard>(TGuard guard, bool wereOn)
        where TGuard : struct, ILockGuard
    {
        uint rank = 1U << (int)_rank;
        ref uint held = ref guard.HeldRanks;
        KernelAssert.That((held & rank) != 0, "TicketLock: the lock is not held");
        held &= ~rank;
        Volatile.Write(ref _served, unchecked(_served + 1));
        guard.Leave(wereOn);
    }
}
