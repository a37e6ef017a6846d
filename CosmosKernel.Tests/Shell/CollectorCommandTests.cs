using MemOS.Memory.Heap;
using MemOS.Shell;
using MemOS.Startup;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class CollectorCommandTests
{
    private FakeCollector _collector = null!;
    private FakeTerminal _terminal = null!;

    [SetUp]
    public void SetUp()
    {
        _collector = new FakeCollector();
        _terminal = new FakeTerminal();
    }

    [Test]
    public void It_shows_collections_pauses_objects_budget_and_reserve()
    {
        Assert.That(Run(), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "collections       6: 3 by budget, 2 on request, 1 without memory",
            "pauses            last 40 us, longest 50 us, all 60 us",
            "objects           10 in 2 KiB, the heap holds 12 KiB",
            "freed             7 objects, 3 KiB",
            "budget            5 KiB of 9 KiB taken since the last collection",
            "handles           11",
            "finalizers due    12",
            "mark stack full   13 times",
            "given up          15 times, as a processor did not stand still",
            "memory gone       14 times; the reserve is in use",
        }));
    }

    [Test]
    public void Collect_says_what_was_freed_and_what_is_left()
    {
        Assert.That(Run("collect"), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "freed 8 objects, 4 KiB; left 10 objects, 6 KiB; in 40 us" }));
        Assert.That(_collector.Collections, Is.EqualTo(1));
    }

    [Test]
    public void Where_nothing_can_be_collected_it_fails()
    {
        _collector.CanCollect = false;
        Assert.That(Run("collect"), Is.EqualTo("nothing can be collected here"));
    }

    [Test]
    public void Where_a_processor_does_not_stand_still_it_says_so()
    {
        _collector.CanCollect = false;
        _collector.IsStuck = true;
        Assert.That(Run("collect"), Is.EqualTo("a processor did not stand still"));
    }

    [TestCase("colect")]
    [TestCase("collect", "now")]
    public void Anything_else_is_answered_with_what_there_is(params string[] arguments) =>
        Assert.That(Run(arguments), Is.EqualTo("gc, or: gc collect"));

    private string? Run(params string[] arguments) => new CollectorCommand(_collector).ToCommand().Handler(_terminal, arguments).Failure;

    private sealed class FakeCollector : ICollector
    {
        private int _stuck;

        public bool CanCollect { get; set; } = true;

        public bool IsStuck { get; set; }

        public int Collections { get; private set; }

        public CollectionTotals Totals => new()
        {
            Count = 6,
            Requested = 2,
            ForExhaustion = 1,
            FreedObjects = 7,
            FreedBytes = 3 << 10,
            LastFreedObjects = 8,
            LastFreedBytes = 4 << 10,
            SurvivedBytes = 6 << 10,
            LastPauseSteps = 4000,
            LongestPauseSteps = 5000,
            PauseSteps = 6000,
            Rescans = 13,
            Exhaustions = 14,
            Stuck = 15 + (ulong)_stuck,
        };

        public HeapStatistics Heap => new() { LiveBlocks = 10, LiveBytes = 2 << 10, SlabPages = 2, TablePages = 1 };

        public ulong BudgetBytes => 9 << 10;

        public ulong TakenBytes => 5 << 10;

        public ulong Handles => 11;

        public ulong ReadyFinalizers => 12;

        public bool HasReserve => false;

        public ulong StepsPerMicrosecond => 100;

        public bool TryCollect()
        {
            if (IsStuck) _stuck++;
            if (CanCollect) Collections++;
            return CanCollect;
        }
    }
}
