using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MemOS.Lab.Heaps;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Heap;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Diagnostics;

/// <summary>The one trace that there is takes down everything that happens to raw blocks, and only while it is on.</summary>
[NonParallelizable]
public sealed unsafe class HeapTraceTests
{
    private const string Header = "0\n0\n0\n1\n";
    private const ulong ArenaPages = 4096;
    private static readonly StringBuilder s_written = new();

    private HostArena _arena;
    private HostHeap _heap;

    [SetUp]
    public void SetUp()
    {
        _arena = HostArena.Create(ArenaPages);
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
        s_written.Clear();
    }

    [TearDown]
    public void TearDown()
    {
        if (HeapTrace.IsOn) HeapTrace.Stop(ref _heap);
        _arena.Dispose();
    }

    [Test]
    public void A_block_has_a_line_when_it_comes_when_it_changes_and_when_it_goes()
    {
        byte* small = _heap.Allocate(40);
        _heap.Free(_heap.Allocate(100));
        Start();
        byte* block = _heap.Allocate(100);
        byte* large = _heap.AllocateZeroed(20000);
        byte* aligned = _heap.AllocateAligned(64, 512);
        byte* same = _heap.Reallocate(block, 101);
        byte* moved = _heap.Reallocate(same, 3000);
        byte* late = _heap.Reallocate(null, 7);
        _heap.Free(large, 20000);
        _heap.Free(small);
        _heap.Free(moved);
        Assert.That(Lines(), Is.EqualTo(new[]
        {
            $"a {Id(block)} 100", $"a {Id(large)} 20000", $"a {Id(aligned)} 64", $"r {Id(block)} 101 {Id(block)}", $"r {Id(block)} 3000 {Id(moved)}",
            $"a {Id(late)} 7", $"f {Id(large)}", $"f {Id(small)}", $"f {Id(moved)}",
        }));
        Assert.That((HeapTrace.Allocations, HeapTrace.Reallocations, HeapTrace.Frees), Is.EqualTo((4UL, 2UL, 3UL)));
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
    }

    [Test]
    public void Refusals_and_what_cannot_be_had_have_no_line()
    {
        Start();
        byte* block = _heap.Allocate(64);
        Assert.That(_heap.Free(block + 8), Is.EqualTo(HeapFreeResult.Interior));
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(_heap.Free(null), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Reallocate(block, 100) == null);
        Assert.That(_heap.Allocate(nuint.MaxValue) == null);
        Assert.That(_heap.AllocateAligned(8, 3) == null);
        Assert.That(Lines(), Has.Length.EqualTo(2));
    }

    [Test]
    public void Objects_of_ones_own_cache_are_in_it()
    {
        Assert.That(_heap.TryCreateCache("x", 72, 8, null, out SlabCacheId cache));
        Start();
        byte* first = _heap.AllocateFrom(cache);
        _heap.Free(first);
        Assert.That(Lines(), Has.Length.EqualTo(2).And.Some.EqualTo($"f {Id(first)}"));
    }

    [Test]
    public void Magazines_are_used_again_when_it_is_off_and_an_ID_never_comes_twice()
    {
        byte* block = _heap.Allocate(64);
        _heap.Free(block);
        ulong pages = _arena.PagesOut;
        Start();
        _heap.Free(_heap.Allocate(64));
        HeapTrace.Stop(ref _heap);
        Assert.That(_arena.PagesOut, Is.EqualTo(pages));
        byte* again = _heap.Allocate(64);
        Assert.That((nuint)again, Is.EqualTo((nuint)block));
        Assert.That(Lines(), Has.Length.EqualTo(2));
        _heap.Free(again);

        HeapTrace.Start(ref _heap, &Write);
        _heap.Free(_heap.Allocate(64));
        Assert.That(Lines().Distinct().Count(), Is.EqualTo(4), "another session, other IDs");
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
    }

    [TestCase(HeapWatch.None)]
    [TestCase(HeapWatch.Tracked)]
    [TestCase(HeapWatch.Checked)]
    public void A_trace_of_random_calls_is_replayed_without_an_error(HeapWatch watch)
    {
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window, new HeapOptions { Watch = watch }));
        Random random = new(11);
        List<nuint> blocks = [];
        for (int step = 0; step < 6000; step++)
        {
            if (step == 500) Start();
            int choice = random.Next(10);
            nuint size = (nuint)random.Next(random.Next(8) == 0 ? 40000 : 600);
            if (choice < 4 || blocks.Count == 0)
            {
                blocks.Add((nuint)_heap.Allocate(size));
                continue;
            }

            int victim = random.Next(blocks.Count);
            if (choice < 6)
            {
                blocks[victim] = (nuint)_heap.Reallocate((byte*)blocks[victim], size);
                continue;
            }

            Assert.That(_heap.Free((byte*)blocks[victim]), Is.EqualTo(HeapFreeResult.Ok));
            blocks[victim] = blocks[^1];
            blocks.RemoveAt(blocks.Count - 1);
        }

        HeapTrace.Stop(ref _heap);
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        HeapTraceReader reader = new(new MemoryStream(Encoding.ASCII.GetBytes(Header + string.Join('\n', Lines()))), "trace");
        using HeapReplay replay = HeapRegistry.NewReplay("slab", 16384);
        replay.Verify(reader, 0, new Progress<long>());
        Assert.That(reader.Line, Is.GreaterThan(5000));
        Assert.That(reader.UnknownBlocks, Is.LessThan(500), "what was there before");
        Assert.That(replay.Counts.Failures, Is.Zero);
    }

    private void Start() => HeapTrace.Start(ref _heap, &Write);

    private static void Write(byte character) => s_written.Append((char)character);

    /// <summary>The lines without the header, which only the first trace of all has.</summary>
    private static string[] Lines() => s_written.ToString().Replace(Header, "").Split('\n')[..^1];

    /// <summary>A multiple of 2^40 away from the address in units of 8: the last line says which.</summary>
    private static ulong Id(byte* block) => (((ulong)block >> 3) & ((1UL << 40) - 1)) + ((ulong.Parse(Lines()[^1].Split(' ')[1]) >> 40) << 40);
}
