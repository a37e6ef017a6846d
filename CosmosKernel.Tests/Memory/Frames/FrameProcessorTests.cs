using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>Several processors with one memory: nothing is handed out twice or lost, and the usual way writes nothing of others.</summary>
public sealed unsafe class FrameProcessorTests
{
    private const ulong LineBytes = ProcessorLocals.LineBytes;

    private static FrameAllocatorKind Hybrid => FrameAllocatorKind.Of<HybridAllocator>();

    [Test]
    public void Threads_as_processors_get_no_frame_twice_and_lose_none(
        [Values(4, 8)] int processors, [Values(1, 2, 4)] int nodes, [Values] bool isShort, [Values("hybrid", "buddy", "bitmap")] string allocator)
    {
        // Short: what all may hold is several times what there is, so that marks, closed caches and refusals take their turns.
        FrameAllocatorKind kind = allocator switch
        {
            "buddy" => FrameAllocatorKind.Of<BuddyAllocator>(),
            "bitmap" => FrameAllocatorKind.Of<BitmapAllocator>(),
            _ => Hybrid,
        };
        ulong mebibytes = isShort ? 24UL : 192UL;
        using FrameBoard board = new(processors, nodes, mebibytes, isShort ? ZonePreset.Lld : ZonePreset.Veridian, kind);
        ulong free = board.Memory.Statistics.Free;
        FrameWorker[] workers = [.. Enumerable.Range(0, processors).Select(number => new FrameWorker(board, board.LocalsOf(number), number))];
        RunAll(workers, operations: 4000, limit: isShort ? 2000 : 300);
        foreach (FrameWorker worker in workers) Assert.That(worker.Failure, Is.Null);
        if (isShort) Assert.That(workers.Sum(worker => worker.Refused), Is.Not.Zero, "memory was never short");
        board.CheckAllFree(free);
    }

    [Test]
    public void Of_two_frees_of_a_block_at_once_one_is_refused([Values(0, 3, 9)] int orderValue)
    {
        const int Rounds = 3000;
        Order order = Order.FromTrusted(orderValue);
        using FrameBoard board = new(2, 1, 64, ZonePreset.Veridian, Hybrid);
        ulong free = board.Memory.Statistics.Free;
        FrameNumber frame = default;
        int round = 0;
        int freed = 0;
        int done = 0;
        Thread other = new(() =>
        {
            HostProcessor.Become(board.LocalsOf(1));
            for (int i = 1; i <= Rounds; i++)
            {
                while (Volatile.Read(ref round) != i) Thread.SpinWait(1);
                if (board.Memory.Free(frame, order) == FreeResult.Ok) Interlocked.Increment(ref freed);
                Volatile.Write(ref done, i);
            }

            board.Memory.Drain();
        });
        other.Start();
        for (int i = 1; i <= Rounds; i++)
        {
            Assert.That(board.Memory.TryAllocate(order, FrameOwner.User, out frame), Is.True);
            Volatile.Write(ref round, i);
            for (int late = 0; late < i % 128; late++) Volatile.Read(ref round); // The other one comes later too: by chance at the same time.
            if (board.Memory.Free(frame, order) == FreeResult.Ok) Interlocked.Increment(ref freed);
            while (Volatile.Read(ref done) != i) Thread.SpinWait(1);
            Assert.That(freed, Is.EqualTo(i));
        }

        other.Join();
        board.Memory.Drain();
        Assert.That(board.Memory.RefusalsFor(FreeResult.DoubleFree), Is.EqualTo(Rounds));
        board.CheckAllFree(free);
    }

    [Test]
    public void Sections_that_all_want_at_once_are_made_ready_once()
    {
        using FrameBoard board = new(4, 2, 640, ZonePreset.Linux, Hybrid);
        ulong free = board.Memory.Statistics.Free;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() => TakeLargeBlocks(board, number)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        board.CheckAllFree(free);
    }

