using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Figures;
using MemOS.Bench.Frames;
using MemOS.Bench.Frames.Peers;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Bench;

/// <summary>What is compared does what it is said to do: a peer that hands out the same frame twice is fast for nothing.</summary>
public sealed class FramePeerTests
{
    private const ulong Frames = 4096;

    [Test]
    public void A_bare_free_list_has_each_block_once()
    {
        Assert.That(TakeAll(new FreeListPeer(Frames, Order.Zero), Order.Zero), Is.EquivalentTo(AllFrames()));
        Assert.That(TakeAll(new FreeListPeer(Frames, Order.TwoMiB), Order.TwoMiB), Is.EquivalentTo(AllFrames().Take(8)));
    }

    [Test]
    public void A_linear_bitmap_hands_out_the_lowest_block_that_is_free()
    {
        Assert.That(TakeAll(new LinearBitmapPeer(Frames), Order.Zero), Is.EqualTo(AllFrames()));
        Assert.That(TakeAll(new LinearBitmapPeer(Frames), Order.TwoMiB), Is.EqualTo(AllFrames().Where(frame => frame % 512 == 0)));

        LinearBitmapPeer peer = new(Frames);
        peer.TryTake(Order.Zero, out ulong first);
        peer.TryTake(Order.TwoMiB, out ulong large);
        peer.TryTake(Order.Zero, out ulong second);
        Assert.That(new[] { first, large, second }, Is.EqualTo(new ulong[] { 0, 512, 1 }));
        peer.Give(first, Order.Zero);
        peer.Give(large, Order.TwoMiB);
        peer.TryTake(Order.TwoMiB, out large);
        Assert.That(large, Is.EqualTo(512), "frame 1 is in use");
        Assert.That(peer.TakeAll(600), Is.EqualTo(AllFrames().Where(frame => frame != 1 && frame is < 512 or >= 1024).Take(600)));
        Assert.That(peer.TakeAll(Frames), Has.Count.EqualTo((int)Frames - 1 - 512 - 600));
        Assert.That(peer.TryTake(Order.Zero, out _), Is.False);
        peer.Dispose();
    }

    [Test]
    public void An_allocator_of_the_kernel_has_each_frame_once() =>
        Assert.That(TakeAll(new AllocatorPeer<BuddyAllocator>(Frames), Order.Zero), Is.EquivalentTo(AllFrames()));

    [Test]
    public void The_kernels_memory_has_each_frame_once_but_those_that_it_keeps()
    {
        List<ulong> frames = TakeAll(new MemoryPeer(Frames), Order.Zero);
        Assert.That(frames, Is.Unique);
        Assert.That(frames, Is.SubsetOf(AllFrames()));
        Assert.That(frames, Has.Count.GreaterThan((int)(Frames * 9 / 10)));
    }

    [Test]
    public void A_C_librarys_blocks_are_aligned_and_apart()
    {
        NativePeer peer = new("libc.so.6");
        List<ulong> blocks = [];
        for (int i = 0; i < 100; i++)
        {
            Assert.That(peer.TryTake(Order.FromTrusted(i % 10), out ulong block), Is.True);
            Assert.That(block % Order.FromTrusted(i % 10).SizeBytes, Is.Zero);
            blocks.Add(block);
        }

        Assert.That(blocks, Is.Unique);
        for (int i = 0; i < 100; i++) peer.Give(blocks[i], Order.FromTrusted(i % 10));
    }

    [TestCase(nameof(MemoryFill.EverySecond))]
    [TestCase(nameof(MemoryFill.LowerHalf))]
    public void Half_of_memory_is_in_use_while_a_run_is_measured(string name)
    {
        MemoryFill fill = Enum.Parse<MemoryFill>(name);
        FreeListPeer peer = new(Frames, Order.Zero);
        Probe probe = new(peer);
        PeerRun<Probe> run = new("probe", probe, new FrameOperation("x", "x", Order.Zero, fill, 1), Frames);
        Assert.That(probe.InUse, Is.EquivalentTo(AllFrames().Where(frame => fill == MemoryFill.LowerHalf ? frame < Frames / 2 : frame % 2 == 0)));
        run.Run(10);
        Assert.That(probe.Taken.Count, Is.EqualTo((int)Frames + 10));
        Assert.That(probe.InUse, Has.Count.EqualTo((int)Frames / 2));
        run.Dispose();
        Assert.That(probe.InUse, Is.Empty);
    }

    [Test]
    public void A_figure_is_named_after_the_machines_and_its_value_is_the_least_round()
    {
        string[] names = [.. FrameOperation.All.Select(operation => operation.Name)];
        Assert.That(names, Does.Contain("frame.order0.alloc_free").And.Contain("frame.order0.batch64").And.Contain("frame.order9.alloc_free"));

        Figure[] figures = [.. FrameOperation.All.Select(operation => new Figure($"host.{operation.Name}.freelist", "ns", 2, [3, 2, 4]))];
        FrameBenchResult result = new([.. figures.Select(figure => new Dictionary<string, Figure> { ["freelist"] = figure, ["linear"] = figure with { Value = 7 } })], 3);
        Assert.That(result.ToText(), Does.Contain("linear bitmap (MyOS)").And.Contain("7.0     (3.5)").And.Contain("at most 50 % above"));
    }

    private static IEnumerable<ulong> AllFrames() => Enumerable.Range(0, (int)Frames).Select(frame => (ulong)frame);

    private static List<ulong> TakeAll<TPeer>(TPeer peer, Order order)
        where TPeer : struct, IFramePeer
    {
        List<ulong> blocks = [];
        for (int round = 0; round < 2; round++)
        {
            if (order == Order.Zero) peer.RunBatch();
            blocks.Clear();
            while (peer.TryTake(order, out ulong block)) blocks.Add(block);
            foreach (ulong block in blocks) peer.Give(block, order);
        }

        peer.Dispose();
        return blocks;
    }

    /// <summary>A free list that remembers what was taken.</summary>
    private struct Probe(FreeListPeer peer) : IFramePeer
    {
        private FreeListPeer _peer = peer;

        public List<ulong> Taken { get; } = [];

        public HashSet<ulong> InUse { get; } = [];

        public bool TryTake(Order order, out ulong block)
        {
            if (!_peer.TryTake(order, out block)) return false;
            Taken.Add(block);
            Assert.That(InUse.Add(block), Is.True);
            return true;
        }

        public void Give(ulong block, Order order)
        {
            Assert.That(InUse.Remove(block), Is.True);
            _peer.Give(block, order);
        }

        public List<ulong> TakeAll(ulong limit) => Batches.TakeAll(ref this, limit);

        public void RunBatch() => Batches.OneByOne(ref this);

        public void Dispose() => _peer.Dispose();
    }
}
