using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>Seeded random calls against a list of what is live; every block is filled with a pattern of its own and checked.</summary>
public sealed unsafe class KernelHeapModelTests
{
    private sealed class Block
    {
        public required nint Address { get; set; }

        public required int Size { get; set; }

        public required byte Pattern { get; set; }
    }

    [TestCase(1, 100_000, HeapWatch.None)]
    [TestCase(20260, 100_000, HeapWatch.None)]
    [TestCase(5, 30_000, HeapWatch.Tracked)]
    [TestCase(6, 30_000, HeapWatch.Checked)]
    public void Random_calls_keep_every_block_intact(int seed, int operations, HeapWatch watch) => Run(seed, operations, 12000, watch);

    [TestCase(3, 60_000, HeapWatch.None)]
    [TestCase(4, 20_000, HeapWatch.Checked)]
    public void Random_calls_keep_every_block_intact_when_memory_is_short(int seed, int operations, HeapWatch watch) => Run(seed, operations, 300, watch);

    [TestCase(77, 1_000_000, HeapWatch.None)]
    [TestCase(78, 1_000_000, HeapWatch.Checked)]
    [Category("Long")]
    public void A_million_random_calls_keep_every_block_intact(int seed, int operations, HeapWatch watch) => Run(seed, operations, 12000, watch);

    internal static void Run(int seed, int operations, ulong arenaPages, HeapWatch watch, string policy = "")
    {
        TestContext.Out.WriteLine($"seed {seed}");
        using HostArena arena = HostArena.Create(arenaPages);
        HostHeap heap = default;
        using PolicyName name = new(policy);
        HeapOptions options = new() { Watch = watch, Policy = name.Text };
        Assert.That(heap.TryInitialize(arena, arena.Window, in options));
        Random random = new(seed);
        List<Block> live = [];
        ulong refusals = 0;
        for (int i = 0; i < operations; i++)
        {
            int kind = random.Next(100);

            // Waves: mostly growing, then mostly shrinking.
            bool grows = (i / 10_000) % 2 == 0;
            if (kind < (grows ? 55 : 35)) Allocate(ref heap, random, live);
            else if (kind < 88) FreeOne(ref heap, random, live);
            else if (kind < 96) Reallocate(ref heap, random, live);
            else refusals += Abuse(ref heap, random, live);
            if (i % 5000 == 0) CheckAll(ref heap, live, refusals, arena);
        }

        CheckAll(ref heap, live, refusals, arena);
        while (live.Count != 0) FreeOne(ref heap, random, live);
        heap.Trim();
        CheckAll(ref heap, live, refusals, arena);
        Assert.That(heap.FaultCount, Is.EqualTo(watch == HeapWatch.None ? 0 : refusals));
        Assert.That(arena.PagesOut, Is.EqualTo(heap.GetStatistics().TablePages));
    }

    private static int RandomSize(Random random) => random.Next(20) switch
    {
        0 => random.Next(200_000),
        1 or 2 => random.Next(17_000),
        3 or 4 or 5 => random.Next(1100),
        _ => random.Next(200),
    };

    private static void Allocate(ref HostHeap heap, Random random, List<Block> live)
    {
        int size = RandomSize(random);
        byte* address;
        switch (random.Next(6))
        {
            case 0:
                address = heap.AllocateZeroed((nuint)size);
                if (address != null) Assert.That(new Span<byte>(address, size).ContainsAnyExcept((byte)0), Is.False);
                break;
            case 1:
                nuint alignment = (nuint)1 << random.Next(14);
                address = heap.AllocateAligned((nuint)size, alignment);
                Assert.That((nuint)address % alignment == 0, $"{size} at {alignment}");
                break;
            default:
                address = heap.Allocate((nuint)size);
                break;
        }

        if (address == null) return;
        Block block = new() { Address = (nint)address, Size = size, Pattern = (byte)random.Next(256) };
        Fill(block);
        live.Add(block);
    }

    private static void FreeOne(ref HostHeap heap, Random random, List<Block> live)
    {
        if (live.Count == 0) return;
        int at = random.Next(live.Count);
        Check(live[at]);
        Assert.That(heap.Free((void*)live[at].Address), Is.EqualTo(HeapFreeResult.Ok));
        live[at] = live[^1];
        live.RemoveAt(live.Count - 1);
    }

    private static void Reallocate(ref HostHeap heap, Random random, List<Block> live)
    {
        if (live.Count == 0) return;
        Block block = live[random.Next(live.Count)];
        int size = RandomSize(random);
        byte* moved = heap.Reallocate((void*)block.Address, (nuint)size);
        if (moved == null)
        {
            Check(block);
            return;
        }

        block.Address = (nint)moved;
        block.Size = Math.Min(block.Size, size);
        Check(block);
        block.Size = size;
        block.Pattern = (byte)random.Next(256);
        Fill(block);
    }

    private static ulong Abuse(ref HostHeap heap, Random random, List<Block> live)
    {
        if (live.Count == 0) return 0;
        Block block = live[random.Next(live.Count)];
        if (block.Size < 2) return 0;
        nint inside = block.Address + 1 + random.Next(block.Size - 1);
        Assert.That(heap.Free((void*)inside), Is.EqualTo(HeapFreeResult.Interior));
        return 1;
    }

    private static void CheckAll(ref HostHeap heap, List<Block> live, ulong refusals, HostArena arena)
    {
        Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));
        HeapStatistics statistics = heap.GetStatistics();
        Assert.That(statistics.LiveBlocks, Is.EqualTo((ulong)live.Count));
        Assert.That(statistics.Refusals, Is.EqualTo(refusals));
        Assert.That(statistics.TotalPages, Is.EqualTo(arena.PagesOut));
        foreach (Block block in live) Check(block);
    }

    private static void Fill(Block block) => new Span<byte>((void*)block.Address, block.Size).Fill(block.Pattern);

    private static void Check(Block block)
    {
        if (new Span<byte>((void*)block.Address, block.Size).ContainsAnyExcept(block.Pattern))
            Assert.Fail($"the block of {block.Size} bytes at {block.Address:x} has changed");
    }
}
