using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Collections;

/// <summary>A lock that lets interrupts through while it is held and while it is waited for, for what takes long.</summary>
/// <remarks>
/// Who holds it, and who waits for it, can be stopped between any two instructions: so objects may be made under it, and collected. No interrupt's handler takes it. It is
/// taken before every <see cref="TicketLock"/>, and those of its kind in the order of <see cref="LockRank"/>; else, or twice, is a bug of the caller and stops.
/// Who waits is not served in the order of coming: on a machine that is itself a program, the next in a queue is often not running, and
/// all behind it would wait with it. It is used where it lies; a copy is another lock. Who has the lock counts.
/// </remarks>
public struct OpenLock
{
    private readonly LockRank _rank;
    private int _isTaken;
    private ulong _acquisitions;
    private ulong _contentions;
    private ulong _waits;

    /// <summary>A lock of this rank that nobody holds.</summary>
    public OpenLock(LockRank rank)
    {
        this = default;
        _rank = rank;
    }

    /// <summary>Its place in the order of locks.</summary>
    public readonly LockRank Rank => _rank;

    /// <summary>How often it was taken, and waited for; right to the last time when nobody holds it.</summary>
    public readonly LockStatistics Statistics => new(_acquisitions, _contentions, _waits);

    /// <summary>Whether this processor holds it.</summary>
    public readonly bool IsHeld<TGuard>(TGuard guard)
        where TGuard : struct, IOpenLockGuard => (guard.OpenRanks & 1U << (int)_rank) != 0;

    /// <summary>Waits until the lock is this processor's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Acquire<TGuard>(TGuard guard)
        where TGuard : struct, IOpenLockGuard
    {
        uint rank = 1U << (int)_rank;
        ref uint open = ref guard.OpenRanks;
        KernelAssert.That(((open & (rank | (rank - 1))) | guard.HeldRanks) == 0, "OpenLock: a lock of this rank or a lower one is held");
        if (default(MachineWords).CompareExchange(ref _isTaken, 1, 0) != 0) Wait(guard);
        open |= rank;
        _acquisitions++;
    }

    /// <summary>Lets another have the lock, which this processor holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release<TGuard>(TGuard guard)
        where TGuard : struct, IOpenLockGuard
    {
        uint rank = 1U << (int)_rank;
        ref uint open = ref guard.OpenRanks;
        KernelAssert.That((open & rank) != 0, "OpenLock: the lock is not held");
        open &= ~rank;
        default(MachineWords).Write(ref _isTaken, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wait<TGuard>(TGuard guard)
        where TGuard : struct, IOpenLockGuard
    {
        ulong waits = 0;
        do
        {
            guard.Wait();
            waits++;
        }
        while (default(MachineWords).Read(ref _isTaken) != 0 || default(MachineWords).CompareExchange(ref _isTaken, 1, 0) != 0);
        _contentions++;
        _waits += waits;
    }
}
