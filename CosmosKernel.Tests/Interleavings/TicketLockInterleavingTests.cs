using MemOS.Collections;
using NUnit.Framework;

namespace MemOS.Tests.Interleavings;

/// <summary>The lock in every order of its steps with few deviations; and that one without what makes it a lock is found.</summary>
public sealed class TicketLockInterleavingTests
{
    [TestCase(2, 2, 4)]
    [TestCase(3, 1, 3)]
    public void It_lets_one_in_at_a_time(int processors, int rounds, int deviations)
    {
        Finding? finding = Explorer.FindFault(() => new Additions<ExploredWords>(processors, rounds), deviations, out int orders);
        Assert.That(finding?.ToString(), Is.Null);
        Assert.That(orders, Is.GreaterThan(500));
    }

    [TestCase(3, 3)]
    [TestCase(4, 2)]
    public void It_does_so_at_random(int processors, int rounds) =>
        Assert.That(Explorer.FindFaultAtRandom(() => new Additions<ExploredWords>(processors, rounds), 500, 1)?.ToString(), Is.Null);

    [Test]
    public void Without_the_LOCK_of_its_addition_it_is_none() =>
        Assert.That(Explorer.FindFault(() => new Additions<WordsWithoutLock>(2, 1), 2), Is.Not.Null);

    /// <summary>Each adds to a word that the lock protects.</summary>
    private sealed unsafe class Additions<TWords> : Scenario
        where TWords : struct, ISharedWords
    {
        private readonly int _rounds;
        private readonly Shared* _shared;

        public Additions(int processors, int rounds)
        {
            Processors = processors;
            _rounds = rounds;
            _shared = Share<Shared>();
            _shared->Lock = new TicketLock(LockRank.Zone);
        }

        public override int Processors { get; }

        public override void Run(int processor)
        {
            ExploredProcessor.Reset();
            ExploredWords data = default;
            for (int round = 0; round < _rounds; round++)
            {
                bool wereOn = _shared->Lock.Acquire(default(ExploredProcessor), default(TWords));
                data.Write(ref _shared->Sum, data.Read(ref _shared->Sum) + 1);
                _shared->Lock.Release(default(ExploredProcessor), default(TWords), wereOn);
            }
        }

        public override string? Check() => _shared->Sum == Processors * _rounds ? null : $"{_shared->Sum} of {Processors * _rounds} additions";

        private struct Shared
        {
            internal TicketLock Lock;
            internal int Sum;
        }
    }
}
