using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

/// <summary>The heap of objects with several processors: threads that allocate at once, and collections while others are anywhere.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed unsafe class ObjectProcessorTests
{
    private const int MostLive = 300;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    private readonly ConcurrentQueue<(nint Start, int Size, byte Pattern)> _letters = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private HostArena _arena;
    private ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> _heap;

    [SetUp]
    public void CreateHeap()
    {
        _arena = HostArena.Create(16_384);
        HostProcessor.Become(HostProcessor.Make(0));
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_heap.GetStatistics().TotalPages, Is.EqualTo(_arena.PagesOut), "every page taken is accounted for");
        HostProcessor.Become(null);
        _arena.Dispose();
    }

    [TestCase(4, 40_000)]
    [TestCase(8, 20_000)]
    public void Threads_that_allocate_and_free_at_once_keep_every_object_intact(int processors, int operations)
    {
        List<Thread> threads = [];
        for (int number = 1; number <= processors; number++)
        {
            ProcessorLocals* locals = HostProcessor.Make(number);
            Assert.That(_heap.TryAddProcessor(locals));
            int seed = number;
            threads.Add(new Thread(() =>
            {
                HostProcessor.Become(locals);
                Run(seed, operations);
            }));
        }

        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) Assert.That(thread.Join(s_limit), "a thread hangs");
        Assert.That(_failures, Is.Empty);
        while (_letters.TryDequeue(out (nint Start, int Size, byte Pattern) item)) Free(item);
        Assert.That(_failures, Is.Empty);
        HeapStatistics statistics = _heap.GetStatistics();
        Assert.That((statistics.LiveBlocks, statistics.LiveBytes), Is.EqualTo((0UL, 0UL)));
        Assert.That(statistics.Allocations, Is.EqualTo(statistics.Frees));
        Assert.That((_heap.HandleCount, statistics.DoubleFrees), Is.EqualTo((0UL, 0UL)));
    }

    [Test]
    public void A_collection_leaves_the_run_of_a_processor_that_stands_anywhere()
    {
        ProcessorLocals* other = HostProcessor.Make(1);
        Assert.That(_heap.TryAddProcessor(other));
        ProcessorLocals* self = default(HostProcessor).Current;
        HostProcessor.Become(other);
        byte* typed = FakeObjects.New(ref _heap, typeof(object));
        byte* taken = _heap.TryAllocateFromRun(24); // Stopped here: it has no type yet.

        HostProcessor.Become(self);
        Collect(typed);
        Assert.That(_heap.SizeOf(taken) != 0, "an object that is being made is kept");

        HostProcessor.Become(other);
        *(nint*)(taken + ManagedObject.HeaderBytes) = typeof(object).TypeHandle.Value;
        byte* next = _heap.TryAllocateFromRun(24);
        Assert.That(next == taken + 24, "the run goes on where it was");
        Assert.That(new Span<byte>(next, 24).ContainsAnyExcept((byte)0), Is.False);
        HostProcessor.Become(self);
        Collect(null);
        Assert.That(_heap.SizeOf(taken) == 0 && _heap.SizeOf(typed - ManagedObject.HeaderBytes) == 0, "what has a type and nobody reaches is freed");
    }

    [Test]
    public void What_another_processor_has_not_handed_out_is_no_object()
    {
        ProcessorLocals* other = HostProcessor.Make(1);
        Assert.That(_heap.TryAddProcessor(other));
        ProcessorLocals* self = default(HostProcessor).Current;
        HostProcessor.Become(other);
        byte* start = _heap.Allocate(64);
        HostProcessor.Become(self);
        Assert.That(_heap.SizeOf(start + 64) == 0);
        Assert.That(_heap.Free(start + 64), Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(_heap.GetStatistics().LiveBlocks, Is.EqualTo(1));
        _heap.RetireRuns(other);
        Assert.That(_heap.Free(start), Is.EqualTo(HeapFreeResult.Ok));
        _heap.Trim();
        Assert.That(_heap.GetStatistics().SlabPages, Is.Zero, "nothing is left of the other's run");
    }

    [Test]
    public void What_a_processor_writes_on_the_common_way_shares_no_line_of_the_cache()
    {
        const int lineBytes = 64;
        Assert.That(Unsafe.SizeOf<ObjectRun>() % lineBytes, Is.Zero);
        ProcessorLocals* other = HostProcessor.Make(1);
        Assert.That(_heap.TryAddProcessor(other));
        foreach (nint front in (nint[])[(nint)default(HostProcessor).Current->Objects, (nint)other->Objects])
        {
            for (uint step = 0; step < SizeClasses.FineEntries; step++)
            {
                ObjectRun* run = ObjectFront.ByStep((ObjectFront*)front)[step];
                Assert.That((nuint)run % lineBytes == 0, "a run begins with a line");
                Assert.That((byte*)run >= (byte*)front && (byte*)(run + 1) <= (byte*)front + (ObjectFront.PageCount * 4096), "and lies in the processor's own pages");
            }
        }
    }

    private void Collect(byte* root)
    {
        _heap.BeginCollection();
        _heap.MarkReference(root);
        _heap.FinishCollection();
    }

    private void Run(int seed, int operations)
    {
        Random random = new(seed);
        List<(nint Start, int Size, byte Pattern)> live = [];
        for (int i = 0; i < operations; i++)
        {
            switch (random.Next(10))
            {
                case < 4 when live.Count < MostLive:
                    live.Add(Allocate(random));
                    break;
                case < 8 when live.Count != 0:
                    int at = random.Next(live.Count);
                    if (random.Next(3) == 0) _letters.Enqueue(live[at]);
                    else Free(live[at]);
                    live[at] = live[^1];
                    live.RemoveAt(live.Count - 1);
                    break;
                case 8 when _letters.TryDequeue(out (nint Start, int Size, byte Pattern) letter):
                    Free(letter);
                    break;
                case 9 when random.Next(20) == 0:
                    _heap.RetireRuns();
                    break;
                default:
                    Handle* handle = _heap.AllocateHandle(HandleKind.Weak, null, null);
                    _heap.FreeHandle(handle);
                    break;
            }
        }

        foreach ((nint Start, int Size, byte Pattern) item in live) Free(item);
    }

    private (nint Start, int Size, byte Pattern) Allocate(Random random)
    {
        int size = random.Next(40) switch { 0 => random.Next(60_000), 1 or 2 => random.Next(8000), _ => 24 + random.Next(200) };
        byte* start = _heap.Allocate((nuint)size);
        if (new Span<byte>(start, size).ContainsAnyExcept((byte)0)) _failures.Enqueue($"an object of {size} bytes is not zero");
        byte pattern = (byte)random.Next(1, 256);
        new Span<byte>(start, size).Fill(pattern);
        return ((nint)start, size, pattern);
    }

    private void Free((nint Start, int Size, byte Pattern) item)
    {
        if (new Span<byte>((void*)item.Start, item.Size).ContainsAnyExcept(item.Pattern)) _failures.Enqueue($"the object of {item.Size} bytes at {item.Start:x} has changed");
        if (_heap.Free((void*)item.Start) != HeapFreeResult.Ok) _failures.Enqueue($"the object at {item.Start:x} cannot be freed");
    }
}
