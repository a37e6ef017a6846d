using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

/// <summary>Objects as Cosmos's IL2CPU lays them out, with their addresses of 32 bits, under the collector.</summary>
public sealed unsafe class CosmosObjectTests
{
    private const ulong PageCount = 16_384;
    private const uint HeaderWords = 3;
    private const uint TypeNumber = 17;
    private const uint NormalObject = 1;

    private LowMemory _memory = null!;
    private HostArena _arena;
    private ManagedHeap<HostArena, CosmosObjects, HostProcessor, HostGuard> _heap;

    [SetUp]
    public void CreateHeap()
    {
        _memory = new LowMemory(PageCount * 4096);
        _arena = HostArena.Over(_memory.Start, PageCount);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        _arena.Dispose();
        _memory.Dispose();
    }

    [Test]
    public void An_object_is_zeroed_with_the_count_before_it()
    {
        byte* reference = New(5);
        Assert.That(new ReadOnlySpan<uint>(reference + (HeaderWords * 4), 10).ToArray(), Is.All.Zero);
        Assert.That(CountOf(reference), Is.Zero);
        Assert.That((ulong)reference % 8, Is.Zero);
    }

    [Test]
    public void A_root_count_keeps_an_object_with_what_it_refers_to()
    {
        byte* holder = New(3);
        byte* held = New(1);
        byte* lost = New(1);
        Refer(holder, 2, held);
        _heap.AddRoot(holder);
        Assert.That(CountOf(holder), Is.EqualTo(2), "the lowest bit is Cosmos's");
        Assert.That(Collect().FreedObjects, Is.EqualTo(1));
        Assert.That(_heap.IsObject(holder) && _heap.IsObject(held) && !_heap.IsObject(lost));
        _heap.DropRoot(holder);
        Assert.That(Collect().FreedObjects, Is.EqualTo(2));
    }

    [Test]
    public void Counts_of_what_is_no_object_change_nothing()
    {
        byte* reference = New(4);
        _heap.AddRoot(null);
        _heap.AddRoot(reference + 8);
        _heap.AddRoot((void*)0x1234);
        _heap.DropRoot(reference);
        Assert.That(CountOf(reference), Is.Zero, "no count below 0");
    }

    [Test]
    public void A_count_that_is_full_keeps_its_object_for_good()
    {
        byte* reference = New(1);
        for (int i = 0; i < 40_000; i++) _heap.AddRoot(reference);
        for (int i = 0; i < 40_000; i++) _heap.DropRoot(reference);
        Assert.That(Collect().FreedObjects, Is.Zero);
    }

    [Test]
    public void A_large_array_of_references_is_looked_through()
    {
        const int Length = 100_000;
        byte* array = New(Length);
        byte*[] items = new byte*[Length];
        for (int i = 0; i < Length; i++) Refer(array, i, items[i] = New(1));
        Assert.That(Collect(array).FreedObjects, Is.Zero);
        foreach (byte* item in items) Assert.That(_heap.IsObject(item));
        Assert.That(Collect().FreedObjects, Is.EqualTo(Length + 1));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void What_is_freed_is_what_a_search_does_not_reach(int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        Dictionary<nuint, nuint[]> graph = [];
        Dictionary<nuint, int> counts = [];
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 300; i++) Change(random, graph, counts);
            nuint[] stack = [.. graph.Keys.OrderBy(_ => random.Next()).Take(3)];
            HashSet<nuint> reached = Reach(graph, stack.Concat(counts.Where(c => c.Value > 0).Select(c => c.Key)));
            _heap.BeginCollection();
            fixed (nuint* words = stack) _heap.MarkWords(words, words + stack.Length);
            CollectionResult result = _heap.FinishCollection();
            Assert.That(result.FreedObjects, Is.EqualTo((ulong)(graph.Count - reached.Count)));
            foreach (nuint gone in graph.Keys.Except(reached).ToArray())
            {
                _ = graph.Remove(gone);
                _ = counts.Remove(gone);
            }

            Assert.That(graph.Keys.All(reference => _heap.IsObject((void*)reference)));
        }
    }

    private void Change(Random random, Dictionary<nuint, nuint[]> graph, Dictionary<nuint, int> counts)
    {
        int fields = random.Next(20) == 0 ? random.Next(3000) : random.Next(8);
        nuint made = (nuint)New(fields);
        graph[made] = new nuint[fields];
        nuint[] all = [.. graph.Keys];
        nuint some = all[random.Next(all.Length)];
        if (random.Next(4) == 0)
        {
            _heap.AddRoot((void*)some);
            counts[some] = counts.GetValueOrDefault(some) + 1;
        }
        else if (counts.GetValueOrDefault(some) > 0)
        {
            _heap.DropRoot((void*)some);
            counts[some]--;
        }

        foreach (nuint holder in new[] { made, some })
        {
            if (graph[holder].Length == 0) continue;
            int field = random.Next(graph[holder].Length);
            nuint target = random.Next(5) == 0 ? 0 : all[random.Next(all.Length)];
            graph[holder][field] = target;
            Refer((byte*)holder, field, (byte*)target);
        }
    }

    private static HashSet<nuint> Reach(Dictionary<nuint, nuint[]> graph, IEnumerable<nuint> roots)
    {
        Stack<nuint> open = new(roots);
        HashSet<nuint> reached = [];
        while (open.TryPop(out nuint reference))
        {
            if (reference == 0 || !reached.Add(reference)) continue;
            foreach (nuint target in graph[reference]) open.Push(target);
        }

        return reached;
    }

    private CollectionResult Collect(params byte*[] roots)
    {
        _heap.BeginCollection();
        foreach (byte* root in roots)
        {
            nuint word = (nuint)root;
            _heap.MarkWords(&word, &word + 1);
        }

        return _heap.FinishCollection();
    }

    /// <summary>As the compiler does after <c>AllocNewObject</c>: type, kind, size.</summary>
    private byte* New(int fieldCount)
    {
        uint sizeBytes = (HeaderWords * 4) + ((uint)fieldCount * 8);
        byte* start = _heap.Allocate(sizeBytes + ManagedObject.HeaderBytes);
        Assert.That(start != null);
        uint* words = (uint*)(start + ManagedObject.HeaderBytes);
        words[0] = TypeNumber;
        words[1] = NormalObject;
        words[2] = sizeBytes;
        return (byte*)words;
    }

    /// <summary>A reference takes eight bytes, the address in the upper four.</summary>
    private static void Refer(byte* holder, int field, byte* target) =>
        ((uint*)(holder + (HeaderWords * 4)))[(2 * field) + 1] = (uint)target;

    private static ushort CountOf(byte* reference) => ((ushort*)reference)[-1];
}
