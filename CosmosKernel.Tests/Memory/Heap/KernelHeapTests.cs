using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

public sealed unsafe class KernelHeapTests
{
    private const ulong ArenaPages = 4096;
    private const ulong LeafBytes = 512 * 4096;

    private HostArena _arena;
    private ulong _tablePages;
    private HostHeap _heap;

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
    public void An_allocation_of_any_size_is_large_enough_aligned_and_found_again()
    {
        foreach (nuint size in (nuint[])[0, 1, 8, 9, 16, 17, 24, 64, 100, 128, 129, 1000, 1024, 1025, 4096, 4097, 16383, 16384, 16385, 65536, 1000000])
        {
            byte* block = _heap.Allocate(size);
            Assert.That(block != null, $"{size}");
            Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo(size));
            Assert.That((nuint)block % (size <= 8 ? 8u : 16u) == 0, $"alignment of {size}");
            new Span<byte>(block, (int)size).Fill(0x5A);
            Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        }
    }

    [Test]
    public void Size_zero_gives_distinct_blocks_that_are_freed_like_others()
    {
        byte* first = _heap.Allocate(0);
        byte* second = _heap.Allocate(0);
        Assert.That(first != null && second != null && first != second);
        Assert.That(_heap.Free(first), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Free(second), Is.EqualTo(HeapFreeResult.Ok));
    }

    [TestCase(ulong.MaxValue)]
    [TestCase(ulong.MaxValue - 4094)]
    [TestCase(1UL << 63)]
    [TestCase((ArenaPages * 4096) + 1)]
    [TestCase(ArenaPages * 4096)]
    public void Absurd_sizes_fail_and_change_nothing(ulong size)
    {
        Assert.That(_heap.Allocate((nuint)size) == null);
        Assert.That(_heap.AllocateZeroed((nuint)size) == null);
        Assert.That(_heap.AllocateAligned((nuint)size, 4096) == null);
        Assert.That(_arena.PagesOut, Is.EqualTo(_tablePages));
        Assert.That(_heap.GetStatistics().FailedAllocations, Is.EqualTo(3));
    }

    [Test]
    public void Zeroed_blocks_are_zero_even_where_old_content_was()
    {
        foreach (nuint size in (nuint[])[1, 7, 8, 9, 63, 64, 65, 200, 5000, 16384, 40000])
        {
            byte* dirty = _heap.Allocate(size);
            new Span<byte>(dirty, (int)size).Fill(0xFF);
            _heap.Free(dirty);
            byte* block = _heap.AllocateZeroed(size);
            Assert.That(new Span<byte>(block, (int)size).ContainsAnyExcept((byte)0), Is.False, $"{size}");
            _heap.Free(block);
        }
    }

    [Test]
    public void Clearing_stops_at_the_size_asked_for()
    {
        byte* block = _heap.Allocate(64);
        for (int size = 0; size <= 64; size++)
        {
            new Span<byte>(block, 64).Fill(0xEE);
            RawMemory.Zero(block, (nuint)size);
            Assert.That(new Span<byte>(block, 64).IndexOf((byte)0xEE), Is.EqualTo(size == 64 ? -1 : size));
        }
    }

    [Test]
    public void An_array_is_zeroed_and_its_size_is_the_product()
    {
        byte* block = _heap.AllocateArray(100, 12);
        Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo((nuint)1200));
        Assert.That(new Span<byte>(block, 1200).ContainsAnyExcept((byte)0), Is.False);
        Assert.That(_heap.AllocateArray(0, 16) != null);
        Assert.That(_heap.AllocateArray(16, 0) != null);
    }

    [TestCase(ulong.MaxValue, 2UL)]
    [TestCase((1UL << 32) + 1, 1UL << 32)]
    [TestCase(3UL, ulong.MaxValue / 2)]
    public void An_array_whose_size_overflows_fails(ulong count, ulong elementBytes) =>
        Assert.That(_heap.AllocateArray((nuint)count, (nuint)elementBytes) == null);

    [Test]
    public void Aligned_blocks_are_aligned_for_every_power_of_two_up_to_2_MiB()
    {
        for (nuint alignment = 1; alignment <= HostHeap.LargestAlignmentBytes; alignment *= 2)
        {
            foreach (nuint size in (nuint[])[0, 1, 8, 16, 48, 100, 600, 5000, 16384, 20000])
            {
                byte* block = _heap.AllocateAligned(size, alignment);
                Assert.That(block != null, $"{size} at {alignment}");
                Assert.That((nuint)block % alignment == 0, $"{size} at {alignment}");
                Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo(size));
                Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
            }
        }
    }

    [TestCase(0UL)]
    [TestCase(3UL)]
    [TestCase(24UL)]
    [TestCase(4UL * 1024 * 1024)]
    [TestCase(ulong.MaxValue)]
    public void Wrong_alignments_fail(ulong alignment) => Assert.That(_heap.AllocateAligned(64, (nuint)alignment) == null);

    [Test]
    public void Freeing_twice_is_refused_by_name_whatever_was_written_in_between()
    {
        byte* block = _heap.Allocate(64);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        new Span<byte>(block, 64).Fill(0x77);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.DoubleFree));
        byte* first = _heap.Allocate(64);
        byte* second = _heap.Allocate(64);
        Assert.That(first != second, "the refused free has not put the block in twice");
        Assert.That(_heap.GetStatistics().DoubleFrees, Is.EqualTo(1));
    }

    [Test]
    public void Freeing_twice_is_refused_after_the_block_went_back_to_its_slab()
    {
        byte* keepsSlab = _heap.Allocate(64);
        byte* block = _heap.Allocate(64);
        _heap.Free(block);
        _heap.Trim();
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(_heap.Free(keepsSlab), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void Interior_pointers_are_refused_for_every_offset()
    {
        foreach (nuint size in (nuint[])[8, 48, 64, 160, 7168, 100000])
        {
            byte* block = _heap.Allocate(size);
            nuint granted = _heap.SizeOf(block);
            for (nuint offset = 1; offset < granted; offset += granted > 4096 ? 97u : 1u)
                Assert.That(_heap.Free(block + offset), Is.EqualTo(HeapFreeResult.Interior), $"{size}+{offset}");
            Assert.That(_heap.SizeOf(block + 1) == 0);
            Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        }
    }

    [Test]
    public void Every_address_of_a_slabs_tail_is_refused()
    {
        byte* block = _heap.Allocate(7168);
        byte* slabEnd = (byte*)(((nuint)block & ~(nuint)32767) + 32768);
        for (byte* address = slabEnd - 4096; address < slabEnd; address++)
            Assert.That(_heap.Free(address), Is.EqualTo(HeapFreeResult.Interior));
    }

    [Test]
    public void Foreign_pointers_are_refused_without_being_read()
    {
        byte* neighbour = _heap.Allocate(64);
        int local = 0;
        ulong end = _arena.Window.End.Start.Value;
        foreach (ulong address in (ulong[])[1, 8, 4096, 1UL << 40, ulong.MaxValue, ulong.MaxValue - 7, 0xFFFF800000000000, end, end - 4096, (ulong)&local])
            Assert.That(_heap.Free((void*)address), Is.EqualTo(HeapFreeResult.Foreign), $"{address:x}");
        Assert.That(_heap.GetStatistics().ForeignPointers, Is.EqualTo(10));
        Assert.That(_heap.Free(neighbour), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void The_heaps_own_tables_are_foreign()
    {
        for (ulong page = 0; page < ArenaPages; page++)
            Assert.That(_heap.Free((void*)(_arena.Window.Start + page).Start.Value), Is.EqualTo(HeapFreeResult.Foreign));
    }

    [Test]
    public void A_large_block_freed_twice_is_refused_as_foreign()
    {
        byte* block = _heap.Allocate(100000);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Foreign));
    }

    [Test]
    public void Freeing_null_is_fine()
    {
        Assert.That(_heap.Free(null), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.SizeOf(null) == 0);
        Assert.That(_heap.GetStatistics().Refusals, Is.Zero);
    }

    [Test]
    public void Reallocating_within_the_block_stays_in_place()
    {
        byte* block = _heap.Allocate(100);
        Assert.That(_heap.Reallocate(block, 112) == block);
        Assert.That(_heap.Reallocate(block, 60) == block);
        byte* large = _heap.Allocate(100000);
        Assert.That(_heap.Reallocate(large, 102400) == large);
        Assert.That(_heap.Reallocate(large, 60000) == large);
    }

    [Test]
    public void A_large_block_grows_where_it_is_while_the_pages_behind_it_are_free()
    {
        byte* block = _heap.Allocate(40000);
        Fill(block, 40000);
        Assert.That(_heap.Reallocate(block, 3_000_000) == block, "across regions of the map, too");
        Check(block, 40000);
        Assert.That(_heap.SizeOf(block), Is.EqualTo((nuint)733 * 4096));
        byte* behind = _heap.Allocate(20000);
        byte* moved = _heap.Reallocate(block, 3_100_000);
        Assert.That(moved != null && moved != block, "another block is behind it now");
        Check(moved, 40000);
        Assert.That(_heap.Free(moved), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Free(behind), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.GetStatistics().LargePages, Is.Zero);
    }

    [Test]
    public void Growing_where_it_is_fails_without_a_trace_when_there_is_no_memory_for_the_map()
    {
        byte* block = _heap.Allocate(40000);
        nuint toNextRegion = (nuint)(LeafBytes - ((ulong)block % LeafBytes));
        for (ulong more = 0; more < 2; more++)
        {
            ulong pages = _arena.PagesOut;
            _arena.RefuseAfter(more);
            Assert.That(_heap.Reallocate(block, toNextRegion + 4096) == null);
            Assert.That(_arena.PagesOut, Is.EqualTo(pages));
            Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        }

        _arena.RefuseNothing();
        Assert.That(_heap.Reallocate(block, toNextRegion + 4096) == block);
        Assert.That(_heap.Reallocate(block, (nuint)(ArenaPages * 4096)) == null, "beyond the window");
    }

    [Test]
    public void Reallocating_zeroed_blocks_shows_no_old_content()
    {
        foreach (nuint size in (nuint[])[1, 33, 60, 100, 700, 5000, 20000, 50000])
        {
            byte* dirty = _heap.Allocate(size * 2);
            new Span<byte>(dirty, (int)_heap.SizeOf(dirty)).Fill(0xEE);
            _heap.Free(dirty);
            byte* block = _heap.AllocateZeroed(size);
            Fill(block, size);
            block = _heap.ReallocateZeroed(block, size + 7);
            Check(block, size);
            Assert.That(new Span<byte>(block + size, 7).ContainsAnyExcept((byte)0), Is.False, $"{size} and 7 more");
            block = _heap.ReallocateZeroed(block, size - 1);
            block = _heap.ReallocateZeroed(block, size * 2);
            Check(block, size - 1);
            Assert.That(new Span<byte>(block + size - 1, (int)size).ContainsAnyExcept((byte)0), Is.False, $"{size} doubled");
            _heap.Free(block);
        }
    }

    [Test]
    public void A_free_that_says_another_size_is_refused()
    {
        foreach (nuint size in (nuint[])[9, 64, 65, 1000, 1025, 16384, 16385, 70000])
        {
            byte* block = _heap.Allocate(size);
            nuint granted = _heap.SizeOf(block);
            Assert.That(_heap.Free(block, granted + 1), Is.EqualTo(HeapFreeResult.WrongSize), $"{size}");
            Assert.That(_heap.Free(block, size / 2), Is.EqualTo(HeapFreeResult.WrongSize), $"{size}");
            Assert.That(_heap.Free(block, size), Is.EqualTo(HeapFreeResult.Ok), $"{size}");
            Assert.That(_heap.Free(block, size), Is.Not.EqualTo(HeapFreeResult.Ok), $"{size} again");
        }

        Assert.That(_heap.GetStatistics().WrongSizes, Is.EqualTo(16));
        Assert.That(_heap.Free(null, 5), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void Aligned_blocks_are_freed_by_the_size_that_was_asked_for()
    {
        for (nuint alignment = 1; alignment <= HostHeap.LargestAlignmentBytes; alignment *= 2)
        {
            foreach (nuint size in (nuint[])[1, 48, 100, 600, 5000, 16384, 20000])
                Assert.That(_heap.Free(_heap.AllocateAligned(size, alignment), size, alignment), Is.EqualTo(HeapFreeResult.Ok), $"{size} at {alignment}");
        }
    }

    [Test]
    public void Reallocating_keeps_the_content_and_frees_the_old_block()
    {
        byte* block = _heap.Allocate(10);
        nuint size = 10;
        Fill(block, size);
        foreach (nuint next in (nuint[])[100, 5000, 20000, 300000, 40000, 17000, 3000, 65, 8, 1])
        {
            byte* moved = _heap.Reallocate(block, next);
            Assert.That(moved != null && _heap.SizeOf(moved) >= next);
            if (moved != block) Assert.That(_heap.SizeOf(block) == 0, "the old block is freed");
            Check(moved, Math.Min(size, next));
            block = moved;
            size = next;
            Fill(block, size);
        }

        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.Zero);
    }

    [Test]
    public void Reallocating_null_allocates_and_what_is_no_block_is_refused()
    {
        byte* block = _heap.Reallocate(null, 50);
        Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo((nuint)50));
        Assert.That(_heap.Reallocate(block + 1, 100) == null);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Reallocate(block, 100) == null);
        Assert.That(_heap.Reallocate((void*)4096, 100) == null);
        HeapStatistics statistics = _heap.GetStatistics();
        Assert.That((statistics.InteriorPointers, statistics.DoubleFrees, statistics.ForeignPointers), Is.EqualTo((1UL, 1UL, 1UL)));
    }

    [Test]
    public void A_failed_reallocation_leaves_the_block_and_a_shrinking_one_stays()
    {
        byte* block = _heap.Allocate(16384);
        Fill(block, 16384);
        _arena.RefuseAfter(0);
        Assert.That(_heap.Reallocate(block, 200000) == null);
        Assert.That(_heap.Reallocate(block, 100) == block, "without memory for a smaller one the old block serves");
        Check(block, 16384);
        _arena.RefuseNothing();
    }

    [Test]
    public void When_everything_is_freed_and_trimmed_only_the_first_tables_are_left()
    {
        byte*[] blocks = new byte*[3000];
        for (int i = 0; i < blocks.Length; i++) blocks[i] = _heap.Allocate((nuint)(i * 7 % 5000));
        byte* large = _heap.Allocate(3000000);
        foreach (byte* block in blocks) Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        _heap.Free(large);
        Assert.That(_heap.Trim(), Is.GreaterThan(0));
        Assert.That(_arena.PagesOut, Is.EqualTo(_tablePages));
        Assert.That(_heap.Trim(), Is.Zero);
    }

    [Test]
    public void Memory_kept_for_one_class_serves_another_before_an_allocation_fails()
    {
        using HostArena arena = HostArena.Create(64);
        HostHeap heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window));
        List<nint> blocks = [];
        for (byte* block = heap.Allocate(64); block != null; block = heap.Allocate(64)) blocks.Add((nint)block);

        // The first block of each slab last: the magazine then keeps one of every slab.
        blocks.Sort((left, right) => (left % 8192 == 0).CompareTo(right % 8192 == 0));
        foreach (nint block in blocks) Assert.That(heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(arena.PagesOut, Is.GreaterThan(48), "no run of 16 pages is left");
        Assert.That(heap.Allocate(16384) != null);
    }

    [Test]
    public void Statistics_follow_what_happened()
    {
        byte* small = _heap.Allocate(50);
        byte* large = _heap.Allocate(20000);
        HeapStatistics statistics = _heap.GetStatistics();
        Assert.Multiple(() =>
        {
            Assert.That(statistics.LiveBlocks, Is.EqualTo(2));
            Assert.That(statistics.LiveBytes, Is.EqualTo(64 + 20480));
            Assert.That(statistics.RequestedBytes, Is.EqualTo(20050));
            Assert.That(statistics.GrantedBytes, Is.EqualTo(64 + 20480));
            Assert.That(statistics.LargeBlocks, Is.EqualTo(1));
            Assert.That(statistics.LargePages, Is.EqualTo(5));
            Assert.That(statistics.Slabs, Is.EqualTo(1));
        });
        _heap.Free(small);
        _heap.Free(large);
        statistics = _heap.GetStatistics();
        Assert.That((statistics.LiveBlocks, statistics.LiveBytes, statistics.Allocations, statistics.Frees), Is.EqualTo((0UL, 0UL, 2UL, 2UL)));
        SizeClassStatistics sizeClass = _heap.GetClassStatistics(4);
        Assert.That((sizeClass.ObjectBytes, sizeClass.LiveObjects, sizeClass.Allocations, sizeClass.Frees), Is.EqualTo((64UL, 0UL, 1UL, 1UL)));
    }

    [Test]
    public void Alternating_at_the_edge_of_a_magazine_does_not_touch_the_slabs()
    {
        byte* block = _heap.Allocate(64);
        for (int i = 0; i < 1000; i++)
        {
            _heap.Free(block);
            block = _heap.Allocate(64);
        }

        Assert.That(_heap.GetClassStatistics(4).Refills, Is.EqualTo(1));
    }

    [Test]
    public void Pages_outside_the_window_are_not_taken()
    {
        HostHeap heap = default;
        PageRange window = new(_arena.Window.End, 16);
        ulong before = _arena.PagesOut;
        Assert.That(heap.TryInitialize(_arena, window));
        ulong tables = _arena.PagesOut;
        Assert.That(heap.Allocate(64) == null);
        Assert.That(heap.Allocate(20000) == null);
        Assert.That(_arena.PagesOut, Is.EqualTo(tables));
        Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));

        // This heap's tables stay out of the other's account.
        _arena.Dispose();
        CreateHeap();
        Assert.That(tables, Is.GreaterThan(before));
    }

    private static void Fill(byte* block, nuint size)
    {
        for (nuint i = 0; i < size; i++) block[i] = (byte)((i * 31) + 7);
    }

    private static void Check(byte* block, nuint size)
    {
        for (nuint i = 0; i < size; i++)
        {
            if (block[i] != (byte)((i * 31) + 7)) Assert.Fail($"byte {i} has changed");
        }
    }
}
