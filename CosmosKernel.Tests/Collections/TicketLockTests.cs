using System.Threading;
using MemOS.Collections;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Collections;

public sealed class TicketLockTests
{
    private static HostGuard Processor => default;

    [TearDown]
    public void HoldNothing() => Processor.HeldRanks = 0;

    [Test]
    public void OneProcessor_at_a_time_is_served_in_the_order_of_tickets()
    {
        TicketLock frames = new(LockRank.Zone);
        int inside = 0;
        long sum = 0;
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int step = 0; step < 5000; step++)
                {
                    bool wereOn = frames.Acquire(Processor);
                    if (++inside != 1) sum = long.MinValue;
                    sum++;
                    inside--;
                    frames.Release(Processor, wereOn);
                }
            });
        }

        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) Assert.That(thread.Join(30_000), Is.True);
        Assert.That(sum, Is.EqualTo(4 * 5000));
        Assert.That(frames.IsTaken, Is.False);
    }

    [Test]
    public void Locks_are_taken_from_higher_ranks_to_lower_ones()
    {
        TicketLock space = new(LockRank.AddressSpace);
        TicketLock zone = new(LockRank.Zone);
        bool outer = space.Acquire(Processor);
        bool inner = zone.Acquire(Processor);
        Assert.That(outer, Is.True);
        Assert.That(inner, Is.False, "interrupts are masked already");
        zone.Release(Processor, inner);
        Assert.That(HostGuard.Masked, Is.EqualTo(1));
        space.Release(Processor, outer);
        Assert.That(HostGuard.Masked, Is.Zero);
        Assert.That(Processor.HeldRanks, Is.Zero);
    }

    [TestCase(LockRank.Zone, LockRank.Heap)]
    [TestCase(LockRank.Heap, LockRank.Global)]
    [TestCase(LockRank.Zone, LockRank.Zone)]
    public void A_lock_out_of_order_or_taken_twice_stops(LockRank held, LockRank wanted)
    {
        TicketLock first = new(held);
        TicketLock second = new(wanted);
        bool wereOn = first.Acquire(Processor);
        Assert.That(() => second.Acquire(Processor), Throws.TypeOf<KernelAssertException>());
        Processor.Leave(false);
        first.Release(Processor, wereOn);
    }

    [Test]
    public void What_is_not_held_is_not_released()
    {
        TicketLock zone = new(LockRank.Zone);
        Assert.That(() => zone.Release(Processor, true), Throws.TypeOf<KernelAssertException>());
    }

    [Test]
    public void Who_waits_is_counted()
    {
        TicketLock zone = new(LockRank.Zone);
        bool wereOn = zone.Acquire(Processor);
        Thread other = new(() =>
        {
            bool were = zone.Acquire(default(WaitingGuard));
            zone.Release(default(WaitingGuard), were);
        });
        WaitingGuard.Waits.Reset();
        other.Start();
        Assert.That(WaitingGuard.Waits.Wait(30_000), Is.True);
        zone.Release(Processor, wereOn);
        Assert.That(other.Join(30_000), Is.True);
        Assert.That(zone.Statistics.Acquisitions, Is.EqualTo(2));
        Assert.That(zone.Statistics.Contentions, Is.EqualTo(1));
        Assert.That(zone.Statistics.Waits, Is.GreaterThan(0));
    }

    /// <summary>Says when it waits.</summary>
    private readonly struct WaitingGuard : ILockGuard
    {
        public static readonly ManualResetEventSlim Waits = new();

        public ref uint HeldRanks => ref Processor.HeldRanks;

        public bool Enter() => Processor.Enter();

        public void Leave(bool wereOn) => Processor.Leave(wereOn);

        public void Wait()
        {
            Waits.Set();
            Thread.Yield();
        }
    }
}
