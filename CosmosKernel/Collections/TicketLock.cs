using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Collections;

/// <summary>A lock that serves processors in the order in which they came, masks interrupts while it is held, and knows its rank.</summary>
/// <remarks>
/// Who comes draws a ticket and waits until it is served: the next holder is known, so none starves (Mellor-Crummey, Scott, ACM
/// TOCS 9(1), 1991, section 2.2). Tickets may wrap: what counts is that two differ. It is used where it lies; a copy is another lock.
/// Taking locks out of the order of <see cref="LockRank"/>, or twice, is a bug of the caller and stops. Who has the lock counts.
/// </remarks>
public struct TicketLock
{
    private readonly LockRank _rank;
    private int _next;
    private int _served;
    private ulong _acquisitions;
    private ulong _contentions;
    private ulong _waits;

    /// <summary>A lock of this rank that nobody holds.</summary>
    public TicketLock(LockRank rank)
    {
        this = default;
        _rank = rank;
    }

    /// <summary>Whether someone holds it, or is about to.</summary>
    public readonly bool IsTaken => _next != _served;

    /// <summary>Its place in the order of locks.</summary>
    public readonly LockRank Rank => _rank;

    /// <summary>How often it was taken, and waited for; right to the last time when nobody holds it.</summary>
    public readonly LockStatistics Statistics => new(_acquisitions, _contentions, _waits);

    /// <summary>Waits until the lock is this processor's; what it returns is for <see cref="Release{TGuard}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Acquire<TGuard>(TGuard guard)
        where TGuard : struct, ILockGuard => Acquire(guard, default(MachineWords));

    /// <summary>Lets the next one have the lock, which this processor holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release<TGuard>(TGuard guard, bool wereOn)
        where TGuard : struct, ILockGuard => Release(guard, default(MachineWords), wereOn);

    /// <summary>As <see cref="Acquire{TGuard}"/>, where the words that processors share are as <paramref name="words"/> has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Acquire<TGuard, TWords>(TGuard guard, TWords words)
        where TGuard : struct, ILockGuard
        where TWords : struct, ISharedWords
    {
        bool wereOn = guard.Enter();
        uint rank = 1U << (int)_rank;
        ref uint held = ref guard.HeldRanks;
        KernelAssert.That((held & (rank | (rank - 1))) == 0, "TicketLock: a lock of this rank or a lower one is held");
        held |= rank;
        int ticket = unchecked(words.Add(ref _next, 1) - 1);
        if (!IsServed(words.Read(ref _served), ticket)) Wait(guard, words, ticket);
        _acquisitions++;
        return wereOn;
    }

    /// <summary>As <see cref="Release{TGuard}"/>, where the words that processors share are as <paramref name="words"/> has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Release<TGuard, TWords>(TGuard guard, TWords words, bool wereOn)
        where TGuard : struct, ILockGuard
        where TWords : struct, ISharedWords
    {
        uint rank = 1U << (int)_rank;
        ref uint held = ref guard.HeldRanks;
        KernelAssert.That((held & rank) != 0, "TicketLock: the lock is not held");
        held &= ~rank;
        words.Write(ref _served, unchecked(words.Read(ref _served) + 1));
        guard.Leave(wereOn);
    }

    // Apart, so that a test can make a kernel without it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsServed(int served, int ticket) => served == ticket;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wait<TGuard, TWords>(TGuard guard, TWords words, int ticket)
        where TGuard : struct, ILockGuard
        where TWords : struct, ISharedWords
    {
        ulong waits = 0;
        do
        {
            guard.Wait();
            waits++;
        }
        while (!IsServed(words.Read(ref _served), ticket));
        _contentions++;
        _waits += waits;
    }
}
