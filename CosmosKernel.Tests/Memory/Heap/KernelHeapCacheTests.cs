using System;
using System.Collections.Generic;
using System.Text;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>Callers' own caches, colours, and what CPUs have of the heap.</summary>
public sealed unsafe class KernelHeapCacheTests
{
    private static int s_constructed;

    private HostArena _arena;
    private ulong _tablePages;
    private HostHeap _heap;

    [SetUp]
    public void CreateHeap()
    {
        s_constructed = 0;
        _arena = HostArena.Create(4096);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
        _tablePages = _arena.PagesOut;
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_heap.GetStatistics().TotalPages, Is.EqualTo(_arena.PagesOut));
        _arena.Dispose();
    }

    [Test]
    public void Objects_are_constructed_once_and_come_back_as_they_were_freed()
    {
        Assert.That(_heap.TryCreateCache("inode", 200, 16, &Construct, out SlabCacheId cache));
        HashSet<nint> seen = [];
        for (int round = 0; round < 50; round++)
        {
            byte* block = _heap.AllocateFrom(cache);
            Assert.That(*(ulong*)block, Is.EqualTo(0xC0FFEEUL));
            seen.Add((nint)block);
            Assert.That(_heap.SizeOf(block), Is.EqualTo((nuint)208));
            Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        }

        Assert.That(seen, Has.Count.EqualTo(1));
        Assert.That(s_constructed, Is.EqualTo(8192 / 208));
    }

    [TestCase(1u, 1u)]
    [TestCase(24u, 8u)]
    [TestCase(100u, 64u)]
    [TestCase(100u, 4096u)]
    [TestCase(3000u, 1024u)]
    [TestCase(16384u, 4096u)]
    public void Objects_of_a_cache_are_aligned_as_it_says_and_its_own(uint size, uint alignment)
    {
        Assert.That(_heap.TryCreateCache("mine", size, alignment, null, out SlabCacheId cache));
        for (int i = 0; i < 200; i++)
        {
            byte* block = _heap.AllocateFrom(cache);
            Assert.That((nuint)block % alignment == 0);
            new Span<byte>(block, (int)size).Fill(0xAB);
        }

        SizeClassStatistics figures = _heap.GetClassStatistics(cache.Index);
        Assert.That(figures.LiveObjects, Is.EqualTo(200));
        Assert.That(figures.ObjectBytes, Is.GreaterThanOrEqualTo((ulong)size));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(200));
    }

    [TestCase(0u, 8u)]
    [TestCase(16385u, 8u)]
    [TestCase(64u, 0u)]
    [TestCase(64u, 24u)]
    [TestCase(64u, 8192u)]
    public void Wrong_sizes_and_alignments_make_no_cache(uint size, uint alignment) =>
        Assert.That(_heap.TryCreateCache("no", size, alignment, null, out _), Is.False);

    [Test]
    public void A_cache_goes_when_nothing_of_it_is_live()
    {
        Assert.That(_heap.TryCreateCache("short lived", 64, 64, null, out SlabCacheId cache));
        byte* block = _heap.AllocateFrom(cache);
        Assert.That(_heap.TryDestroyCache(cache), Is.False);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.TryDestroyCache(cache), Is.True);
        Assert.That(_arena.PagesOut, Is.EqualTo(_tablePages));
    }

    [Test]
    public void There_is_room_for_24_caches_which_keep_their_names()
    {
        List<SlabCacheId> caches = [];
        while (_heap.TryCreateCache($"cache number {caches.Count} of many", 32, 8, null, out SlabCacheId cache)) caches.Add(cache);
        Assert.That(caches, Has.Count.EqualTo(24));
        Assert.That(NameOf(caches[7].Index), Is.EqualTo("cache number 7 of many"));
        Assert.That(NameOf(caches[12].Index), Is.EqualTo("cache number 12 of many"));
        Assert.That(NameOf(0), Is.Empty);
        foreach (SlabCacheId cache in caches) Assert.That(_heap.TryDestroyCache(cache));
        Assert.That(_heap.TryCreateCache("again", 32, 8, null, out _));
    }

    [Test]
    public void A_refused_page_leaves_no_cache()
    {
        Assert.That(_heap.TryAddCpu(HostProcessor.Make(1)));
        ulong pages = _arena.PagesOut;
        for (ulong more = 0; more < 2; more++)
        {
            _arena.RefuseAfter(more);
            Assert.That(_heap.TryCreateCache("none", 64, 8, null, out _), Is.False);
            Assert.That(_arena.PagesOut, Is.EqualTo(pages));
        }

        _arena.RefuseNothing();
        Assert.That(_heap.TryCreateCache("one", 64, 8, null, out _));
    }

    [TestCase(1u, 2)]
    [TestCase(3u, 4)]
    public void Empty_slabs_above_the_mark_go_back(uint mark, int slabsLeft)
    {
        Assert.That(_heap.TryCreateCache("marked", 2048, 8, null, out SlabCacheId cache));
        _heap.SetEmptyMark(cache, mark);
        List<nint> blocks = [];
        for (int i = 0; i < 40; i++) blocks.Add((nint)_heap.AllocateFrom(cache));
        Assert.That(_heap.GetClassStatistics(cache.Index).Slabs, Is.EqualTo(10));
        blocks.Sort();
        foreach (nint block in blocks) _heap.Free((void*)block);

        // The magazine and the depot keep the last of them, which lie in a slab or two.
        Assert.That(_heap.GetClassStatistics(cache.Index).Slabs, Is.EqualTo(slabsLeft).Within(1));
    }

    [Test]
    public void Slabs_with_a_tail_begin_at_different_lines_of_their_first_page()
    {
        // 640 bytes: 12 to a slab of 8 KiB, 512 bytes left, alignment 128: five colours.
        HashSet<nint> offsets = [];
        HashSet<nint> slabs = [];
        for (int i = 0; i < 12 * 10; i++)
        {
            byte* block = _heap.Allocate(640);
            Assert.That((nuint)block % 128 == 0);
            if (slabs.Add((nint)block / 8192)) offsets.Add((nint)block % 8192 % 640);
        }

        Assert.That(slabs, Has.Count.EqualTo(10));
        Assert.That(offsets, Is.EquivalentTo((nint[])[0, 128, 256, 384, 512]));
    }

    [Test]
    public void Addresses_before_a_coloured_slabs_first_object_are_no_blocks()
    {
        for (uint size = 16; size <= 16384; size += size / 16 * 16)
        {
            byte* first = _heap.Allocate(size);
            byte* page = (byte*)((nuint)first & ~(nuint)4095);
            for (byte* address = page; address < first; address += 1)
            {
                HeapFreeResult result = _heap.Free(address);
                Assert.That(result is HeapFreeResult.Interior or HeapFreeResult.DoubleFree or HeapFreeResult.Ok, $"{size}: {result}");
                if (result == HeapFreeResult.Ok) break;
            }
        }
    }

    [Test]
    public void What_one_CPU_frees_another_allocates_through_the_depot()
    {
        ProcessorLocals* first = default(HostProcessor).Current;
        ProcessorLocals* other = HostProcessor.Make(1);
        Assert.That(_heap.TryAddCpu(other));
        List<nint> blocks = [];
        HostProcessor.Become(other);
        for (int i = 0; i < 90; i++) blocks.Add((nint)_heap.Allocate(64));
        HostProcessor.Become(first);
        ulong refills = _heap.GetClassStatistics(4).Refills;
        foreach (nint block in blocks) Assert.That(_heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        ulong cached = _heap.GetClassStatistics(4).CachedObjects;
        Assert.That(cached, Is.EqualTo(60), "a magazine and bundles");

        HostProcessor.Become(other);
        HashSet<nint> before = [.. blocks];
        for (int i = 0; i < 30; i++) Assert.That(before, Does.Contain((nint)_heap.Allocate(64)));
        Assert.That(_heap.GetClassStatistics(4).CachedObjects, Is.EqualTo(cached - 30), "no slab was asked");
        Assert.That(_heap.GetClassStatistics(4).Refills, Is.GreaterThan(refills));
        Assert.That(_heap.GetClassStatistics(4).LiveObjects, Is.EqualTo(30));
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        HostProcessor.Become(first);
    }

    [Test]
    public void Every_CPU_drains_its_own_magazines_and_trimming_empties_the_depot()
    {
        ProcessorLocals* first = default(HostProcessor).Current;
        ProcessorLocals* other = HostProcessor.Make(7);
        Assert.That(_heap.TryAddCpu(other));
        ulong tables = _arena.PagesOut;
        for (int round = 0; round < 2; round++)
        {
            HostProcessor.Become(round == 0 ? first : other);
            List<nint> blocks = [];
            for (int i = 0; i < 100; i++) blocks.Add((nint)_heap.Allocate((nuint)(i * 3)));
            foreach (nint block in blocks) _heap.Free((void*)block);
        }

        HostProcessor.Become(first);
        Assert.That(_heap.Trim(), Is.GreaterThan(0));
        Assert.That(_arena.PagesOut, Is.GreaterThan(tables), "what the other's magazines hold is not touched");
        HostProcessor.Become(other);
        _heap.Drain();
        Assert.That(_heap.Trim(), Is.GreaterThan(0));
        HostProcessor.Become(first);
        Assert.That(_arena.PagesOut, Is.EqualTo(tables));
    }

    [Test]
    public void A_CPU_that_comes_late_has_magazines_for_the_caches_that_there_are()
    {
        ProcessorLocals* first = default(HostProcessor).Current;
        ProcessorLocals* other = HostProcessor.Make(1);
        Assert.That(_heap.TryCreateCache("early", 48, 8, null, out SlabCacheId cache));
        ulong pages = _arena.PagesOut;
        for (ulong more = 0; more < 2; more++)
        {
            _arena.RefuseAfter(more);
            Assert.That(_heap.TryAddCpu(other), Is.False);
            Assert.That(_arena.PagesOut, Is.EqualTo(pages));
        }

        _arena.RefuseNothing();
        Assert.That(_heap.TryAddCpu(other));
        HostProcessor.Become(other);
        byte* block = _heap.AllocateFrom(cache);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That((nuint)_heap.AllocateFrom(cache), Is.EqualTo((nuint)block), "its own magazine");
        _heap.Free(block);
        HostProcessor.Become(first);
        Assert.That(_heap.TryDestroyCache(cache));
    }

    private static void Construct(void* block)
    {
        s_constructed++;
        *(ulong*)block = 0xC0FFEE;
    }

    private string NameOf(uint index)
    {
        StringBuilder name = new();
        for (int i = 0; _heap.NameAt(index, i) != 0; i++) name.Append((char)_heap.NameAt(index, i));
        return name.ToString();
    }
}
