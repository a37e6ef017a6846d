using MemOS.Memory.Heap;
using MemOS.SelfTest;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using MemOS.Tests.Shell;
using NUnit.Framework;

namespace MemOS.Tests.SelfTest;

public sealed unsafe class HeapStressTests
{
    [TestCase(HeapWatch.None, 40_000UL)]
    [TestCase(HeapWatch.Tracked, 10_000UL)]
    [TestCase(HeapWatch.Checked, 10_000UL)]
    public void Random_operations_keep_the_model(HeapWatch watch, ulong operations)
    {
        using WatchedHeap watched = new(watch, 24_000);
        Assert.That(new HeapStress<HostArena, HostProcessor>(watched.Heap, new StoppedClock()).Run(new FakeTerminal(), StressBudget.OfOperations(operations, 7)), Is.Null);
        Assert.That(watched.Heap->GetStatistics().LiveBlocks, Is.Zero);
    }

    [TestCase(HeapWatch.None)]
    [TestCase(HeapWatch.Checked)]
    [Category("Long")]
    public void A_million_random_operations_keep_the_model(HeapWatch watch)
    {
        using WatchedHeap watched = new(watch, 24_000);
        Assert.That(new HeapStress<HostArena, HostProcessor>(watched.Heap, new StoppedClock()).Run(new FakeTerminal(), StressBudget.OfOperations(1_000_000, 77)), Is.Null);
    }

    [Test]
    public void A_block_that_somebody_else_writes_is_noticed()
    {
        using WatchedHeap watched = new(HeapWatch.None, 24_000);
        // Somebody holds on to what the first slab gives, and writes on after freeing it.
        byte* stale = watched.Heap->Allocate(64);
        for (int i = 0; i < 14; i++) watched.Heap->Free(watched.Heap->Allocate(64));
        watched.Heap->Free(stale);
        string? failure = new HeapStress<HostArena, HostProcessor>(watched.Heap, new WritingClock(stale)).Run(new FakeTerminal(), StressBudget.OfOperations(20_000, 3));
        Assert.That(failure, Does.EndWith("the content of a block has changed").Or.EndWith("a zeroed block is not zero"));
        watched.Heap->Trim();
    }

    private sealed class StoppedClock : IWallClock
    {
        public ulong Milliseconds => 0;
    }

    private sealed class WritingClock(byte* target) : IWallClock
    {
        public ulong Milliseconds
        {
            get
            {
                for (int i = 0; i < 64; i++) target[i] ^= 0xFF;
                return 0;
            }
        }
    }
}
