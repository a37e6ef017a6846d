using System.Collections.Generic;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>What lies where, of what CPUs have each for itself, and what comes of a block that two of them free at the same moment.</summary>
public sealed unsafe class HeapFrontTests
{
    private const uint LargestBytes = 16384;

    private HostArena _arena;
    private HostHeap _heap;
    private ProcessorLocals* _before;
    private ProcessorLocals*[] _processors = [];

    [SetUp]
    public void CreateHeap()
    {
        _before = default(HostProcessor).Current;
        _processors = [HostProcessor.Make(0), HostProcessor.Make(1), HostProcessor.Make(2)];
        _arena = HostArena.Create(8192);
        HostProcessor.Become(_processors[0]);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
        Assert.That(_heap.TryAddCpu(_processors[1]) && _heap.TryAddCpu(_processors[2]));
    }

    [TearDown]
    public void Dispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        HostProcessor.Become(_before);
        _arena.Dispose();
    }

    [Test]
    public void What_the_fast_ways_write_is_a_magazine_on_lines_of_its_own()
    {
        Assert.That(sizeof(Magazine), Is.EqualTo(Magazine.LineBytes), "the head is a line");
        Assert.That(_heap.TryCreateCache("own", 100, 8, null, out SlabCacheId cache));
        Dictionary<nint, string> lines = [];
        for (int number = 0; number < _processors.Length; number++)
        {
            HeapFront* front = (HeapFront*)_processors[number]->Blocks;
            for (nint offset = 0; offset < HeapFront.SizeBytes; offset += Magazine.LineBytes) Claim(lines, (nint)front + offset, $"front {number}");
            for (uint i = 0; i < _heap.CacheLimit; i++)
            {
                if (!_heap.IsCache(i)) continue;
                Magazine* magazine = HeapFront.OfClass(front, i);
                Assert.That((nint)magazine % Magazine.LineBytes == 0);
                Assert.That((nint)magazine->Bottom, Is.EqualTo((nint)magazine + Magazine.LineBytes));
                for (nint line = (nint)magazine; line < (nint)magazine->End; line += Magazine.LineBytes) Claim(lines, line, $"magazine {i} of {number}");
            }
        }

        Assert.That(_heap.TryDestroyCache(cache));
    }

    [Test]
    public void Blocks_of_different_CPUs_lie_in_slabs_whose_states_share_no_line()
    {
        Dictionary<nint, int> ownerOfLine = [];
        for (int i = 0; i < 3000; i++)
        {
            int number = i % _processors.Length;
            HostProcessor.Become(_processors[number]);
            byte* block = _heap.Allocate((nuint)(8 << (i % 5)));
            nint line = (nint)StateOf(block) / Magazine.LineBytes;
            Assert.That(ownerOfLine.TryAdd(line, number) || ownerOfLine[line] == number, "states of two CPUs' blocks share a line");
            line = (nint)block / Magazine.LineBytes;
            Assert.That(ownerOfLine.TryAdd(-line, number) || ownerOfLine[-line] == number, "two CPUs' blocks share a line");
        }
    }

    [Test]
    public void Blocks_that_go_back_home_are_their_owners_again()
    {
        HostProcessor.Become(_processors[1]);
        List<nint> blocks = [];
        for (int i = 0; i < 500; i++) blocks.Add((nint)_heap.Allocate(64));
        HostProcessor.Become(_processors[2]);
        HashSet<nint> freed = [];
        for (int i = 0; i < blocks.Count; i++)
        {
            if (i % 4 == 0) continue; // Some live: the slabs stay.
            freed.Add(blocks[i]);
            _heap.Free((void*)blocks[i]);
        }

        _heap.Drain();
        HostProcessor.Become(_processors[0]);
        for (int i = 0; i < 500; i++) Assert.That(freed.Contains((nint)_heap.Allocate(64)), Is.False);
        HostProcessor.Become(_processors[1]);
        int found = 0;
        for (int i = 0; i < freed.Count; i++) found += freed.Contains((nint)_heap.Allocate(64)) ? 1 : 0;
        Assert.That(found, Is.GreaterThan(freed.Count - 30), "all but what its magazine had before");
    }

    [Test]
    public void Without_pages_a_CPU_takes_over_slabs_of_others()
    {
        HostProcessor.Become(_processors[1]);
        List<nint> blocks = [];
        for (int i = 0; i < 256; i++) blocks.Add((nint)_heap.Allocate(64));
        for (int i = 0; i < 256; i += 2) _heap.Free((void*)blocks[i]);
        _heap.Drain();
        HostProcessor.Become(_processors[2]);
        _arena.RefuseAfter(0);
        for (int i = 0; i < 100; i++) Assert.That(_heap.Allocate(64) != null, $"{i}");
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        _arena.RefuseNothing();
    }

    [Test]
    public void A_block_freed_by_two_CPUs_at_once_is_had_by_who_pops_it_first()
    {
        byte* block = FreeTwice();
        HostProcessor.Become(_processors[1]);
        Assert.That((nint)_heap.Allocate(LargestBytes), Is.EqualTo((nint)block));
        HostProcessor.Become(_processors[0]);
        Assert.That((nint)_heap.Allocate(LargestBytes), Is.Not.EqualTo((nint)block));
        Assert.That(_heap.RefusalsFor(HeapFreeResult.DoubleFree), Is.EqualTo(1));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(2));
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.DoubleFree));
    }

    [Test]
    public void A_block_freed_by_two_CPUs_at_once_goes_back_once()
    {
        byte* block = FreeTwice();
        HostProcessor.Become(_processors[1]);
        Assert.That((nint)_heap.Allocate(LargestBytes), Is.EqualTo((nint)block));
        HostProcessor.Become(_processors[0]);
        _heap.Drain();
        Assert.That(_heap.RefusalsFor(HeapFreeResult.DoubleFree), Is.EqualTo(1));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(1), "it is the other's");
    }

    [Test]
    public void A_slab_whose_object_a_CPU_has_yet_does_not_go()
    {
        byte* block = FreeTwice();
        HostProcessor.Become(_processors[1]);
        _heap.Drain();
        _heap.Trim();
        Assert.That(_heap.GetClassStatistics(_heap.SlabAt(block)->ClassIndex).Slabs, Is.EqualTo(1));
        Assert.That(*StateOf(block), Is.EqualTo(ObjectState.Live), "lost, so that nobody gets it");
        HostProcessor.Become(_processors[0]);
        Assert.That((nint)_heap.Allocate(LargestBytes), Is.Not.EqualTo((nint)block));
        Assert.That(_heap.RefusalsFor(HeapFreeResult.DoubleFree), Is.EqualTo(1));
    }

    // As if both had found the block Live: it is in the magazines of both then.
    private byte* FreeTwice()
    {
        HostProcessor.Become(_processors[0]);
        byte* block = _heap.Allocate(LargestBytes);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        *StateOf(block) = ObjectState.Live;
        HostProcessor.Become(_processors[1]);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        return block;
    }

    private byte* StateOf(byte* block)
    {
        Slab* slab = _heap.SlabAt(block);
        return Slab.States(slab) + slab->IndexAt((nuint)(block - slab->Start));
    }

    private static void Claim(Dictionary<nint, string> lines, nint address, string owner)
    {
        nint line = address / Magazine.LineBytes;
        Assert.That(lines.TryAdd(line, owner), $"{owner} shares a line with {lines[line]}");
    }
}
