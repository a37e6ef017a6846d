using MemOS.Collections;
using NUnit.Framework;

namespace MemOS.Tests.Interleavings;

/// <summary>The handshake of stopping, in every order of its steps with few deviations: what stands still has written all it did, and writes nothing.</summary>
public sealed class StopHandshakeInterleavingTests
{
    [TestCase(1, 3)]
    [TestCase(2, 2)]
    public void Who_stands_still_writes_nothing_and_all_it_wrote_is_seen(int stops, int deviations)
    {
        Finding? finding = Explorer.FindFault(() => new StopOfOne<ExploredWords>(stops, isPatient: true), deviations, out int orders);
        Assert.That(finding?.ToString(), Is.Null);
        Assert.That(orders, Is.GreaterThan(200));
    }

    [Test]
    public void It_is_so_at_random() => Assert.That(Explorer.FindFaultAtRandom(() => new StopOfOne<ExploredWords>(2, isPatient: true), 1000, 1)?.ToString(), Is.Null);

    [Test]
    public void Of_two_that_stop_each_other_one_waits()
    {
        Assert.That(Explorer.FindFault(() => new TwoStops<ExploredWords>(), 3)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new TwoStops<ExploredWords>(), 1000, 1)?.ToString(), Is.Null);
    }

    [Test]
    public void One_that_is_let_go_before_it_came_does_not_stop_for_ever() =>
        Assert.That(Explorer.FindFault(() => new StopOfOne<ExploredWords>(2, isPatient: false), 3)?.ToString(), Is.Null);

    [Test]
    public void One_that_would_is_found() => Assert.That(Explorer.FindFault(() => new StopOfOne<WordsWithoutLock>(1, isPatient: false), 2), Is.Not.Null);

    [Test]
    public void A_claim_that_two_can_have_is_found() => Assert.That(Explorer.FindFault(() => new TwoStops<WordsWithoutLock>(), 3), Is.Not.Null);

    /// <summary>Processor 0 writes pairs of equal words, and stops between them where it is asked to; processor 1 stops it and compares.</summary>
    private sealed unsafe class StopOfOne<TWords> : Scenario
        where TWords : struct, ISharedWords
    {
        private readonly int _stops;
        private readonly bool _isPatient;
        private readonly Shared* _shared;

        public StopOfOne(int stops, bool isPatient)
        {
            _stops = stops;
            _isPatient = isPatient;
            _shared = Share<Shared>();
        }

        public override void Run(int processor)
        {
            if (processor == 1)
            {
                for (int stop = 0; stop < _stops; stop++) Stop();
                default(ExploredWords).Write(ref _shared->HasEnded, 1);
                return;
            }

            for (int pair = 1; default(ExploredWords).Read(ref _shared->HasEnded) == 0; pair++)
            {
                default(ExploredWords).Write(ref _shared->First, pair);
                default(ExploredWords).Write(ref _shared->Second, pair);
                bool hasStopped = StopHandshake.TryPark(default(TWords), ref _shared->State);
                while (hasStopped && !StopHandshake.MayGo(default(TWords), ref _shared->State)) default(ExploredProcessor).Wait();
                if (!hasStopped) default(ExploredProcessor).Wait(); // Until the other has done something.
            }
        }

        private void Stop()
        {
            if (!StopHandshake.TryClaim(default(TWords), ref _shared->Owner, 1)) throw new AssertionException("nobody else can have the claim");
            StopHandshake.Ask(default(TWords), ref _shared->State);
            if (_isPatient) Compare();
            StopHandshake.LetGo(default(TWords), ref _shared->State);
            StopHandshake.GiveUp(default(TWords), ref _shared->Owner);
        }

        private void Compare()
        {
            while (!StopHandshake.IsParked(default(TWords), ref _shared->State)) default(ExploredProcessor).Wait();
            int first = default(ExploredWords).Read(ref _shared->First);
            int second = default(ExploredWords).Read(ref _shared->Second);
            if (first != second) throw new AssertionException($"it stands still, and has written {first} and {second}");
        }
    }

    /// <summary>Both want to stop the other; who has stopped it adds to a word, which nothing else protects.</summary>
    private sealed unsafe class TwoStops<TWords> : Scenario
        where TWords : struct, ISharedWords
    {
        private readonly Shared* _shared;

        public TwoStops() => _shared = Share<Shared>();

        public override void Run(int processor)
        {
            ref int own = ref processor == 0 ? ref _shared->State : ref _shared->OtherState;
            ref int other = ref processor == 0 ? ref _shared->OtherState : ref _shared->State;
            while (!StopHandshake.TryClaim(default(TWords), ref _shared->Owner, processor)) StandStill(ref own);
            StopHandshake.Ask(default(TWords), ref other);
            while (!StopHandshake.IsParked(default(TWords), ref other)) default(ExploredProcessor).Wait();
            default(ExploredWords).Write(ref _shared->First, default(ExploredWords).Read(ref _shared->First) + 1);
            StopHandshake.LetGo(default(TWords), ref other);
            StopHandshake.GiveUp(default(TWords), ref _shared->Owner);
            default(ExploredWords).Add(ref _shared->HasEnded, 1);
            while (default(ExploredWords).Read(ref _shared->HasEnded) != 2) StandStill(ref own);
        }

        public override string? Check() => _shared->First == 2 ? null : $"{_shared->First} of 2 additions";

        private static void StandStill(ref int own)
        {
            if (!StopHandshake.TryPark(default(TWords), ref own))
            {
                default(ExploredProcessor).Wait();
                return;
            }

            while (!StopHandshake.MayGo(default(TWords), ref own)) default(ExploredProcessor).Wait();
        }
    }

    private struct Shared
    {
        internal int Owner;
        internal int State;
        internal int OtherState;
        internal int First;
        internal int Second;
        internal int HasEnded;
    }
}
