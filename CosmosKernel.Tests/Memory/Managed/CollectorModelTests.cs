using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

/// <summary>Random graphs with handles and finalizers: what a collection leaves is what a search of the model reaches.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed unsafe class CollectorModelTests
{
    private const int MostObjects = 3000;
    private const int MostRoots = 20;
    private const int MostHandles = 300;

    private static readonly HandleKind[] s_kinds =
        [HandleKind.Weak, HandleKind.WeakTrackResurrection, HandleKind.Normal, HandleKind.Pinned, HandleKind.Dependent];

    private static readonly Lazy<int[]> s_usedOfTuple = new(FindUsedOfTuple);

    private readonly List<Item> _objects = [];
    private readonly List<Item> _roots = [];
    private readonly List<(nint Handle, HandleKind Kind, Item? Target, Item? Secondary)> _handles = [];
    private readonly List<Item> _registered = [];
    private readonly List<Item> _ready = [];
    private int _registrations;
    private HostArena _arena;
    private ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> _heap;
    private Random _random = new(0);

    /// <summary>An object of the model; its references lie at the words that its type says.</summary>
    private sealed class Item
    {
        public byte* Reference;
        public int[] Words = [];
        public Item?[] Targets = [];
        public bool IsSuppressed;
        public int Registration;

        public override string ToString() => $"{(nint)Reference:x}";
    }

    [TearDown]
    public void Dispose() => _arena.Dispose();

    [TestCase(1, 50_000)]
    [TestCase(2, 50_000)]
    public void A_collection_leaves_what_is_reached(int seed, int operations) => Run(seed, operations);

    [TestCase(3, 1_000_000)]
    [Category("Long")]
    public void A_million_operations_leave_what_is_reached(int seed, int operations) => Run(seed, operations);

    private void Run(int seed, int operations)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        _random = new Random(seed);
        _arena = HostArena.Create(8192);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
        for (int i = 0; i < operations; i++)
        {
            Step();
            if (i % 500 == 499 || _objects.Count > MostObjects) Collect($"operation {i}");
            if (_objects.Count > MostObjects / 2) CutMany();
        }

        _roots.Clear();
        foreach ((nint handle, _, _, _) in _handles) _heap.FreeHandle((Handle*)handle);
        _handles.Clear();
        for (int i = 0; i < 3; i++)
        {
            Collect("the end");
            while (_ready.Count != 0) TakeReady();
        }

        Assert.That(_heap.GetStatistics().LiveBlocks, Is.Zero);
    }

    private void Step()
    {
        int choice = _random.Next(100);
        if (choice < 35) New();
        else if (choice < 70) Link();
        else if (choice < 80) ChangeRoots();
        else if (choice < 92) ChangeHandles();
        else ChangeFinalizers();
    }

    private void New()
    {
        Item item = new();
        switch (_random.Next(4))
        {
            case 0: Make(item, typeof(object[]), _random.Next(20), first: 2, stride: 1, used: [0]); break;
            case 1: Make(item, typeof((object, long, object)[]), _random.Next(60), first: 2, stride: 3, used: s_usedOfTuple.Value); break;
            case 2: Make(item, typeof(object[]), 600 + _random.Next(3000), first: 2, stride: 1, used: [0]); break;
            default: Make(item, typeof(Tuple<object, object>), 0, first: 1, stride: 2, used: [0, 1]); break;
        }

        if (_objects.Count != 0) SetRandom(item);
        _objects.Add(item);
        if (_random.Next(4) == 0 && _objects.Count > 1) SetRandom(Any());
        if (_roots.Count < MostRoots) _roots.Add(item);
        else _roots[_random.Next(MostRoots)] = item;
    }

    /// <summary>The words of (object, long, object) that are references, as this runtime lays it out.</summary>
    private static int[] FindUsedOfTuple()
    {
        object marker = new();
        Assert.That(GC.TryStartNoGCRegion(1 << 20));
        List<int> words = FakeObjects.ReferenceWords(new (object, long, object)[] { (marker, 5, marker) }, marker, out _);
        GC.EndNoGCRegion();
        return [.. words.Select(word => word - 2)];
    }

    private void Make(Item item, Type type, int length, int first, int stride, int[] used)
    {
        item.Reference = FakeObjects.New(ref _heap, type, length);
        int count = type.IsArray ? length : 1;
        item.Words = [.. Enumerable.Range(0, count).SelectMany(i => used.Select(word => first + (i * stride) + word))];
        item.Targets = new Item?[item.Words.Length];
    }

    private Item Any() => _objects[_random.Next(_objects.Count)];

    private void Link()
    {
        if (_objects.Count != 0) SetRandom(Any());
    }

    private void SetRandom(Item item)
    {
        if (item.Targets.Length == 0) return;
        int at = _random.Next(item.Targets.Length);
        Set(item, at, _random.Next(5) == 0 || _objects.Count == 0 ? null : Any());
    }

    private static void Set(Item item, int at, Item? target)
    {
        item.Targets[at] = target;
        ((byte**)item.Reference)[item.Words[at]] = target == null ? null : target.Reference;
    }

    /// <summary>Without this the graph would grow together until nothing dies any more.</summary>
    private void CutMany()
    {
        _roots.Clear();
        foreach (Item item in _objects)
        {
            for (int at = 0; at < item.Targets.Length; at++) Set(item, at, null);
        }
    }

    private void ChangeRoots()
    {
        if (_roots.Count != 0) _roots.RemoveAt(_random.Next(_roots.Count));
        if (_objects.Count != 0 && _random.Next(3) == 0) _roots.Add(Any());
    }

    private void ChangeHandles()
    {
        if (_objects.Count == 0) return;
        if (_handles.Count < MostHandles && _random.Next(2) == 0)
        {
            HandleKind kind = s_kinds[_random.Next(s_kinds.Length)];
            Item target = Any();
            Item? secondary = kind == HandleKind.Dependent ? Any() : null;
            Handle* handle = _heap.AllocateHandle(kind, target.Reference, secondary == null ? null : secondary.Reference);
            _handles.Add(((nint)handle, kind, target, secondary));
        }
        else if (_handles.Count != 0)
        {
            int at = _random.Next(_handles.Count);
            _heap.FreeHandle((Handle*)_handles[at].Handle);
            _handles.RemoveAt(at);
        }
    }

    private void ChangeFinalizers()
    {
        if (_objects.Count == 0) return;
        Item item = Any();
        int choice = _random.Next(4);
        if (choice == 0 && !_registered.Contains(item) && !_ready.Contains(item))
        {
            Assert.That(_heap.TryRegisterFinalizer(item.Reference));
            _registered.Add(item);
            item.Registration = ++_registrations;
            item.IsSuppressed = (*((uint*)item.Reference - 1) & 0x4000_0000) != 0;
        }
        else if (choice == 1)
        {
            _heap.SuppressFinalizer(item.Reference);
            item.IsSuppressed = true;
        }
        else if (choice == 2 && item.IsSuppressed)
        {
            Assert.That(_heap.TryRegisterFinalizerAgain(item.Reference));
            item.IsSuppressed = false;
        }
        else
        {
            TakeReady();
        }
    }

    /// <summary>Takes one, which the program may keep: it becomes a root in half of the cases.</summary>
    private void TakeReady()
    {
        byte* taken = (byte*)_heap.TakeReadyForFinalizer();
        while (_ready.Count != 0 && _ready[0].IsSuppressed)
        {
            _ready[0].IsSuppressed = false;
            _ready.RemoveAt(0);
        }

        Assert.That(taken == (_ready.Count == 0 ? null : _ready[0].Reference));
        if (_ready.Count == 0) return;
        if (_random.Next(2) == 0 && _roots.Count != 0) _roots.Add(_ready[0]);
        _ready.RemoveAt(0);
    }

    private void Collect(string when)
    {
        HashSet<Item> reached = [];
        Reach(reached, _roots);
        Reach(reached, _ready);
        Reach(reached, _handles.Where(h => h.Kind is HandleKind.Normal or HandleKind.Pinned).Select(h => h.Target!));
        ReachDependents(reached);
        HashSet<Item> beforeFinalizers = [.. reached];
        Item[] dead = [.. _registered.Where(item => !beforeFinalizers.Contains(item))];
        Item[] newlyReady = [.. dead.Where(item => !item.IsSuppressed)];
        foreach (Item item in dead) _registered.Remove(item);
        Reach(reached, newlyReady);
        ReachDependents(reached);

        _heap.LimitMarkStack((uint)_random.Next(1, 200));
        Mark();
        CollectionResult result = _heap.FinishCollection();

        _ready.AddRange(newlyReady);
        _ready.Sort((a, b) => a.Registration.CompareTo(b.Registration));
        Assert.That(result.FreedObjects, Is.EqualTo((ulong)_objects.RemoveAll(item => !reached.Contains(item))), when);
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo((ulong)_objects.Count), when);
        Assert.That(_heap.ReadyFinalizers, Is.EqualTo((ulong)_ready.Count), when);
        CheckHandles(beforeFinalizers, reached, when);
        CheckContents(when);
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None), when);
    }

    /// <summary>Roots come as references and as words into the object, one past its end at most.</summary>
    private void Mark()
    {
        List<(nint Reference, nint Word)> roots = [];
        foreach (Item root in _roots)
        {
            nuint size = _heap.SizeOf(root.Reference - ManagedObject.HeaderBytes) - ManagedObject.HeaderBytes;
            roots.Add(((nint)root.Reference, (nint)root.Reference + _random.Next((int)size + 1)));
        }

        _heap.BeginCollection();
        foreach ((nint reference, nint word) in roots)
        {
            nint copy = word;
            if (_random.Next(2) == 0) _heap.MarkReference((void*)reference);
            else _heap.MarkWords(&copy, &copy + 1);
        }
    }

    private void CheckHandles(HashSet<Item> beforeFinalizers, HashSet<Item> reached, string when)
    {
        for (int i = 0; i < _handles.Count; i++)
        {
            (nint address, HandleKind kind, Item? target, Item? secondary) = _handles[i];
            Handle* handle = (Handle*)address;
            HashSet<Item> decides = kind == HandleKind.Weak ? beforeFinalizers : reached;
            if (target != null && !decides.Contains(target)) _handles[i] = (address, kind, target = null, secondary = null);
            Assert.That(handle->Target == (target == null ? null : target.Reference), $"{when}: {kind}");
            Assert.That(handle->Secondary == (secondary == null ? null : secondary.Reference), $"{when}: {kind}");
        }
    }

    private void CheckContents(string when)
    {
        foreach (Item item in _objects)
        {
            for (int i = 0; i < item.Targets.Length; i++)
            {
                byte* expected = item.Targets[i] == null ? null : item.Targets[i]!.Reference;
                if (((byte**)item.Reference)[item.Words[i]] != expected) Assert.Fail($"{when}: {item} has changed");
            }
        }
    }

    private static void Reach(HashSet<Item> reached, IEnumerable<Item> from)
    {
        Stack<Item> next = new(from);
        while (next.TryPop(out Item? item))
        {
            if (!reached.Add(item)) continue;
            foreach (Item? target in item.Targets)
            {
                if (target != null) next.Push(target);
            }
        }
    }

    private void ReachDependents(HashSet<Item> reached)
    {
        int before;
        do
        {
            before = reached.Count;
            Reach(reached, _handles.Where(h => h.Kind == HandleKind.Dependent && h.Target != null && reached.Contains(h.Target)).Select(h => h.Secondary!).ToList());
        }
        while (reached.Count != before);
    }
}
