using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What every <see cref="IFrameAllocator"/> keeps; a fixture of an implementation inherits it.</summary>
public abstract class FrameAllocatorContract<TAllocator>
    where TAllocator : struct, IFrameAllocator
{
    /// <summary>RAM of the fixture: two runs, odd bounds, a hole between them.</summary>
    private const ulong FirstStart = 3;
    private const ulong FirstCount = 500;
    private const ulong SecondStart = 1021;
    private const ulong SecondCount = 1027;
    private const ulong RamFrames = FirstCount + SecondCount;
    private const ulong ReservedFrame = FirstStart + FirstCount - 1;

    private FirmwareMap _firmware = null!;
    private TAllocator _allocator;

    /// <summary>An allocator without frames over the frame table of <paramref name="map"/>.</summary>
    protected abstract TAllocator Create(FirmwareMap firmware, MemoryMap map);

    [SetUp]
    public void AdoptAllButOneFrame()
    {
        _firmware = FirmwareMap.Of((FirstStart, FirstCount), (SecondStart, SecondCount));
        _allocator = Create(_firmware, _firmware.Build());
        Assert.That(_allocator.TryAdopt(Frames(FirstStart, FirstCount - 1)), Is.True);
        Assert.That(_allocator.TryAdopt(Frames(SecondStart, SecondCount)), Is.True);
        Check(RamFrames - 1);
    }

    [TearDown]
    public void FreeStorage() => _firmware.Dispose();

    [Test]
    public void A_block_is_aligned_and_free_ram([Range(0, 10)] int orderValue)
    {
        Order order = Order.FromTrusted(orderValue);
        Assert.That(_allocator.TryAllocate(order, out FrameNumber frame), Is.True);
        Assert.That(frame.IsAligned(order), Is.True);
        Assert.That(IsRam(new FrameRange(frame, order.FrameCount)), Is.True);
        Check(RamFrames - 1 - order.FrameCount);
        Assert.That(_allocator.Free(frame, order), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1);
    }

    [Test]
    public void Exhausted_at_each_order_it_gives_every_block_back([Range(0, 11)] int orderValue)
    {
        Order order = Order.FromTrusted(orderValue);
        HashSet<ulong> taken = [];
        List<FrameNumber> blocks = [];
        while (_allocator.TryAllocate(order, out FrameNumber frame))
        {
            blocks.Add(frame);
            for (ulong i = 0; i < order.FrameCount; i++) Assert.That(taken.Add((frame + i).Value), Is.True, "handed out twice");
            Assert.That(IsRam(new FrameRange(frame, order.FrameCount)), Is.True);
        }

        Assert.That((ulong)blocks.Count, Is.EqualTo(AlignedBlocks(order)), "every aligned block of free RAM can be had");
        Check(RamFrames - 1 - (ulong)taken.Count);
        for (int again = 0; again < 3; again++) Assert.That(_allocator.TryAllocate(order, out _), Is.False);
        Check(RamFrames - 1 - (ulong)taken.Count);

        foreach (FrameNumber block in blocks) Assert.That(_allocator.Free(block, order), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1);
        Assert.That(_allocator.TryAllocate(Order.FromTrusted(10), out _), Is.True, "freed blocks are whole again");
    }

    [Test]
    public void A_block_larger_than_all_ram_cannot_be_had()
    {
        Assert.That(_allocator.TryAllocate(Order.FromTrusted(11), out _), Is.False);
        Assert.That(_allocator.TryAllocate(Order.Max, out _), Is.False);
        Check(RamFrames - 1);
    }

    [Test]
    public void A_second_free_is_a_double_free()
    {
        FrameNumber frame = Allocate(3);
        Assert.That(_allocator.Free(frame, Order.FromTrusted(3)), Is.EqualTo(FreeResult.Ok));
        Refused(FreeResult.DoubleFree, frame, 3);
        Refused(FreeResult.DoubleFree, frame, 0);
        Refused(FreeResult.DoubleFree, frame + 5, 0);
    }

    [Test]
    public void A_frame_that_was_never_ours_is_foreign_or_reserved()
    {
        Refused(FreeResult.Foreign, FrameNumber.Zero, 0);
        Refused(FreeResult.Foreign, FrameNumber.FromTrusted(SecondStart - 1), 0);
        Refused(FreeResult.Foreign, FrameNumber.FromTrusted(SecondStart + SecondCount), 0);
        Refused(FreeResult.Foreign, FrameNumber.FromTrusted(1UL << 39), 9);
        Refused(FreeResult.Reserved, FrameNumber.FromTrusted(ReservedFrame), 0);
    }

    [Test]
    public void A_block_is_freed_with_its_own_order_and_start_only()
    {
        FrameNumber frame = Allocate(3);
        Refused(FreeResult.WrongOrder, frame, 0);
        Refused(FreeResult.WrongOrder, frame, 2);
        Refused(FreeResult.InsideBlock, frame + 4, 2);
        Refused(FreeResult.InsideBlock, frame + 7, 0);
        FrameNumber odd = Allocate(0);
        while (odd.IsAligned(Order.FromTrusted(1))) odd = Allocate(0);
        Refused(FreeResult.Misaligned, odd, 1);
        Assert.That(_allocator.Free(frame, Order.FromTrusted(3)), Is.EqualTo(FreeResult.Ok));
    }

    [Test]
    public void A_run_takes_exactly_its_frames([Range(1, 70)] int count)
    {
        Assert.That(TryAllocateRun((ulong)count, out FrameRange run), Is.True);
        Assert.That(run.Count, Is.EqualTo((ulong)count));
        Assert.That(IsRam(run), Is.True);
        Check(RamFrames - 1 - (ulong)count);
        Assert.That(_allocator.FreeRun(run), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1);
        Assert.That(_allocator.TryAllocate(Order.FromTrusted(10), out _), Is.True, "a freed run is whole again");
    }

    [Test]
    public void Too_long_or_empty_runs_cannot_be_had()
    {
        Assert.That(TryAllocateRun(0, out _), Is.False);
        Assert.That(TryAllocateRun(RamFrames, out _), Is.False);
        Assert.That(TryAllocateRun(ulong.MaxValue, out _), Is.False);
        Check(RamFrames - 1);
    }

    [Test]
    public void A_wrong_range_is_refused_whole()
    {
        Assert.That(TryAllocateRun(13, out FrameRange run), Is.True);
        ulong free = _allocator.FreeFrames;
        Assert.That(_allocator.FreeRun(new FrameRange(run.Start, 14)), Is.EqualTo(FreeResult.OverFree));
        Assert.That(_allocator.FreeRun(new FrameRange(run.Start, 3)), Is.EqualTo(FreeResult.WrongOrder));
        Assert.That(_allocator.FreeRun(new FrameRange(run.Start + 1, 12)), Is.EqualTo(FreeResult.InsideBlock));
        Assert.That(_allocator.FreeRun(new FrameRange(run.Start, 0)), Is.EqualTo(FreeResult.WrongOrder));
        Assert.That(_allocator.FreeRun(Frames(0, 3)), Is.EqualTo(FreeResult.Foreign));
        Check(free);
        Assert.That(_allocator.RefusalsFor(FreeResult.OverFree), Is.EqualTo(1));
        Assert.That(_allocator.FreeRun(run), Is.EqualTo(FreeResult.Ok));
        Assert.That(_allocator.FreeRun(run), Is.EqualTo(FreeResult.DoubleFree));
        Check(RamFrames - 1);
    }

    [Test]
    public void Only_reserved_ram_is_adopted_and_all_of_a_range_or_nothing()
    {
        Assert.That(_allocator.TryAdopt(Frames(FirstStart, 1)), Is.False, "managed already");
        Assert.That(_allocator.TryAdopt(Frames(ReservedFrame, 2)), Is.False, "a hole behind it");
        Assert.That(_allocator.TryAdopt(Frames(ReservedFrame - 1, 2)), Is.False, "one is managed");
        Assert.That(_allocator.TryAdopt(Frames(0, 1)), Is.False, "no RAM");
        Assert.That(_allocator.TryAdopt(Frames(0, 0)), Is.True, "nothing is always there");
        Check(RamFrames - 1);
        Assert.That(_allocator.TryAdopt(Frames(ReservedFrame, 1)), Is.True);
        Check(RamFrames);
    }

    [Test]
    public void Random_operations_agree_with_a_model([Range(1, 12)] int seed) => RunModel(seed, operations: 2500);

    [Test]
    [Category("Long")]
    [Explicit("takes minutes")]
    public void Random_operations_agree_with_a_model_for_long([Range(1001, 1020)] int seed) => RunModel(seed, operations: 100_000);

    private void RunModel(int seed, int operations)
    {
        Random random = new(seed);
        Dictionary<ulong, FrameRange> blocks = [];
        bool[] used = new bool[SecondStart + SecondCount];
        ulong free = _allocator.FreeFrames;
        for (int i = 0; i < operations; i++)
        {
            // Phases of growing and shrinking, so that both a full and an empty allocator are seen.
            bool grow = random.Next(100) < ((i / 400) % 2 == 0 ? 70 : 30);
            FrameRange run = default;
            if (grow && random.Next(4) == 0)
            {
                ulong count = (ulong)random.Next(1, 40);
                if (TryAllocateRun(count, out run)) Assert.That(run.Count, Is.EqualTo(count));
            }
            else if (grow)
            {
                Order order = Order.FromTrusted(Math.Min(random.Next(9), random.Next(9)));
                if (_allocator.TryAllocate(order, out FrameNumber frame)) run = new FrameRange(frame, order.FrameCount);
            }
            else if (blocks.Count != 0)
            {
                FrameRange freed = blocks.ElementAt(random.Next(blocks.Count)).Value;
                blocks.Remove(freed.Start.Value);
                bool isBlock = Order.TryForFrameCount(freed.Count, out Order order) && order.FrameCount == freed.Count;
                FreeResult result = isBlock && random.Next(2) == 0 ? _allocator.Free(freed.Start, order) : _allocator.FreeRun(freed);
                Assert.That(result, Is.EqualTo(FreeResult.Ok));
                Mark(used, freed, false);
                free += freed.Count;
            }

            if (!run.IsEmpty)
            {
                Assert.That(IsRam(run), Is.True);
                Mark(used, run, true);
                blocks.Add(run.Start.Value, run);
                free -= run.Count;
            }

            WrongFree(random, used);
            Check(free);
        }

        foreach (FrameRange block in blocks.Values) Assert.That(_allocator.FreeRun(block), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1);
    }

    private void WrongFree(Random random, bool[] used)
    {
        FrameNumber frame = FrameNumber.FromTrusted((ulong)random.Next(used.Length + 10));
        bool isUsed = (int)frame.Value < used.Length && used[frame.Value];
        if (isUsed) return;
        Order order = Order.FromTrusted(random.Next(Order.Count));
        FreeResult expected = frame.Value == ReservedFrame ? FreeResult.Reserved
            : IsRam(new FrameRange(frame, 1)) ? FreeResult.DoubleFree
            : FreeResult.Foreign;
        Assert.That(_allocator.Free(frame, order), Is.EqualTo(expected));
    }

    private static void Mark(bool[] used, FrameRange run, bool value)
    {
        for (ulong i = run.Start.Value; i < run.End.Value; i++)
        {
            if (used[i] == value) Assert.Fail($"frame {i:x} was {value} before");
            used[i] = value;
        }
    }

    private bool TryAllocateRun(ulong count, out FrameRange run) =>
        _allocator.TryAllocateRun(count, Order.Zero, FrameNumber.FromTrusted(FrameNumber.Limit), out run);

    private FrameNumber Allocate(int order)
    {
        Assert.That(_allocator.TryAllocate(Order.FromTrusted(order), out FrameNumber frame), Is.True);
        return frame;
    }

    private void Refused(FreeResult reason, FrameNumber frame, int order)
    {
        ulong free = _allocator.FreeFrames;
        ulong refusals = _allocator.RefusalsFor(reason);
        Assert.That(_allocator.Free(frame, Order.FromTrusted(order)), Is.EqualTo(reason));
        Assert.That(_allocator.RefusalsFor(reason), Is.EqualTo(refusals + 1));
        Check(free);
    }

    private void Check(ulong expectedFree)
    {
        Assert.That(_allocator.Validate(), Is.Null);
        Assert.That(_allocator.FreeFrames, Is.EqualTo(expectedFree));
    }

    private static bool IsRam(FrameRange run) =>
        (Frames(FirstStart, FirstCount - 1).Contains(run) || Frames(SecondStart, SecondCount).Contains(run)) && !run.IsEmpty;

    private static ulong AlignedBlocks(Order order)
    {
        ulong blocks = 0;
        foreach (FrameRange run in new[] { Frames(FirstStart, FirstCount - 1), Frames(SecondStart, SecondCount) })
        {
            FrameRange whole = FrameRange.FromBounds(run.Start.AlignUp(order), run.End.AlignDown(order));
            blocks += whole.Count / order.FrameCount;
        }

        return blocks;
    }

    private static FrameRange Frames(ulong start, ulong count) => new(FrameNumber.FromTrusted(start), count);
}
