using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>For every k: all page requests from the k-th on are refused; what fails must leave no trace.</summary>
public sealed unsafe class KernelHeapOutOfMemoryTests
{
    private const ulong ArenaPages = 4096;

    private static readonly nuint[] s_sizes = [64, 8, 3000, 16384, 20000, 100, 1000, 5_000_000, 24, 700, 16385, 4096];

    [Test]
    public void Initialisation_takes_all_its_pages_or_none()
    {
        for (ulong k = 0; ; k++)
        {
            using HostArena arena = HostArena.Create(ArenaPages);
            HostHeap heap = default;
            arena.RefuseAfter(k);
            bool initialized = heap.TryInitialize(arena, arena.Window);
            if (initialized)
            {
                Assert.That(k, Is.GreaterThan(2));
                return;
            }

            Assert.That(arena.PagesOut, Is.Zero, $"k = {k}");
        }
    }

    [Test]
    public void A_refused_page_request_fails_the_allocation_and_leaves_no_trace()
    {
        bool refused = true;
        for (ulong k = 0; refused; k++)
        {
            using HostArena arena = HostArena.Create(ArenaPages);
            HostHeap heap = default;
            Assert.That(heap.TryInitialize(arena, arena.Window));
            ulong tables = arena.PagesOut;
            arena.RefuseAfter(k);
            refused = false;
            List<nint> live = [];
            foreach (nuint size in s_sizes)
            {
                ulong pagesBefore = arena.PagesOut;
                ulong failuresBefore = heap.GetStatistics().FailedAllocations;
                byte* block = heap.Allocate(size);
                if (block != null)
                {
                    new Span<byte>(block, (int)size).Fill(0x3C);
                    live.Add((nint)block);
                    continue;
                }

                refused = true;
                Assert.That(arena.PagesOut, Is.LessThanOrEqualTo(pagesBefore), $"k = {k}, size {size}");
                Assert.That(heap.GetStatistics().FailedAllocations, Is.EqualTo(failuresBefore + 1));
                Assert.That(heap.GetStatistics().LiveBlocks, Is.EqualTo((ulong)live.Count));
                Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None), $"k = {k}, size {size}");
            }

            arena.RefuseNothing();
            foreach (nuint size in s_sizes) live.Add((nint)heap.Allocate(size));
            foreach (nint block in live) Assert.That(block != 0 && heap.Free((void*)block) == HeapFreeResult.Ok, $"k = {k}");
            heap.Trim();
            Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));
            Assert.That(arena.PagesOut, Is.EqualTo(tables), $"k = {k}");
        }
    }

    [Test]
    public void A_heap_that_ran_full_serves_again_after_frees()
    {
        using HostArena arena = HostArena.Create(256);
        HostHeap heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window));
        for (int round = 0; round < 3; round++)
        {
            List<nint> live = [];
            for (byte* block = heap.Allocate(96); block != null; block = heap.Allocate(96)) live.Add((nint)block);
            Assert.That(live, Has.Count.GreaterThan(8000), "nearly all of the arena is blocks");
            Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));
            foreach (nint block in live) Assert.That(heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
        }
    }
}
