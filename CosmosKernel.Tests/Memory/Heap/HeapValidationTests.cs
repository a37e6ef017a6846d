using MemOS.Collections;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>Each invariant, broken by hand: the validation names it.</summary>
public sealed unsafe class HeapValidationTests
{
    private const uint SizeClass = 4;

    private HostArena _arena;
    private SlabStore<HostArena> _store;
    private Magazine.Round _taken;
    private Slab* _slab;

    [SetUp]
    public void CreateStoreWithOneSlab()
    {
        _arena = HostArena.Create(512);
        _store = default;
        Assert.That(_store.TryInitialize(_arena, _arena.Window, SizeClassScheme.KernelBlocks));
        fixed (Magazine.Round* taken = &_taken) Assert.That(_store.Take(SizeClass, 0, taken, 1, default(MachineWords)), Is.EqualTo(1));
        _slab = _store.Map.Find(_taken.Block);
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_store.IsClassConsistent(SizeClass, 1));
    }

    [TearDown]
    public void Dispose() => _arena.Dispose();

    [Test]
    public void A_page_entered_for_a_slab_that_does_not_own_it()
    {
        Assert.That(_store.TryAddLarge(1, out byte* block));
        Slab* large = _store.Map.Find(block);
        _slab->PageCount++;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.MapEntries));
        _slab->PageCount--;
        large->PageCount++;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.MapEntries));
    }

    [Test]
    public void A_slab_whose_start_is_wrong()
    {
        _slab->Start += PageNumber.SizeBytes;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.MapEntries));
    }

    [Test]
    public void A_slab_of_another_shape_than_its_class()
    {
        _slab->ObjectSize += 16;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.SlabShape));
        _slab->ObjectSize -= 16;
        _slab->Reciprocal++;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.SlabShape));
    }

    [Test]
    public void A_state_that_is_none()
    {
        *_taken.State = 17;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.ObjectStates));
    }

    [Test]
    public void A_count_of_free_objects_that_is_wrong()
    {
        _slab->FreeCount--;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.ObjectStates));
    }

    [Test]
    public void A_free_object_below_the_hint()
    {
        _slab->FirstFreeHint = 2;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.ObjectStates));
    }

    [Test]
    public void A_slab_missing_from_its_classs_list()
    {
        *_store.ListOf(0, SizeClass) = null;
        Assert.That(_store.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_store.IsClassConsistent(SizeClass, 1), Is.False);
    }

    [Test]
    public void A_class_whose_counts_are_not_the_sums()
    {
        _store.Cache(SizeClass)->FreeObjects++;
        Assert.That(_store.IsClassConsistent(SizeClass, 1), Is.False);
        _store.Cache(SizeClass)->FreeObjects--;
        _store.Cache(SizeClass)->EmptySlabs++;
        Assert.That(_store.IsClassConsistent(SizeClass, 1), Is.False);
        _store.Cache(SizeClass)->EmptySlabs--;
        Assert.That(_store.IsClassConsistent(SizeClass, 0), Is.False, "a cached object that no magazine has");
        Assert.That(_store.IsClassConsistent(SizeClass, 1));
    }

    [Test]
    public void Runs_that_cross_regions_of_the_map_are_found_on_both_sides()
    {
        using HostArena arena = HostArena.Create(2048);
        SlabStore<HostArena> store = default;
        Assert.That(store.TryInitialize(arena, arena.Window, SizeClassScheme.KernelBlocks));
        nuint before = store.TablePages;
        Assert.That(store.TryAddLarge(1200, out byte* block));
        Slab* slab = store.Map.Find(block);
        for (nuint page = 0; page < 1200; page++) Assert.That(store.Map.Find(block + (page * 4096) + 4095) == slab);
        Assert.That(store.Map.IsKnown(store.Map.Find(block - 1)), Is.False);
        Assert.That(store.Map.IsKnown(store.Map.Find(block + (1200 * 4096))), Is.False);
        Assert.That(store.Validate(), Is.EqualTo(HeapInvariant.None));
        store.RemoveLarge(slab);
        Assert.That(store.TablePages == before, "leaves and descriptors go back with their last entry");
    }
}