    [Test]
    public void A_frame_freed_far_from_home_comes_back_to_its_node()
    {
        using FrameBoard board = new(2, 2, 64, ZonePreset.Veridian, Hybrid);
        List<FrameNumber> frames = [];
        for (int i = 0; i < 300; i++)
        {
            Assert.That(board.Memory.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber frame), Is.True);
            frames.Add(frame);
        }

        HostProcessor.Become(board.LocalsOf(1));
        Assert.That(board.Memory.Home, Is.EqualTo(NodeId.FromTrusted(1)));
        foreach (FrameNumber frame in frames) Assert.That(board.Memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Ok));
        Assert.That(board.Memory.TryStatisticsOf(CpuId.FromTrusted(1), out ProcessorStatistics far), Is.True);
        Assert.That(far.CachedFrames, Is.InRange(1UL, PerCpuCache.LargestStack), "one stack at most stays");
        Assert.That(board.Memory.OwnedBy(FrameOwner.User), Is.Zero, "counted up here and down there");
        Assert.That(board.Memory.Validate(), Is.Null);
    }

    [Test]
    public void Before_a_request_is_refused_the_others_give_back_what_they_keep()
    {
        using FrameBoard board = new(2, 1, 16, ZonePreset.Veridian, Hybrid);
        HostProcessor.Become(board.LocalsOf(1));
        Assert.That(board.Memory.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber one), Is.True);
        board.Memory.Free(one, Order.Zero);
        HostProcessor.Become(board.LocalsOf(0));
        s_board = board;
        ulong all = board.Memory.Statistics.Free;
        Assert.That(TakeAll(board), Is.LessThan(all), "the other one has some");
        board.Memory.AskOthersBy(&DrainOther);
        Assert.That(TakeAll(board), Is.Not.Zero);
        Assert.That(board.Memory.Statistics.Free, Is.Zero);
    }

    [Test]
    public void A_cache_that_is_closed_takes_nothing_and_gives_back_what_it_has_at_its_processors_next_free()
    {
        using FrameBoard board = new(2, 1, 16, ZonePreset.Veridian, Hybrid);
        HostProcessor.Become(board.LocalsOf(1));
        board.Memory.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber one);
        board.Memory.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber two);
        HostProcessor.Become(board.LocalsOf(0));
        TakeAll(board);
        ulong cached = board.Memory.Statistics.Cached;
        Assert.That(cached, Is.Not.Zero, "the other's");
        HostProcessor.Become(board.LocalsOf(1));
        for (ulong i = 0; i <= cached; i++) board.Memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.User).Urgent(), out _);
        Assert.That(board.Memory.Statistics.Cached, Is.Zero);
        board.Memory.Free(one, Order.Zero);
        board.Memory.Free(two, Order.Zero);
        Assert.That(board.Memory.Statistics.Cached, Is.Zero, "below the marks");
        Assert.That(board.Memory.Validate(), Is.Null);
    }

    [Test]
    public void The_usual_way_writes_only_to_lines_of_its_own_and_to_the_frames_descriptors()
    {
        using FrameBoard board = new(2, 1, 256, ZonePreset.Veridian, Hybrid);
        FrameNumber single = AllocateAndFree(board, Order.Zero);
        FrameNumber large = AllocateAndFree(board, Order.TwoMiB);
        byte[] storage = Copy(board.Storage.Bytes, board.Storage.SizeBytes);
        byte[] other = Copy((byte*)board.LocalsOf(1), ProcessorLocals.SizeBytes);
        for (int i = 0; i < 10; i++)
        {
            Assert.That(AllocateAndFree(board, Order.Zero), Is.EqualTo(single));
            Assert.That(AllocateAndFree(board, Order.TwoMiB), Is.EqualTo(large));
        }

        FrameBatch batch = default;
        board.Memory.AllocateBatch(4, FrameRequest.For(FrameOwner.User), ref batch);
        board.Memory.FreeBatch(ref batch);
        Assert.That(Copy((byte*)board.LocalsOf(1), ProcessorLocals.SizeBytes), Is.EqualTo(other));
        ulong descriptors = board.Measures.TableOffset;
        ulong[] changed = Changed(board.Storage, storage);
        Assert.That(changed, Is.Not.Empty);
        Assert.That(changed.Where(offset => offset >= board.Measures.SectionsOffset && (offset < descriptors || offset >= board.Measures.AllocatorsOffset)), Is.Empty);
        Assert.That((ulong)board.Storage.Bytes % LineBytes, Is.Zero, "the caches, each a line");
        Assert.That((ulong)board.LocalsOf(0) % LineBytes, Is.Zero);
    }

    [Test]
    public void A_zones_lock_and_what_is_written_under_it_are_on_lines_without_what_is_only_read()
    {
        using FrameBoard board = new(1, 1, 64, ZonePreset.Valen, Hybrid);
        board.Memory.TryAllocate(Order.FromTrusted(3), FrameOwner.User, out _);
        byte[] before = Copy(board.Storage.Bytes, board.Storage.SizeBytes);
        board.Memory.TryAllocate(Order.FromTrusted(3), FrameOwner.User, out FrameNumber frame);
        board.Memory.Free(frame, Order.FromTrusted(3));
        ulong zone = board.Measures.ZonesOffset;
        ulong[] changed = [.. Changed(board.Storage, before).Where(offset => offset >= zone && offset < board.Measures.NodesOffset).Select(offset => offset - zone)];
        ulong[] lines = [.. changed.Select(offset => offset / LineBytes).Distinct()];
        Assert.That(zone % LineBytes, Is.Zero);
        Assert.That((ulong)sizeof(Zone) % LineBytes, Is.Zero);
        Assert.That(lines, Is.Not.Empty.And.All.GreaterThanOrEqualTo(Zone.FirstWrittenLine));
    }

    private static FrameBoard? s_board;

    private static void DrainOther()
    {
        HostProcessor.Become(s_board!.LocalsOf(1));
        s_board.Memory.Drain();
        HostProcessor.Become(s_board.LocalsOf(0));
    }

    private static ulong TakeAll(FrameBoard board)
    {
        ulong count = 0;
        while (board.Memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.User).Urgent(), out _)) count++;
        return count;
    }

    private static FrameNumber AllocateAndFree(FrameBoard board, Order order)
    {
        Assert.That(board.Memory.TryAllocate(order, FrameOwner.User, out FrameNumber frame), Is.True);
        Assert.That(board.Memory.Free(frame, order), Is.EqualTo(FreeResult.Ok));
        return frame;
    }

    private static void TakeLargeBlocks(FrameBoard board, int number)
    {
        HostProcessor.Become(board.LocalsOf(number));
        List<FrameNumber> blocks = [];
        Order order = Order.FromTrusted(11);
        while (board.Memory.TryAllocate(order, FrameOwner.User, out FrameNumber block))
        {
            board.Claim(new FrameRange(block, order.FrameCount));
            blocks.Add(block);
        }

        foreach (FrameNumber block in blocks)
        {
            board.GiveUp(new FrameRange(block, order.FrameCount));
            board.Memory.Free(block, order);
        }

        board.Memory.Drain();
    }

    private static void RunAll(FrameWorker[] workers, int operations, int limit)
    {
        using Barrier end = new(workers.Length);
        foreach (FrameWorker worker in workers) worker.Others = [.. workers.Where(other => other != worker)];
        Thread[] threads = [.. workers.Select(worker => new Thread(() => worker.Run(operations, limit, end)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) Assert.That(thread.Join(TimeSpan.FromMinutes(2)), Is.True, "a thread does not come to an end");
    }

    private static byte[] Copy(byte* bytes, ulong count)
    {
        byte[] copy = new byte[count];
        Marshal.Copy((nint)bytes, copy, 0, (int)count);
        return copy;
    }

    /// <summary>The offsets of bytes that are not what they were.</summary>
    private static ulong[] Changed(NativeStorage storage, byte[] before)
    {
        List<ulong> changed = [];
        for (int i = 0; i < before.Length; i++)
        {
            if (storage.Bytes[i] != before[i]) changed.Add((ulong)i);
        }

        return [.. changed];
    }
}
