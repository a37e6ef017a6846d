using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>Threads as CPUs on one heap: each has a model of its blocks, fills them, and hands some to the others, who free them.</summary>
public sealed unsafe class HeapProcessorsTests
{
    private const ulong Constructed = 0xC0FFEE;
    private const int MostBlocks = 400;

    private static HostArena s_arena;
    private static HostHeap s_heap;
    private static SlabCacheId s_cache;
    private static ConcurrentQueue<Block>[] s_inboxes = [];

    private readonly record struct Block(nint Address, int Size, byte Pattern, bool IsConstructed);

    [TearDown]
    public void GiveBack() => s_arena.Dispose();

    [TestCase(4, 60_000, 60_000, HeapWatch.None, "")]
    [TestCase(8, 30_000, 60_000, HeapWatch.None, "")]
    [TestCase(4, 40_000, 700, HeapWatch.None, "", Description = "memory is short")]
    [TestCase(4, 6_000, 60_000, HeapWatch.Tracked, "")]
    [TestCase(4, 6_000, 60_000, HeapWatch.Checked, "")]
    [TestCase(4, 10_000, 60_000, HeapWatch.None, "firstfit")]
    [TestCase(4, 10_000, 60_000, HeapWatch.None, "quickfit")]
    public void Blocks_keep_their_content_and_all_go_back(int processors, int operations, int pages, HeapWatch watch, string policy)
    {
        ProcessorLocals* before = default(HostProcessor).Current;
        s_arena = HostArena.Create((ulong)pages);
        using PolicyName name = new(policy);
        try
        {
            s_heap = default;
            HostProcessor.Become(HostProcessor.Make(0));
            HeapOptions options = new() { Watch = watch, Policy = name.Text };
            Assert.That(s_heap.TryInitialize(s_arena, s_arena.Window, in options));
            Assert.That(s_heap.TryCreateCache("constructed", 72, 8, &Construct, out s_cache));
            List<Exception> failures = RunAll(processors, operations, out ulong allocations);
            Assert.That(failures, Is.Empty);
            s_heap.Trim();
            HeapStatistics statistics = s_heap.GetStatistics();
            Assert.That(s_heap.Validate(), Is.EqualTo(HeapInvariant.None));
            Assert.That(statistics.LiveBlocks, Is.Zero);
            Assert.That(statistics.Refusals, Is.Zero);
            Assert.That(statistics.Allocations, Is.EqualTo(allocations));
            Assert.That(s_heap.FaultCount, Is.Zero);
            Assert.That(s_arena.PagesOut, Is.EqualTo(statistics.TablePages), "every page that no table needs went back");
        }
        finally
        {
            HostProcessor.Become(before);
        }
    }

