using System;
using NUnit.Framework;

namespace MemOS.Tests.Interleavings;

public sealed class ExplorerTests
{
    [TestCase(true, ExpectedResult = false)]
    [TestCase(false, ExpectedResult = true)]
    public bool Who_writes_and_then_reads_needs_a_fence_between(bool hasFence) =>
        Explorer.FindFault(() => new BothEnter(hasFence), 2) != null;

    [Test]
    public void Writes_are_seen_in_their_order() => Assert.That(Explorer.FindFault(() => new Message(), 4)?.ToString(), Is.Null);

    [Test]
    public void Who_waits_for_ever_is_found()
    {
        Finding? finding = Explorer.FindFault(() => new Embrace(), 2);
        Assert.That(finding?.Fault, Is.EqualTo("all wait for ever"));
        Assert.That(finding!.Story, Is.Not.Empty);
    }

    [Test]
    public void A_lost_addition_is_found_in_some_order_and_at_random()
    {
        Assert.That(Explorer.FindFault(() => new Counters(isAtomic: false), 0)?.Fault, Is.EqualTo("1 of 2"), "writes are seen late");
        Assert.That(Explorer.FindFaultAtRandom(() => new Counters(isAtomic: false), 1000, 1), Is.Not.Null);
        Assert.That(Explorer.FindFault(() => new Counters(isAtomic: true), 4)?.ToString(), Is.Null);
    }

    [Test]
    public void What_a_processor_throws_is_the_fault() =>
        Assert.That(Explorer.FindFault(() => new Thrower(), 0)?.Fault, Is.EqualTo("processor 1: so it is"));

    /// <summary>Dekker's entry: each says that it comes in and looks whether the other has.</summary>
    private sealed unsafe class BothEnter : Scenario
    {
        private readonly int[] _seen = new int[2];
        private readonly bool _hasFence;
        private readonly Flags* _flags;

        public BothEnter(bool hasFence)
        {
            _hasFence = hasFence;
            _flags = Share<Flags>();
        }

        public override void Run(int processor)
        {
            ExploredWords words = default;
            words.Write(ref processor == 0 ? ref _flags->First : ref _flags->Second, 1);
            if (_hasFence) words.Fence();
            _seen[processor] = words.Read(ref processor == 0 ? ref _flags->Second : ref _flags->First);
        }

        public override string? Check() => _seen[0] + _seen[1] == 0 ? "both came in" : null;
    }

    private sealed unsafe class Message : Scenario
    {
        private readonly Flags* _flags;
        private int _read = -1;

        public Message() => _flags = Share<Flags>();

        public override void Run(int processor)
        {
            ExploredWords words = default;
            if (processor == 0)
            {
                words.Write(ref _flags->First, 7);
                words.Write(ref _flags->Second, 1);
                return;
            }

            while (words.Read(ref _flags->Second) == 0) default(ExploredProcessor).Wait();
            _read = words.Read(ref _flags->First);
        }

        public override string? Check() => _read == 7 ? null : "the message was not there";
    }

    /// <summary>Each waits for the other.</summary>
    private sealed unsafe class Embrace : Scenario
    {
        private readonly Flags* _flags;

        public Embrace() => _flags = Share<Flags>();

        public override void Run(int processor)
        {
            ExploredWords words = default;
            while (words.Read(ref processor == 0 ? ref _flags->Second : ref _flags->First) == 0) default(ExploredProcessor).Wait();
            words.Write(ref processor == 0 ? ref _flags->First : ref _flags->Second, 1);
        }
    }

    private sealed unsafe class Counters : Scenario
    {
        private readonly bool _isAtomic;
        private readonly Flags* _flags;

        public Counters(bool isAtomic)
        {
            _isAtomic = isAtomic;
            _flags = Share<Flags>();
        }

        public override void Run(int processor)
        {
            ExploredWords words = default;
            if (_isAtomic) words.Add(ref _flags->First, 1);
            else words.Write(ref _flags->First, words.Read(ref _flags->First) + 1);
        }

        public override string? Check() => _flags->First == 2 ? null : $"{_flags->First} of 2";
    }

    private sealed class Thrower : Scenario
    {
        public override void Run(int processor)
        {
            if (processor == 1) throw new InvalidOperationException("so it is");
        }
    }

    private struct Flags
    {
        internal int First;
        internal int Second;
    }
}
