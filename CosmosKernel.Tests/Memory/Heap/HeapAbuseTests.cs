using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>What callers do wrong, each named by a checking heap with the block and who had to do with it; and what a plain heap makes of it.</summary>
public sealed unsafe class HeapAbuseTests
{
    private static readonly nuint[] s_sizes = [1, 8, 9, 24, 64, 100, 1000, 4096, 16000, 16385, 100_000];

    private static IEnumerable<nuint> Sizes => s_sizes;

    [TestCaseSource(nameof(Sizes))]
    public void An_overflow_by_one_is_named_when_the_block_is_freed(nuint size)
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        WatchedHeap.CallFrom(0x1000, 0x2000);
        byte* block = watched.Heap->Allocate(size);
        byte* neighbour = watched.Heap->Allocate(size);
        block[size] = 0x41;
        WatchedHeap.CallFrom(0x3000);
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Overflow));
        HeapFault fault = WatchedHeap.OnlyFault();
        Assert.Multiple(() =>
        {
            Assert.That(fault.Kind, Is.EqualTo(HeapFreeResult.Overflow));
            Assert.That(fault.Address.Value, Is.EqualTo((ulong)(block + size)));
            Assert.That(fault.Offset, Is.EqualTo((ulong)size));
            Assert.That(fault.Found, Is.EqualTo(0x41));
            Assert.That(fault.Block.Address.Value, Is.EqualTo((ulong)block));
            Assert.That(fault.Block.SizeBytes, Is.EqualTo((ulong)size));
            Assert.That(WatchedHeap.Addresses(fault.Block.AllocatedBy), Is.EqualTo((ulong[])[0x1000, 0x2000]));
            Assert.That(WatchedHeap.Addresses(fault.FoundBy), Is.EqualTo((ulong[])[0x3000]));
        });
        Assert.That(watched.Heap->Free(neighbour), Is.EqualTo(HeapFreeResult.Ok));
    }

    [TestCaseSource(nameof(Sizes))]
    public void An_overflow_by_many_is_found_by_a_check_while_the_block_lives(nuint size)
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        byte* block = watched.Heap->Allocate(size);
        Assert.That(watched.Heap->CheckBlocks(), Is.Zero);
        new Span<byte>(block + size, 16).Fill(0x42);
        Assert.That(watched.Heap->CheckBlocks(), Is.EqualTo(1));
        Assert.That(WatchedHeap.OnlyFault().Kind, Is.EqualTo(HeapFreeResult.Overflow));
        Assert.That(watched.Heap->CheckBlocks(), Is.Zero, "told once");
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Ok));
    }

    [TestCase(1u)]
    [TestCase(5u)]
    [TestCase(16u)]
    public void An_underflow_is_named(uint before)
    {
        foreach (nuint size in s_sizes)
        {
            using WatchedHeap watched = new(HeapWatch.Checked);
            byte* block = watched.Heap->Allocate(size);
            block[-(int)before] = 7;
            Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Underflow), $"{size}");
            Assert.That(WatchedHeap.OnlyFault().Offset, Is.EqualTo((ulong)before));
        }
    }

    [TestCaseSource(nameof(Sizes))]
    public void A_double_free_is_named_with_both_call_stacks(nuint size)
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        WatchedHeap.CallFrom(0xA);
        byte* block = watched.Heap->Allocate(size);
        WatchedHeap.CallFrom(0xB);
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Ok));
        WatchedHeap.CallFrom(0xC);
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.DoubleFree));
        HeapFault fault = WatchedHeap.OnlyFault();
        Assert.That(WatchedHeap.Addresses(fault.Block.AllocatedBy), Is.EqualTo((ulong[])[0xA]));
        Assert.That(WatchedHeap.Addresses(fault.Block.FreedBy), Is.EqualTo((ulong[])[0xB]));
        Assert.That(WatchedHeap.Addresses(fault.FoundBy), Is.EqualTo((ulong[])[0xC]));
        watched.Heap->Trim();
        HeapFreeResult late = watched.Heap->Free(block);
        Assert.That(late, Is.EqualTo(HeapFreeResult.DoubleFree).Or.EqualTo(HeapFreeResult.Foreign), "out of quarantine, its pages perhaps gone");
    }

    [Test]
    public void Foreign_and_interior_frees_are_named()
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        int local = 0;
        byte* block = watched.Heap->Allocate(200);
        Assert.That(watched.Heap->Free(&local), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(WatchedHeap.OnlyFault().Block.Address.Value, Is.Zero);
        for (int offset = -16; offset < 200; offset++)
        {
            if (offset == 0) continue;
            Assert.That(watched.Heap->Free(block + offset), Is.EqualTo(HeapFreeResult.Interior), $"{offset}");
            Assert.That(WatchedHeap.OnlyFault().Block.SizeBytes, Is.EqualTo(200));
        }

        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(watched.Heap->Free(null), Is.EqualTo(HeapFreeResult.Ok));
    }

    [TestCase(0)]
    [TestCase(63)]
    [TestCase(40)]
    public void A_write_after_the_free_is_named_when_the_block_is_to_be_used_again(int offset)
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        WatchedHeap.CallFrom(0xA);
        byte* block = watched.Heap->Allocate(64);
        WatchedHeap.CallFrom(0xB);
        watched.Heap->Free(block);
        block[offset] = 1;
        Assert.That(WatchedHeap.Faults, Is.Empty);
        for (int i = 0; WatchedHeap.Faults.Count == 0 && i < 10_000; i++) watched.Heap->Free(watched.Heap->Allocate(64));
        HeapFault fault = WatchedHeap.OnlyFault();
        Assert.That(fault.Kind, Is.EqualTo(HeapFreeResult.UseAfterFree));
        Assert.That(fault.Offset, Is.EqualTo((ulong)offset));
        Assert.That(fault.Block.Address.Value, Is.EqualTo((ulong)block));
        Assert.That(WatchedHeap.Addresses(fault.Block.AllocatedBy), Is.EqualTo((ulong[])[0xA]));
        Assert.That(WatchedHeap.Addresses(fault.Block.FreedBy), Is.EqualTo((ulong[])[0xB]));
    }

    [Test]
    public void A_write_after_the_free_is_found_by_a_check_at_once()
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        byte* block = watched.Heap->Allocate(5000);
        watched.Heap->Free(block);
        block[4000] = 9;
        Assert.That(watched.Heap->CheckBlocks(), Is.EqualTo(1));
        Assert.That(WatchedHeap.OnlyFault().Kind, Is.EqualTo(HeapFreeResult.UseAfterFree));
    }

    [TestCaseSource(nameof(Sizes))]
    public void A_free_with_another_size_is_refused_by_name_to_the_byte(nuint size)
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        byte* block = watched.Heap->Allocate(size);
        Assert.That(watched.Heap->Free(block, size + 1), Is.EqualTo(HeapFreeResult.WrongSize));
        HeapFault fault = WatchedHeap.OnlyFault();
        Assert.That((fault.Offset, fault.Block.SizeBytes), Is.EqualTo(((ulong)size + 1, (ulong)size)));
        Assert.That(watched.Heap->Free(block, size), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void A_damaged_slab_header_is_named_and_the_slab_left_alone()
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        byte* block = watched.Heap->Allocate(100);
        Slab* slab = SlabOf(watched, block);
        uint count = slab->ObjectCount;
        slab->ObjectCount++;
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.CorruptHeader));
        HeapFault fault = WatchedHeap.OnlyFault();
        Assert.That(fault.Address.Value, Is.EqualTo((ulong)slab));
        Assert.That(watched.Heap->Validate(), Is.EqualTo(HeapInvariant.SlabShape));
        slab->ObjectCount = count;
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void New_blocks_and_freed_ones_hold_patterns_that_show()
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        byte* block = watched.Heap->Allocate(40);
        Assert.That(new Span<byte>(block, 40).ContainsAnyExcept((byte)0xCD), Is.False);
        byte* zeroed = watched.Heap->AllocateZeroed(40);
        Assert.That(new Span<byte>(zeroed, 40).ContainsAnyExcept((byte)0), Is.False);
        watched.Heap->Free(block);
        Assert.That(new Span<byte>(block, 40).ContainsAnyExcept((byte)0xDD), Is.False);
        byte* next = watched.Heap->Allocate(40);
        Assert.That(next != block, "in quarantine");
    }

    [Test]
    public void A_large_block_ends_where_its_pages_do_and_is_unmapped_when_it_is_freed()
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        watched.UseGuardPages();
        byte* block = watched.Heap->Allocate(20_000);
        Assert.That(((ulong)block + 20_000) % 4096 == 0);
        byte* odd = watched.Heap->Allocate(20_001);
        Assert.That(((ulong)odd + 20_001 + 15) / 4096 * 4096, Is.EqualTo(((ulong)odd + 20_001 + 4095) / 4096 * 4096));
        odd[20_001] = 1;
        Assert.That(watched.Heap->Free(odd), Is.EqualTo(HeapFreeResult.Overflow), "what the page does not catch");
        Assert.That(watched.Heap->SizeOf(block), Is.EqualTo((nuint)20_000));
        Assert.That(watched.Heap->TryFindWatched(At(block + 20_000), out TrackedBlock behind, out bool isLive), "one byte behind it");
        Assert.That((behind.Address.Value, isLive), Is.EqualTo(((ulong)block, true)));
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(block[0], Is.EqualTo(0xEE), "given back at once");
        Assert.That(watched.Heap->TryFindWatched(At(block + 5), out TrackedBlock freed, out isLive));
        Assert.That((freed.Address.Value, isLive), Is.EqualTo(((ulong)block, false)));
        Assert.That(watched.Heap->Free(block), Is.EqualTo(HeapFreeResult.DoubleFree));
    }

    [Test]
    public void Reallocation_in_a_checking_heap_always_moves_and_keeps_the_content()
    {
        using WatchedHeap watched = new(HeapWatch.Checked);
        byte* block = watched.Heap->Allocate(100);
        new Span<byte>(block, 100).Fill(0x5A);
        byte* moved = watched.Heap->Reallocate(block, 101);
        Assert.That(moved != block);
        Assert.That(new Span<byte>(moved, 100).ContainsAnyExcept((byte)0x5A), Is.False);
        Assert.That(watched.Heap->Reallocate(block, 10) == null, "the old one is freed");
        Assert.That(WatchedHeap.OnlyFault().Kind, Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(watched.Heap->Free(moved), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void A_plain_heap_refuses_wrong_frees_and_survives_writes_to_freed_blocks()
    {
        using HostArena arena = HostArena.Create(4096);
        HostHeap heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window));
        foreach (nuint size in s_sizes)
        {
            byte* block = heap.Allocate(size);
            byte* other = heap.Allocate(size);
            new Span<byte>(other, (int)size).Fill(0x11);
            Assert.That(heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
            if (size <= 16384) new Span<byte>(block, (int)size).Fill(0xFF); // a use after free: nothing of the heap's lies there
            Assert.That(heap.Free(block), Is.Not.EqualTo(HeapFreeResult.Ok));
            Assert.That(heap.Free(other + 1), Is.EqualTo(HeapFreeResult.Interior));
            Assert.That(heap.Free(other, size + 100_000), Is.EqualTo(HeapFreeResult.WrongSize));
            Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));
            Assert.That(new Span<byte>(other, (int)size).ContainsAnyExcept((byte)0x11), Is.False);
            Assert.That(heap.Free(other), Is.EqualTo(HeapFreeResult.Ok));
        }
    }

    private static VirtAddr At(byte* address) => VirtAddr.FromTrusted((ulong)address);

    // Descriptors are not public: this finds the one whose checksum covers the block.
    private static Slab* SlabOf(WatchedHeap watched, byte* block) => watched.Heap->SlabAt(block);
}
