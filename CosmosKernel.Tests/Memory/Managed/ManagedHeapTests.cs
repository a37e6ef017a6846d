using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

public sealed unsafe class ManagedHeapTests
{
    private const ulong ArenaPages = 4096;

    private HostArena _arena;
    private ulong _tablePages;
    private ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> _heap;

    [SetUp]
    public void CreateHeap()
    {
        _arena = HostArena.Create(ArenaPages);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
        _tablePages = _arena.PagesOut;
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_heap.GetStatistics().TotalPages, Is.EqualTo(_arena.PagesOut), "every page taken is accounted for");
        _arena.Dispose();
    }

    [Test]
    public void Objects_of_every_size_are_zero_large_enough_and_aligned()
    {
        foreach (int size in (int[])[0, 1, 23, 24, 25, 32, 40, 56, 57, 64, 65, 1000, 1024, 1025, 5000, 16384, 16385, 100000])
        {
            for (int i = 0; i < 20; i++)
            {
                byte* start = Allocate(size);
                Assert.That((nuint)start % 8 == 0, $"{size}");
                Assert.That(_heap.SizeOf(start) >= (nuint)size, $"{size}");
                new Span<byte>(start, (int)_heap.SizeOf(start)).Fill(0xFF);
                if (i % 2 == 0) _heap.Free(start);
            }
        }
    }

    [Test]
    public void Objects_that_follow_each_other_in_time_do_so_in_memory()
    {
        byte* first = Allocate(24);
        for (int i = 1; i < 100; i++) Assert.That(Allocate(24) == first + (i * 24));
    }

    [Test]
    public void Freed_objects_are_cleared_before_they_are_used_again()
    {
        List<nint> starts = [];
        for (int i = 0; i < 2000; i++)
        {
            byte* start = Allocate(48);
            new Span<byte>(start, 48).Fill(0xFF);
            starts.Add((nint)start);
        }

        foreach (nint start in starts) Assert.That(_heap.Free((void*)start), Is.EqualTo(HeapFreeResult.Ok));
        ulong pages = _arena.PagesOut;
        for (int i = 0; i < 100; i++) Allocate(48);
        Assert.That(_arena.PagesOut, Is.LessThanOrEqualTo(pages), "the freed memory was used");
    }

    [Test]
    public void Holes_of_one_object_are_filled_again()
    {
        List<nint> starts = [];
        for (int i = 0; i < 512; i++) starts.Add((nint)Allocate(64));
        _heap.RetireRuns();
        HashSet<nint> holes = [];
        for (int i = 1; i < 512; i += 2)
        {
            new Span<byte>((void*)starts[i], 64).Fill(0xFF);
            Assert.That(_heap.Free((void*)starts[i]), Is.EqualTo(HeapFreeResult.Ok));
            holes.Add(starts[i]);
        }

        for (int i = 1; i < 512; i += 2) Assert.That(holes.Remove((nint)Allocate(64)), "an object comes from a hole, and only once");
    }

    [Test]
    public void Memory_not_handed_out_yet_is_no_object()
    {
        byte* start = Allocate(32);
        Assert.That(_heap.SizeOf(start + 32) == 0);
        Assert.That(_heap.TryFindObject(start + 40, out _, out _), Is.False);
        Assert.That(_heap.Free(start + 32), Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(1));
    }

    [Test]
    public void Every_byte_of_an_object_finds_it_and_no_other_byte_does()
    {
        foreach (int size in (int[])[24, 56, 200, 7000, 50000])
        {
            byte* start = Allocate(size);
            nuint length = _heap.SizeOf(start);
            for (nuint offset = 0; offset < length; offset++)
            {
                bool found = _heap.TryFindObject(start + offset, out byte* at, out nuint bytes);
                if (!found || at != start || bytes != length) Assert.Fail($"{size}+{offset}");
            }

            Assert.That(_heap.Free(start), Is.EqualTo(HeapFreeResult.Ok));
            Assert.That(_heap.TryFindObject(start, out _, out _), Is.False);
        }

        int local = 0;
        foreach (ulong address in (ulong[])[0, 1, 4096, ulong.MaxValue, 0xFFFF800000000000, (ulong)&local, _arena.Window.Start.Start.Value])
            Assert.That(_heap.TryFindObject((void*)address, out _, out _), Is.False, $"{address:x}");
    }

    [Test]
    public void The_tail_of_a_slab_holds_no_object()
    {
        byte* start = Allocate(7168);
        byte* slabEnd = (byte*)(((nuint)start & ~(nuint)32767) + 32768);
        for (byte* address = slabEnd - 4096; address < slabEnd; address++)
            Assert.That(_heap.TryFindObject(address, out _, out _), Is.False);
    }

    [Test]
    public void Wrong_frees_are_refused_by_name_and_counted()
    {
        byte* start = Allocate(64);
        byte* large = Allocate(40000);
        Assert.That(_heap.Free(start + 8), Is.EqualTo(HeapFreeResult.Interior));
        Assert.That(_heap.Free(large + 4096), Is.EqualTo(HeapFreeResult.Interior));
        Assert.That(_heap.Free((void*)12345), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(_heap.Free(start), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Free(start), Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(_heap.Free(null), Is.EqualTo(HeapFreeResult.Ok));
        HeapStatistics statistics = _heap.GetStatistics();
        Assert.That((statistics.InteriorPointers, statistics.ForeignPointers, statistics.DoubleFrees), Is.EqualTo((2UL, 1UL, 1UL)));
    }

    [TestCase(ulong.MaxValue)]
    [TestCase(ulong.MaxValue - 4094)]
    [TestCase((ArenaPages * 4096) + 1)]
    [TestCase(ArenaPages * 4096)]
    public void Absurd_sizes_fail_and_change_nothing(ulong size)
    {
        Assert.That(_heap.Allocate((nuint)size) == null);
        Assert.That(_arena.PagesOut, Is.EqualTo(_tablePages));
        Assert.That(_heap.GetStatistics().FailedAllocations, Is.EqualTo(1));
    }

    [Test]
    public void A_block_of_the_kernel_heap_is_foreign_here_and_the_other_way_round()
    {
        using HostArena arena = HostArena.Create(256);
        ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> managed = default;
        HostHeap kernel = default;
        Assert.That(managed.TryInitialize(arena, arena.Window) && kernel.TryInitialize(arena, arena.Window));
        byte* start = managed.Allocate(64);
        byte* block = kernel.Allocate(64);
        Assert.That(managed.Free(block), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(kernel.Free(start), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(managed.TryFindObject(block, out _, out _), Is.False);
    }

    [Test]
    public void Statistics_follow_what_happened()
    {
        for (int i = 0; i < 10; i++) Allocate(20);
        byte* large = Allocate(20000);
        HeapStatistics statistics = _heap.GetStatistics();
        Assert.That((statistics.LiveBlocks, statistics.LiveBytes), Is.EqualTo((11UL, 20480UL + 240)));
        Assert.That((statistics.Allocations, statistics.RequestedBytes), Is.EqualTo((11UL, 20200UL)));
        _heap.RetireRuns();
        _heap.Free(large);
        statistics = _heap.GetStatistics();
        Assert.That((statistics.LiveBlocks, statistics.Allocations, statistics.Frees), Is.EqualTo((10UL, 11UL, 1UL)));
    }

    [Test]
    public void A_refused_page_request_fails_the_allocation_and_leaves_no_trace()
    {
        bool refused = true;
        for (ulong k = 0; refused; k++)
        {
            using HostArena arena = HostArena.Create(1024);
            ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> heap = default;
            arena.RefuseAfter(k);
            if (!heap.TryInitialize(arena, arena.Window))
            {
                Assert.That(arena.PagesOut, Is.Zero, $"k = {k}");
                continue;
            }

            ulong tables = arena.PagesOut;
            refused = false;
            List<nint> live = [];
            foreach (nuint size in (nuint[])[24, 3000, 16384, 20000, 100, 1_000_000, 32, 700])
            {
                byte* start = heap.Allocate(size);
                if (start != null) live.Add((nint)start);
                else refused = true;
                Assert.That(heap.GetStatistics().LiveBlocks, Is.EqualTo((ulong)live.Count));
                Assert.That(heap.GetStatistics().TotalPages, Is.EqualTo(arena.PagesOut));
                Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None), $"k = {k}, size {size}");
            }

            arena.RefuseNothing();
            Assert.That(heap.Allocate(24) != null);
            foreach (nint start in live) Assert.That(heap.Free((void*)start), Is.EqualTo(HeapFreeResult.Ok));
            live.Clear();
            Assert.That(heap.GetStatistics().LiveBlocks, Is.EqualTo(1));
            heap.Trim();
            Assert.That(arena.PagesOut, Is.EqualTo(tables + 4), "one slab of two pages, its descriptor, its leaf");
        }
    }

    [TestCase(5, 200_000)]
    [TestCase(20261, 200_000)]
    public void Random_calls_keep_every_object_intact(int seed, int operations) => Run(seed, operations);

    [TestCase(99, 1_000_000)]
    [Category("Long")]
    public void A_million_random_calls_keep_every_object_intact(int seed, int operations) => Run(seed, operations);

    private void Run(int seed, int operations)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        List<(nint Start, int Size, byte Pattern)> live = [];
        for (int i = 0; i < operations; i++)
        {
            int kind = random.Next(1000);
            int threshold = (i / 10_000) % 2 == 0 ? 600 : 350;
            if (kind < threshold)
            {
                int size = random.Next(30) switch { 0 => random.Next(60_000), 1 or 2 => random.Next(8000), _ => 24 + random.Next(200) };
                byte* start = _heap.Allocate((nuint)size);
                if (start == null) continue;
                if (new Span<byte>(start, size).ContainsAnyExcept((byte)0)) Assert.Fail($"operation {i}: object of {size} not zero");
                byte pattern = (byte)random.Next(1, 256);
                new Span<byte>(start, size).Fill(pattern);
                live.Add(((nint)start, size, pattern));
            }
            else if (kind == 999)
            {
                _heap.RetireRuns();
            }
            else if (live.Count != 0)
            {
                int at = random.Next(live.Count);
                Check(live[at]);
                Assert.That(_heap.Free((void*)live[at].Start), Is.EqualTo(HeapFreeResult.Ok));
                live[at] = live[^1];
                live.RemoveAt(live.Count - 1);
            }

            if (i % 10_000 != 0) continue;
            Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
            Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo((ulong)live.Count));
            foreach ((nint Start, int Size, byte Pattern) item in live) Check(item);
        }

        foreach ((nint start, _, _) in live) Assert.That(_heap.Free((void*)start), Is.EqualTo(HeapFreeResult.Ok));
        _heap.Trim();
        Assert.That(_arena.PagesOut, Is.EqualTo(_tablePages));
    }

    private byte* Allocate(int size)
    {
        byte* start = _heap.Allocate((nuint)size);
        Assert.That(start != null, $"{size}");
        Assert.That(new Span<byte>(start, size).ContainsAnyExcept((byte)0), Is.False, $"an object of {size} bytes is zero");
        return start;
    }

    private static void Check((nint Start, int Size, byte Pattern) item)
    {
        if (new Span<byte>((void*)item.Start, item.Size).ContainsAnyExcept(item.Pattern))
            Assert.Fail($"the object of {item.Size} bytes at {item.Start:x} has changed");
    }
}
