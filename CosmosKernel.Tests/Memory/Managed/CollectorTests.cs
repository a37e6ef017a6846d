using System.Collections.Generic;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

public sealed unsafe class CollectorTests
{
    private HostArena _arena;
    private ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> _heap;

    [SetUp]
    public void CreateHeap()
    {
        _arena = HostArena.Create(16_384);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_heap.GetStatistics().TotalPages, Is.EqualTo(_arena.PagesOut), "every page taken is accounted for");
        _arena.Dispose();
    }

    [Test]
    public void What_nothing_reaches_is_freed_and_its_pages_go_back()
    {
        byte* kept = New(4);
        ulong pages = _arena.PagesOut;
        for (int i = 0; i < 20_000; i++) New(i % 50);
        for (int i = 0; i < 5; i++) New(50_000);
        CollectionResult result = Collect(kept);
        Assert.That(result.FreedObjects, Is.EqualTo(20_005));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(1));
        _heap.Trim();
        Assert.That(_arena.PagesOut, Is.LessThanOrEqualTo(pages));
    }

    [Test]
    public void Cycles_are_freed_and_cycles_that_are_reached_stay()
    {
        byte* first = Cycle();
        byte* second = Cycle();
        Collect(first);
        Assert.That(IsObject(first) && IsObject(*Element(first, 0)));
        Assert.That(!IsObject(second));
        Collect(null);
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.Zero);
    }

    [TestCase(500_000, 16_384u)]
    [TestCase(500_000, 1u)]
    public void A_long_list_needs_no_stack(int length, uint stackEntries)
    {
        _heap.LimitMarkStack(stackEntries > 4096 ? 1024 : stackEntries);
        byte* head = null;
        for (int i = 0; i < length; i++)
        {
            byte* node = New(2);
            *Element(node, 0) = head;
            *Element(node, 1) = node;
            head = node;
        }

        Assert.That(Collect(head).FreedObjects, Is.Zero);
        Assert.That(Collect(null).FreedObjects, Is.EqualTo((ulong)length));
    }

    [TestCase(1u)]
    [TestCase(3u)]
    [TestCase(100u)]
    public void Objects_that_the_mark_stack_has_no_room_for_are_found_again(uint stackEntries)
    {
        _heap.LimitMarkStack(stackEntries);
        byte* root = New(3000);
        for (int i = 0; i < 3000; i++)
        {
            byte* child = *Element(root, i) = New(3);
            for (int j = 0; j < 3; j++) *Element(child, j) = New(1);
        }

        for (int i = 0; i < 1000; i++) New(1);
        CollectionResult result = Collect(root);
        Assert.That(result.FreedObjects, Is.EqualTo(1000));
        Assert.That(result.Rescans, Is.Positive, "the stack was too short");
    }

    [Test]
    public void A_wide_array_does_not_fill_the_mark_stack()
    {
        byte* root = New(100_000);
        for (int i = 0; i < 100_000; i++) *Element(*Element(root, i) = New(1), 0) = root;
        Assert.That(Collect(root).Rescans, Is.Zero);
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(100_001));
    }

    [Test]
    public void A_word_into_an_object_or_one_past_its_end_keeps_it_and_no_other_does()
    {
        const int objectBytes = 64;
        List<nint> objects = [];
        for (int i = 0; i < 6; i++) objects.Add((nint)New(5));
        byte* middle = (byte*)objects[3];
        for (nint offset = -24; offset <= objectBytes + 24; offset += 8)
        {
            nint word = (nint)middle + offset;
            _heap.BeginCollection();
            foreach (nint other in objects)
            {
                if (other != (nint)middle) _heap.MarkReference((void*)other);
            }

            _heap.MarkWords(&word, &word + 1);
            _heap.FinishCollection();
            bool isInside = offset >= 0 && offset <= objectBytes - 8;
            Assert.That(IsObject(middle), Is.EqualTo(isInside), $"{offset}");
            if (IsObject(middle)) continue;
            Assert.That((nint)New(5), Is.EqualTo((nint)middle), "the hole is taken again");
        }
    }

    [Test]
    public void Words_that_are_no_addresses_of_objects_keep_nothing()
    {
        byte* large = New(10_000);
        byte* small = New(1);
        ulong start = _arena.Window.Start.Start.Value;
        ulong[] words = [0, 1, 8, 4096, ulong.MaxValue, ulong.MaxValue - 7, start, start + 8, start + (1UL << 24), (ulong)small - 8, (ulong)large - 8];
        _heap.BeginCollection();
        fixed (ulong* first = words) _heap.MarkWords(first, first + words.Length);
        Assert.That(_heap.FinishCollection().FreedObjects, Is.EqualTo(2));
    }

    [Test]
    public void An_object_without_a_type_is_being_made_and_stays()
    {
        List<nint> starts = [];
        foreach (int size in (int[])[24, 40, 1000, 16_000, 20_000])
        {
            for (int i = 0; i < 9; i++) starts.Add((nint)_heap.Allocate((nuint)size));
        }

        byte* reached = New(1);
        *Element(reached, 0) = (byte*)starts[4] + ManagedObject.HeaderBytes;
        Assert.That(Collect(reached).FreedObjects, Is.Zero);
        foreach (nint start in starts) *(nint*)(start + 8) = typeof(object).TypeHandle.Value;
        Assert.That(Collect(null).FreedObjects, Is.EqualTo((ulong)starts.Count + 1));
    }

    [Test]
    public void Memory_that_a_collection_freed_is_zero_when_it_comes_again()
    {
        for (int i = 0; i < 1000; i++)
        {
            byte* array = New(10);
            for (int j = 0; j < 10; j++) *Element(array, j) = array;
        }

        Collect(null);
        for (int i = 0; i < 1000; i++)
        {
            byte* array = New(10);
            for (int j = 0; j < 10; j++) Assert.That(*Element(array, j) == null);
        }
    }

    [Test]
    public void An_object_outside_the_heap_keeps_what_it_refers_to()
    {
        byte*[] image = [null, (byte*)typeof(object[]).TypeHandle.Value, (byte*)3, New(1), null, New(1)];
        byte* dropped = New(1);
        fixed (byte** start = image)
        {
            _heap.BeginCollection();
            Assert.That(_heap.MarkFrom(start + 1), Is.EqualTo((nuint)(6 * sizeof(nint))));
            _heap.FinishCollection();
        }

        Assert.That(IsObject(image[3]) && IsObject(image[5]) && !IsObject(dropped));
    }

    [Test]
    public void The_bytes_taken_are_counted_from_one_collection_to_the_next()
    {
        Assert.That(_heap.TakenSinceCollection, Is.Zero);
        New(100_000);
        for (int i = 0; i < 1000; i++) New(100);
        ulong taken = _heap.TakenSinceCollection;
        Assert.That(taken, Is.GreaterThan(800_000UL + 824_000).And.LessThan(2_000_000UL));
        Assert.That(Collect(null).AllocatedBytes, Is.EqualTo(taken));
        Assert.That(_heap.TakenSinceCollection, Is.Zero);
    }

    [TestCase(0UL, 250UL << 20, 256UL << 20, 8UL << 20)]
    [TestCase(100UL << 20, 150UL << 20, 256UL << 20, 75UL << 20)]
    [TestCase(30UL << 20, 150UL << 20, 256UL << 20, 30UL << 20)]
    [TestCase(5UL << 20, 100UL << 10, 10UL << 20, 64UL << 10)]
    public void The_budget_follows_what_survived_and_what_is_free(ulong survived, ulong free, ulong machine, ulong expected) =>
        Assert.That(CollectionBudget.Next(survived, free, machine), Is.EqualTo(expected));

    private byte* New(int length) => FakeObjects.New(ref _heap, typeof(object[]), length);

    private bool IsObject(byte* reference) => FakeObjects.IsObject(ref _heap, reference);

    private static byte** Element(byte* array, int index) => FakeObjects.Element(array, index);

    private CollectionResult Collect(byte* root)
    {
        _heap.BeginCollection();
        _heap.MarkReference(root);
        return _heap.FinishCollection();
    }

    private byte* Cycle()
    {
        byte* first = New(1);
        byte* second = New(1);
        *Element(first, 0) = second;
        *Element(second, 0) = first;
        return first;
    }
}
