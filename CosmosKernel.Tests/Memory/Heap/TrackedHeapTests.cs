using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>Who has which block, and which blocks nobody has.</summary>
public sealed unsafe class TrackedHeapTests
{
    [TestCase(HeapWatch.Tracked)]
    [TestCase(HeapWatch.Checked)]
    public void Every_live_block_is_listed_with_its_site_age_size_and_kind(HeapWatch watch)
    {
        using WatchedHeap watched = new(watch);
        WatchedHeap.CallFrom(1, 2, 3);
        byte* plain = watched.Heap->Allocate(10);
        WatchedHeap.CallFrom(1, 2, 4);
        byte* zeroed = watched.Heap->AllocateZeroed(20_000);
        byte* array = watched.Heap->AllocateArray(3, 7);
        byte* aligned = watched.Heap->AllocateAligned(30, 256);
        byte* gone = watched.Heap->Allocate(1);
        Assert.That(watched.Heap->TryCreateCache("c", 48, 16, null, out SlabCacheId cache));
        byte* cached = watched.Heap->AllocateFrom(cache);
        watched.Heap->Free(gone);
        Dictionary<ulong, TrackedBlock> blocks = Blocks(watched);
        Assert.That(blocks.Keys, Is.EquivalentTo(new[] { (ulong)plain, (ulong)zeroed, (ulong)array, (ulong)aligned, (ulong)cached }));
        Assert.That(blocks.Values.Select(block => (block.SizeBytes, block.Kind, block.Number)), Is.EquivalentTo(new (ulong, BlockKind, ulong)[]
        {
            (10, BlockKind.Plain, 1), (20_000, BlockKind.Zeroed, 2), (21, BlockKind.Array, 3), (30, BlockKind.Aligned, 4), (48, BlockKind.CacheObject, 6),
        }));
        Assert.That(blocks[(ulong)plain].Time, Is.LessThan(blocks[(ulong)cached].Time));
        Assert.That(WatchedHeap.Addresses(blocks[(ulong)plain].AllocatedBy), Is.EqualTo((ulong[])[1, 2, 3]));
        Assert.That(blocks[(ulong)array].AllocatedBy.Identity, Is.EqualTo(blocks[(ulong)zeroed].AllocatedBy.Identity), "one site");
        Assert.That(blocks[(ulong)array].AllocatedBy.Identity, Is.Not.EqualTo(blocks[(ulong)plain].AllocatedBy.Identity));
        Assert.That((nuint)aligned % 256 == 0);
        Assert.That(watched.Heap->GetStatistics().LiveBlocks, Is.EqualTo(5));
    }

    [TestCase(HeapWatch.Tracked)]
    [TestCase(HeapWatch.Checked)]
    public void What_nothing_reaches_is_leaked_and_what_is_reached_through_blocks_is_not(HeapWatch watch)
    {
        using WatchedHeap watched = new(watch);
        byte** first = (byte**)watched.Heap->AllocateZeroed(64);
        byte** second = (byte**)watched.Heap->AllocateZeroed(64);
        byte* third = watched.Heap->AllocateZeroed(20_000);
        byte** leaked = (byte**)watched.Heap->AllocateZeroed(64);
        byte** cycle = (byte**)watched.Heap->AllocateZeroed(64);
        first[3] = (byte*)(second + 2); // an interior pointer
        second[7] = third + 19_999;
        leaked[0] = (byte*)cycle;
        cycle[0] = (byte*)leaked;
        cycle[1] = (byte*)first; // pointing out of the leak keeps nobody
        byte** root = stackalloc byte*[3];
        root[0] = (byte*)1;
        root[1] = (byte*)first;
        root[2] = (byte*)-1;
        watched.Heap->BeginLeakSearch();
        watched.Heap->AddLeakRoot(root, root + 3);
        Assert.That(Leaked(watched), Is.EquivalentTo(new[] { (ulong)leaked, (ulong)cycle }));
        watched.Heap->BeginLeakSearch();
        Assert.That(Leaked(watched), Has.Count.EqualTo(5), "a new search knows nothing of the last one");
        root[0] = (byte*)cycle;
        root[1] = null;
        watched.Heap->AddLeakRoot(root, root + 3);
        Assert.That(Leaked(watched), Is.Empty);
        if (watch == HeapWatch.Tracked) return; // where blocks have neighbours
        root[0] = (byte*)cycle + 64; // one behind it
        watched.Heap->BeginLeakSearch();
        watched.Heap->AddLeakRoot(root, root + 3);
        Assert.That(Leaked(watched), Has.Count.EqualTo(5));
    }

    [Test]
    public void A_chain_of_a_hundred_thousand_blocks_is_followed_without_recursion()
    {
        using WatchedHeap watched = new(HeapWatch.Tracked, 16_384);
        byte** last = null;
        for (int i = 0; i < 100_000; i++)
        {
            byte** block = (byte**)watched.Heap->Allocate(16);
            block[0] = (byte*)last;
            block[1] = null;
            last = block;
        }

        watched.Heap->BeginLeakSearch();
        byte** root = last;
        watched.Heap->AddLeakRoot(&root, &root + 1);
        Assert.That(Leaked(watched), Is.Empty);
    }

    [Test]
    public void Without_memory_for_its_record_an_allocation_fails_and_leaves_no_trace()
    {
        for (ulong k = 0; k < 12; k++)
        {
            using WatchedHeap watched = new(HeapWatch.Checked);
            WatchedHeap.CallFrom(1);
            watched.Arena.RefuseAfter(k);
            int served = 0;
            foreach (nuint size in (nuint[])[8, 3000, 20_000, 100, 16_000]) served += watched.Heap->Allocate(size) != null ? 1 : 0;
            Assert.That(watched.Heap->GetStatistics().LiveBlocks, Is.EqualTo((ulong)served));
            Assert.That(Blocks(watched), Has.Count.EqualTo(served));
            watched.Arena.RefuseNothing();
        }
    }

    [Test]
    public void A_heap_that_does_not_track_lists_nothing_and_has_no_pages_for_it()
    {
        using HostArena arena = HostArena.Create(512);
        HostHeap heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window));
        Assert.That(heap.Allocate(10) != null);
        HeapCursor cursor = default;
        Assert.That(heap.TryNextBlock(ref cursor, out _), Is.False);
        Assert.That((heap.Watch, heap.CheckBlocks(), heap.FaultCount), Is.EqualTo((HeapWatch.None, 0UL, 0UL)));
    }

    private static Dictionary<ulong, TrackedBlock> Blocks(WatchedHeap watched)
    {
        Dictionary<ulong, TrackedBlock> blocks = [];
        HeapCursor cursor = default;
        while (watched.Heap->TryNextBlock(ref cursor, out TrackedBlock block)) blocks.Add(block.Address.Value, block);
        return blocks;
    }

    private static List<ulong> Leaked(WatchedHeap watched) => [.. Blocks(watched).Values.Where(block => !block.IsReached).Select(block => block.Address.Value)];
}
