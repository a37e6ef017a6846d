using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What every kernel heap does, whatever policy serves its small blocks and however closely it looks.</summary>
[TestFixtureSource(nameof(Heaps))]
public sealed unsafe class KernelHeapContract(string policy, HeapWatch watch)
{
    private static readonly nuint[] s_sizes = [0, 1, 8, 9, 16, 24, 64, 100, 129, 500, 513, 1000, 1025, 4096, 5000, 16383, 16384, 16385, 40_000];

    private HostArena _arena;
    private PolicyName _name;
    private HostHeap _heap;

    public static IEnumerable<TestFixtureData> Heaps =>
        from policy in PolicyName.All
        from watch in new[] { HeapWatch.None, HeapWatch.Tracked, HeapWatch.Checked }
        select new TestFixtureData(policy, watch);

    [SetUp]
    public void CreateHeap()
    {
        _arena = HostArena.Create(8192);
        _name = new PolicyName(policy);
        _heap = default;
        HeapOptions options = new() { Watch = watch, Policy = _name.Text };
        Assert.That(_heap.TryInitialize(_arena, _arena.Window, in options));
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_heap.GetStatistics().TotalPages, Is.EqualTo(_arena.PagesOut), "every page taken is accounted for");
        _name.Dispose();
        _arena.Dispose();
    }

    [Test]
    public void There_are_three_policies() => Assert.That(PolicyName.All, Is.EquivalentTo(new[] { "slab", "firstfit", "quickfit" }));

    [Test]
    public void A_block_is_large_enough_aligned_its_callers_own_and_found_again()
    {
        List<(nint Block, nuint Size)> blocks = [];
        for (int round = 0; round < 5; round++)
        {
            foreach (nuint size in s_sizes)
            {
                byte* block = _heap.Allocate(size);
                Assert.That(block != null && (nuint)block % (size <= 8 ? 8u : 16u) == 0, $"{size}");
                Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo(size));
                new Span<byte>(block, (int)size).Fill((byte)blocks.Count);
                blocks.Add(((nint)block, size));
            }
        }

        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo((ulong)blocks.Count));
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        for (int i = 0; i < blocks.Count; i++)
        {
            Assert.That(new Span<byte>((void*)blocks[i].Block, (int)blocks[i].Size).ContainsAnyExcept((byte)i), Is.False, $"{i}");
            Assert.That(_heap.Free((void*)blocks[i].Block, blocks[i].Size), Is.EqualTo(HeapFreeResult.Ok));
        }

        Assert.That(_heap.GetStatistics().LiveBlocks, Is.Zero);
    }

    [Test]
    public void Alignments_up_to_2_MiB_hold()
    {
        List<nint> blocks = [];
        for (nuint alignment = 1; alignment <= HostHeap.LargestAlignmentBytes; alignment *= 2)
        {
            foreach (nuint size in (nuint[])[0, 1, 48, 600, 5000, 16384, 20000])
            {
                byte* block = _heap.AllocateAligned(size, alignment);
                Assert.That(block != null && (nuint)block % alignment == 0, $"{size} at {alignment}");
                Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo(size));
                new Span<byte>(block, (int)size).Fill(0x3C);
                if (alignment <= 4096) blocks.Add((nint)block);
                else Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
            }
        }

        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        foreach (nint block in blocks) Assert.That(_heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void Wrong_frees_are_refused_by_name()
    {
        foreach (nuint size in (nuint[])[8, 48, 300, 7000])
        {
            byte* other = _heap.Allocate(size);
            byte* block = _heap.Allocate(size);
            for (nuint offset = 1; offset < size; offset++) Assert.That(_heap.Free(block + offset), Is.EqualTo(HeapFreeResult.Interior), $"{size}+{offset}");
            Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
            Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.DoubleFree), $"{size}");
            Assert.That(_heap.SizeOf(block) == 0);
            Assert.That(_heap.Free(other), Is.EqualTo(HeapFreeResult.Ok));
        }

        int local = 0;
        Assert.That(_heap.Free(&local), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(_heap.Free(null), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void Reallocating_keeps_the_content_at_every_size()
    {
        byte* block = _heap.Allocate(1);
        *block = 7;
        nuint old = 1;
        foreach (nuint size in s_sizes.Skip(1).Concat(s_sizes.Skip(1).Reverse()))
        {
            byte* moved = _heap.Reallocate(block, size);
            Assert.That(moved != null && _heap.SizeOf(moved) >= size);
            Assert.That(new Span<byte>(moved, (int)Math.Min(old, size)).ContainsAnyExcept((byte)7), Is.False, $"{old} to {size}");
            new Span<byte>(moved, (int)size).Fill(7);
            block = moved;
            old = size;
        }

        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
    }

    [Test]
    public void Blocks_side_by_side_become_one_again()
    {
        List<nint> blocks = [];
        for (int i = 0; i < 2000; i++) blocks.Add((nint)_heap.Allocate((nuint)(16 + (i % 40 * 16))));
        for (int i = 0; i < blocks.Count; i += 2) _heap.Free((void*)blocks[i]);
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        for (int i = 1; i < blocks.Count; i += 2) _heap.Free((void*)blocks[i]);
        _heap.Trim();
        Assert.That(_arena.PagesOut, Is.EqualTo(_heap.GetStatistics().TablePages), "all memory but tables went back");
    }

    [Test]
    public void Refused_pages_leave_no_trace_and_freed_memory_serves_again()
    {
        for (ulong k = 0; k < 8; k++)
        {
            List<nint> blocks = [];
            _arena.RefuseAfter(k);
            for (int i = 0; i < 3000; i++)
            {
                byte* block = _heap.Allocate((nuint)(i * 37 % 3000));
                if (block != null) blocks.Add((nint)block);
            }

            Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo((ulong)blocks.Count), $"k = {k}");
            Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None), $"k = {k}");
            foreach (nint block in blocks) Assert.That(_heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
            _arena.RefuseNothing();
            _heap.Trim();
            Assert.That(_arena.PagesOut, Is.EqualTo(_heap.GetStatistics().TablePages), $"k = {k}");
        }
    }

    [Test]
    public void Initialisation_takes_all_its_pages_or_none()
    {
        HeapOptions options = new() { Watch = watch, Policy = _name.Text };
        for (ulong k = 0; ; k++)
        {
            using HostArena arena = HostArena.Create(512);
            HostHeap heap = default;
            arena.RefuseAfter(k);
            if (heap.TryInitialize(arena, arena.Window, in options)) return;
            Assert.That(arena.PagesOut, Is.Zero, $"k = {k}");
        }
    }

    [Test]
    public void A_heap_of_its_own_objects_lives_beside()
    {
        Assert.That(_heap.TryCreateCache("beside", 72, 8, null, out SlabCacheId cache));
        byte* block = _heap.AllocateFrom(cache);
        Assert.That(_heap.SizeOf(block), Is.GreaterThanOrEqualTo((nuint)72));
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.TryDestroyCache(cache));
    }

    [TestCase(100_000)]
    public void Random_calls_keep_every_block_intact(int operations) =>
        KernelHeapModelTests.Run(4242, watch == HeapWatch.None ? operations : operations / 5, 12_000, watch, policy);

    [Test]
    public void Random_calls_keep_every_block_intact_when_memory_is_short() => KernelHeapModelTests.Run(99, 20_000, 400, watch, policy);

    [Test]
    [Category("Long")]
    public void A_million_random_calls_keep_every_block_intact() => KernelHeapModelTests.Run(31, 1_000_000, 12_000, watch, policy);
}
