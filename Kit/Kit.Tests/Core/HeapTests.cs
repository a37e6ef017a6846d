using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Cosmos.Core.Memory;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
[NonParallelizable]
public sealed unsafe class HeapTests
{
    private const int Pages = 256;

    private byte* _arena;

    [SetUp]
    public void Start()
    {
        _arena = (byte*)NativeMemory.AlignedAlloc(Pages * RAT.PageSize, RAT.PageSize);
        new Span<byte>(_arena, Pages * (int)RAT.PageSize).Fill(0xCD);
        RAT.Init(_arena, Pages * RAT.PageSize);
        Heap.Init();
    }

    [TearDown]
    public void Stop()
    {
        RAT.Init(null, 0);
        Heap.Init();
        NativeMemory.AlignedFree(_arena);
    }

    [Test]
    public void Memory_is_zeroed_and_aligned_also_when_it_was_used_before(
        [Values(0u, 1u, 16u, 17u, 2048u, 2049u, 4096u, 4097u, 20000u)] uint size)
    {
        for (int round = 0; round < 3; round++)
        {
            byte* block = Heap.Alloc(size);
            Assert.That((nuint)block % 16, Is.EqualTo((nuint)0));
            nuint granted = Heap.GetSize(block);
            Assert.That(granted, Is.GreaterThanOrEqualTo((nuint)Math.Max(size, 1)));
            Assert.That(new Span<byte>(block, (int)granted).ContainsAnyExcept((byte)0), Is.False);
            new Span<byte>(block, (int)granted).Fill(0xEE);
            Heap.Free(block);
        }
    }

    [Test]
    public void Realloc_keeps_what_fits_and_zeroes_what_is_new()
    {
        byte* block = Heap.Alloc(100);
        new Span<byte>(block, 100).Fill(7);
        block = Heap.Realloc(block, 9000);
        Assert.That(new Span<byte>(block, 100).ContainsAnyExcept((byte)7), Is.False);
        Assert.That(new Span<byte>(block + 128, 9000 - 128).ContainsAnyExcept((byte)0), Is.False);
        block = Heap.Realloc(block, 10);
        Assert.That(new Span<byte>(block, 10).ContainsAnyExcept((byte)7), Is.False);
        Assert.That(Heap.Realloc(null, 5) != null);
    }

    [Test]
    public void Freeing_what_is_no_block_changes_nothing()
    {
        byte* large = Heap.Alloc(10000);
        nuint free = RAT.FreePageCount;
        Heap.Free(null);
        Heap.Free(_arena + Pages * RAT.PageSize);
        Heap.Free(large + 16);
        Heap.Free(large + RAT.PageSize);
        Assert.That(RAT.FreePageCount, Is.EqualTo(free));
        Assert.That(Heap.GetSize(large + RAT.PageSize * 2 - 1), Is.EqualTo((nuint)0));
        Heap.Free(large);
        Assert.That(RAT.FreePageCount, Is.EqualTo(free + 3));
    }

    [Test]
    public void When_memory_runs_out_the_answer_is_null_and_freed_memory_serves_again()
    {
        Assert.That(Heap.Alloc(Pages * RAT.PageSize) == null);
        Assert.That(Heap.Alloc(nuint.MaxValue) == null);
        var blocks = new List<nint>();
        for (byte* block = Heap.Alloc(1000); block != null; block = Heap.Alloc(1000))
            blocks.Add((nint)block);
        Assert.That(blocks, Has.Count.EqualTo((Pages - 1) * 3));
        byte* kept = (byte*)blocks[0];
        kept[0] = 42;
        Assert.That(Heap.Realloc(kept, 3000) == null);
        Assert.That(kept[0], Is.EqualTo(42));
        Heap.Free((void*)blocks[1]);
        Assert.That(Heap.Alloc(1000) == (byte*)blocks[1]);
    }

    [Test]
    public void Random_blocks_keep_their_contents([Values(21, 22, 23)] int seed)
    {
        var random = new Random(seed);
        var live = new List<(nint Block, int Size, byte Pattern)>();
        for (int step = 0; step < 20000; step++)
        {
            if (live.Count > 0 && random.Next(100) < 48)
            {
                int index = random.Next(live.Count);
                (nint block, int size, byte pattern) = live[index];
                Assert.That(new Span<byte>((void*)block, size).ContainsAnyExcept(pattern), Is.False, $"seed {seed}, step {step}");
                Heap.Free((void*)block);
                live[index] = live[^1];
                live.RemoveAt(live.Count - 1);
                continue;
            }

            int wanted = random.Next(10) == 0 ? random.Next(1, 12000) : random.Next(1, 300);
            byte* allocated = Heap.Alloc((nuint)wanted);
            if (allocated == null)
                continue;
            Assert.That(new Span<byte>(allocated, wanted).ContainsAnyExcept((byte)0), Is.False, $"seed {seed}, step {step}");
            byte fill = (byte)random.Next(1, 256);
            new Span<byte>(allocated, wanted).Fill(fill);
            live.Add(((nint)allocated, wanted, fill));
        }
    }
}