    [Test]
    public void Half_magazines_go_home_and_memory_does_not_grow_while_one_allocates_and_another_frees()
    {
        ProcessorLocals* first = default(HostProcessor).Current;
        ProcessorLocals* other = HostProcessor.Make(1);
        s_arena = HostArena.Create(4096);
        s_heap = default;
        Assert.That(s_heap.TryInitialize(s_arena, s_arena.Window) && s_heap.TryAddCpu(other));
        ulong pages = 0;
        for (int round = 0; round < 200; round++)
        {
            nint[] blocks = new nint[100];
            for (int i = 0; i < blocks.Length; i++) blocks[i] = (nint)s_heap.Allocate(128);
            HostProcessor.Become(other);
            foreach (nint block in blocks) Assert.That(s_heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
            HostProcessor.Become(first);
            if (round == 10) pages = s_arena.PagesOut;
        }

        Assert.That(s_arena.PagesOut, Is.EqualTo(pages));
        Assert.That(s_heap.Validate(), Is.EqualTo(HeapInvariant.None));
    }

    private static void Construct(void* block) => *(ulong*)block = Constructed;

    private static List<Exception> RunAll(int processors, int operations, out ulong allocations)
    {
        List<Exception> failures = [];
        s_inboxes = new ConcurrentQueue<Block>[processors];
        for (int i = 0; i < processors; i++) s_inboxes[i] = new();
        var threads = new Thread[processors];
        using Barrier barrier = new(processors);
        ulong total = 0;
        for (int i = 0; i < processors; i++)
        {
            int number = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    ProcessorLocals* locals = HostProcessor.Make(number + 1);
                    HostProcessor.Become(locals);
                    if (!s_heap.TryAddCpu(locals)) throw new InvalidOperationException("no magazines");
                    ulong made = new Worker(number, barrier).Run(operations);
                    Interlocked.Add(ref total, made);
                }
                catch (Exception failure)
                {
                    lock (failures) failures.Add(failure);
                    barrier.RemoveParticipant();
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            if (!thread.Join(TimeSpan.FromMinutes(2))) failures.Add(new TimeoutException("a CPU does not come to an end"));
        }

        allocations = total;
        return failures;
    }

    private sealed class Worker(int number, Barrier barrier)
    {
        private readonly Random _random = new(1000 + number);
        private readonly List<Block> _live = [];
        private ulong _made;

        internal ulong Run(int operations)
        {
            barrier.SignalAndWait();
            for (int i = 0; i < operations; i++)
            {
                while (s_inboxes[number].TryDequeue(out Block come)) FreeNow(come);
                int kind = _random.Next(100);
                if (kind < 50 && _live.Count < MostBlocks) Allocate();
                else if (kind < 80) Take(FreeNow);
                else if (kind < 93) Take(s_inboxes[_random.Next(s_inboxes.Length)].Enqueue);
                else Take(Resize);
            }

            while (_live.Count != 0) Take(FreeNow);
            barrier.SignalAndWait();
            while (s_inboxes[number].TryDequeue(out Block come)) FreeNow(come);
            s_heap.Drain();
            return _made;
        }

        private void Allocate()
        {
            int size = _random.Next(50) == 0 ? _random.Next(60_000) : _random.Next(8) == 0 ? _random.Next(17_000) : 8 + _random.Next(300);
            bool isConstructed = false;
            byte* address;
            switch (_random.Next(8))
            {
                case 0:
                    address = s_heap.AllocateZeroed((nuint)size);
                    if (address != null && new Span<byte>(address, size).ContainsAnyExcept((byte)0)) throw new InvalidOperationException("not zero");
                    break;
                case 1:
                    nuint alignment = (nuint)1 << _random.Next(13);
                    address = s_heap.AllocateAligned((nuint)size, alignment);
                    if ((nuint)address % alignment != 0) throw new InvalidOperationException("not aligned");
                    break;
                case 2:
                    size = 72;
                    isConstructed = true;
                    address = s_heap.AllocateFrom(s_cache);
                    if (address != null && *(ulong*)address != Constructed) throw new InvalidOperationException("not as the constructor left it");
                    break;
                default:
                    address = s_heap.Allocate((nuint)size);
                    break;
            }

            if (address == null) return;
            _made++;
            Keep(address, size, isConstructed);
        }

        private void Keep(byte* address, int size, bool isConstructed)
        {
            Block block = new((nint)address, size, (byte)_random.Next(256), isConstructed);
            Content(block).Fill(block.Pattern);
            _live.Add(block);
        }

        private void Resize(Block block)
        {
            Check(block);
            if (block.IsConstructed)
            {
                _live.Add(block);
                return;
            }

            int size = _random.Next(2000);
            byte* moved = s_heap.Reallocate((void*)block.Address, (nuint)size);
            if (moved == null)
            {
                _live.Add(block);
                return;
            }

            if ((nint)moved != block.Address) _made++;
            Check(block with { Address = (nint)moved, Size = Math.Min(size, block.Size) });
            Keep(moved, size, isConstructed: false);
        }

        private void Take(Action<Block> action)
        {
            if (_live.Count == 0) return;
            int at = _random.Next(_live.Count);
            Block block = _live[at];
            _live[at] = _live[^1];
            _live.RemoveAt(_live.Count - 1);
            action(block);
        }

        private static void FreeNow(Block block)
        {
            Check(block);
            HeapFreeResult result = s_heap.Free((void*)block.Address);
            if (result != HeapFreeResult.Ok) throw new InvalidOperationException($"{block}: {result}");
        }

        private static Span<byte> Content(Block block)
        {
            int start = block.IsConstructed ? sizeof(ulong) : 0;
            return new Span<byte>((byte*)block.Address + start, block.Size - start);
        }

        private static void Check(Block block)
        {
            if (Content(block).ContainsAnyExcept(block.Pattern)) throw new InvalidOperationException($"{block} has changed");
            if (block.IsConstructed && *(ulong*)block.Address != Constructed) throw new InvalidOperationException("what the constructor wrote has changed");
        }
    }
}
