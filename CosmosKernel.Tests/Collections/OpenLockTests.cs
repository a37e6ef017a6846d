using System.Threading;
using System.Threading.Tasks;
using MemOS.Collections;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Collections;

/// <summary>Locks that let interrupts through, with threads for processors.</summary>
public sealed class OpenLockTests
{
    private static OpenLock s_lock;

    [SetUp]
    public void Begin() => s_lock = new OpenLock(LockRank.Processes);

    [Test]
    public void One_has_it_at_a_time_and_who_waited_is_counted()
    {
        const int Rounds = 20_000;
        int inside = 0, most = 0, total = 0;
        Parallel.Invoke(Count, Count, Count);
        Assert.That((most, total), Is.EqualTo((1, 3 * Rounds)));
        Assert.That(s_lock.Statistics.Acquisitions, Is.EqualTo(3 * Rounds));
        Assert.That(s_lock.Statistics.Waits, Is.GreaterThanOrEqualTo(s_lock.Statistics.Contentions));

        void Count()
        {
            ThreadGuard.Reset();
            for (int round = 0; round < Rounds; round++)
            {
                s_lock.Acquire(default(ThreadGuard));
                if (++inside > most) most = inside;
                total++;
                inside--;
                s_lock.Release(default(ThreadGuard));
            }
        }
    }

    [Test]
    public void It_is_waited_for_while_another_has_it()
    {
        ThreadGuard.Reset();
        s_lock.Acquire(default(ThreadGuard));
        using var thread = new ManualResetEventSlim();
        Task waiter = Task.Run(() =>
        {
            ThreadGuard.Reset();
            ThreadGuard.OnWait = thread.Set;
            s_lock.Acquire(default(ThreadGuard));
            s_lock.Release(default(ThreadGuard));
        });
        Assert.That(thread.Wait(10_000), Is.True);
        Assert.That(waiter.IsCompleted, Is.False);
        s_lock.Release(default(ThreadGuard));
        Assert.That(waiter.Wait(10_000), Is.True);
        Assert.That(s_lock.Statistics.Contentions, Is.EqualTo(1));
    }

    [Test]
    public void Locks_of_higher_ranks_come_first()
    {
        ThreadGuard.Reset();
        OpenLock lower = new(LockRank.Objects);
        s_lock.Acquire(default(ThreadGuard));
        lower.Acquire(default(ThreadGuard));
        Assert.That((s_lock.IsHeld(default(ThreadGuard)), lower.IsHeld(default(ThreadGuard))), Is.EqualTo((true, true)));
        lower.Release(default(ThreadGuard));
        s_lock.Release(default(ThreadGuard));
        Assert.That(s_lock.IsHeld(default(ThreadGuard)), Is.False);

        lower.Acquire(default(ThreadGuard));
        Assert.That(() => s_lock.Acquire(default(ThreadGuard)), Throws.TypeOf<KernelAssertException>());
        lower.Release(default(ThreadGuard));
        ThreadGuard.Ticket = 1U << (int)LockRank.Zone;
        Assert.That(() => s_lock.Acquire(default(ThreadGuard)), Throws.TypeOf<KernelAssertException>(), "while a lock is held that masks interrupts");
    }

    [Test]
    public void It_is_taken_once_and_given_back_by_who_has_it()
    {
        ThreadGuard.Reset();
        Assert.That(() => s_lock.Release(default(ThreadGuard)), Throws.TypeOf<KernelAssertException>());
        s_lock.Acquire(default(ThreadGuard));
        Assert.That(() => s_lock.Acquire(default(ThreadGuard)), Throws.TypeOf<KernelAssertException>());
        s_lock.Release(default(ThreadGuard));
    }

    private readonly struct ThreadGuard : IOpenLockGuard
    {
        [System.ThreadStatic]
        private static uint t_open;

        [System.ThreadStatic]
        private static uint t_held;

        [System.ThreadStatic]
        private static System.Action? t_onWait;

        public static System.Action OnWait
        {
            set => t_onWait = value;
        }

        public static uint Ticket
        {
            set => t_held = value;
        }

        public uint HeldRanks => t_held;

        public ref uint OpenRanks => ref t_open;

        public static void Reset()
        {
            t_open = 0;
            t_held = 0;
            t_onWait = null;
        }

        public void Wait()
        {
            t_onWait?.Invoke();
            Thread.Yield();
        }
    }
}
