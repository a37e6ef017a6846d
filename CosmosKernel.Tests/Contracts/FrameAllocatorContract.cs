using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What every <see cref="IFrameAllocator"/> keeps; a fixture of an implementation inherits it.</summary>
public abstract partial class FrameAllocatorContract<TAllocator>
    where TAllocator : struct, IFrameAllocator
{
    /// <summary>RAM of the fixture: two runs, odd bounds, a hole between them.</summary>
    private const ulong FirstStart = 3;
    private const ulong FirstCount = 500;
    private const ulong SecondStart = 1021;
    private const ulong SecondCount = 1027;
    private const ulong RamFrames = FirstCount + SecondCount;
    private const ulong ReservedFrame = FirstStart + FirstCount - 1;

    /// <summary>No frame is above it.</summary>
    private static readonly FrameNumber s_noLimit = FrameNumber.FromTrusted(FrameNumber.Limit);

    private FirmwareMap _firmware = null!;
    private TAllocator _allocator;

    /// <summary>Whether blocks are counted as if no cache had any of their frames.</summary>
    protected virtual bool CountsEveryBlock => true;

    /// <summary>Whether a run is found wherever one is, and not only where an aligned block has it.</summary>
    protected virtual bool FindsEveryRun => false;

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
        Assert.That(_allocator.TryAllocateRun(13, Order.FromTrusted(4), s_noLimit, out FrameRange run), Is.True);
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
    public void A_run_is_aligned_and_below_its_limit([Values(1, 5, 64, 100, 513)] int count, [Values(0, 3, 6, 9, 10)] int alignment, [Values(200UL, 1100UL, 1600UL, 4096UL)] ulong limit)
    {
        Order order = Order.FromTrusted(alignment);
        Order.TryForFrameCount((ulong)count, out Order needed);
        bool isTaken = _allocator.TryAllocateRun((ulong)count, order, FrameNumber.FromTrusted(limit), out FrameRange run);
        if (!isTaken)
        {
            Assert.That(FreeModel().HasBlock(order > needed ? order : needed, (ulong)count, FrameNumber.FromTrusted(limit)), Is.False, "there is one");
            if (FindsEveryRun) Assert.That(FreeModel().HasRun((ulong)count, order, FrameNumber.FromTrusted(limit)), Is.False, "there is one");
            Check(RamFrames - 1);
            return;
        }

        Assert.That(run.Count, Is.EqualTo((ulong)count));
        Assert.That(run.Start.IsAligned(order), Is.True);
        Assert.That(run.End.Value, Is.LessThanOrEqualTo(limit));
        Assert.That(IsRam(run), Is.True);
        Check(RamFrames - 1 - (ulong)count);
        Assert.That(_allocator.FreeRun(run), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1);
        CheckBlocks(FreeModel());
    }

    [Test]
    public void Blocks_of_a_run_can_be_freed_one_by_one()
    {
        Assert.That(_allocator.TryAllocateRun(13, Order.FromTrusted(4), s_noLimit, out FrameRange run), Is.True);
        Assert.That(_allocator.Free(run.Start + 8, Order.FromTrusted(2)), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1 - 9);
        Refused(FreeResult.WrongOrder, run.Start, 4);
        Assert.That(_allocator.FreeRun(run), Is.EqualTo(FreeResult.OverFree));
        Assert.That(_allocator.Free(run.Start, Order.FromTrusted(3)), Is.EqualTo(FreeResult.Ok));
        Assert.That(_allocator.Free(run.Start + 12, Order.Zero), Is.EqualTo(FreeResult.Ok));
        Check(RamFrames - 1);
        CheckBlocks(FreeModel());
    }

    [Test]
    public void Withdrawn_frames_are_reserved_until_they_are_adopted_again([Values(1UL, 3UL, 40UL, 512UL, 700UL)] ulong count, [Values(1024UL, 1030UL, 1300UL)] ulong start)
    {
        FrameRange frames = Frames(start, count);
        FrameModel model = FreeModel();
        Assert.That(_allocator.TryWithdraw(frames), Is.True);
        Assert.That(model.TryWithdraw(frames), Is.True);
        Check(RamFrames - 1 - count);
        CheckBlocks(model);
        Assert.That(_allocator.ManagedFrames, Is.EqualTo(RamFrames - 1 - count));
        Assert.That(_allocator.IsFree(frames.Start), Is.False);
        Refused(FreeResult.Reserved, frames.Start, 0);
        Assert.That(_allocator.TryWithdraw(frames), Is.False, "gone already");
        while (_allocator.TryAllocate(Order.Zero, out FrameNumber frame)) Assert.That(frames.Contains(frame), Is.False);
        Assert.That(_allocator.TryAdopt(frames), Is.True);
        Check(count);
    }

    [Test]
    public void Only_free_frames_are_withdrawn_and_all_of_a_range_or_nothing()
    {
        FrameNumber taken = Allocate(0);
        Assert.That(_allocator.TryWithdraw(new FrameRange(taken, 1)), Is.False, "allocated");
        Assert.That(_allocator.TryWithdraw(Frames(ReservedFrame, 1)), Is.False, "reserved");
        Assert.That(_allocator.TryWithdraw(Frames(SecondStart + SecondCount - 4, 5)), Is.False, "no RAM behind it");
        Assert.That(_allocator.TryWithdraw(Frames(FirstStart, SecondStart)), Is.False, "a hole in it");
        Assert.That(_allocator.TryWithdraw(Frames(1UL << 39, 1)), Is.False, "no RAM");
        Assert.That(_allocator.TryWithdraw(Frames(0, 0)), Is.True, "nothing is always there");
        Check(RamFrames - 2);
        Assert.That(_allocator.Free(taken, Order.Zero), Is.EqualTo(FreeResult.Ok));
        CheckBlocks(FreeModel());
    }

    [Test]
    public void Free_is_what_was_not_handed_out()
    {
        FrameModel model = FreeModel();
        FrameNumber block = Allocate(3);
        model.Take(new FrameRange(block, 8));
        CheckBlocks(model);
        Assert.That(_allocator.IsFree(FrameNumber.FromTrusted(1UL << 39)), Is.False);
        Assert.That(_allocator.Free(block, Order.FromTrusted(3)), Is.EqualTo(FreeResult.Ok));
        CheckBlocks(FreeModel());
    }

    private bool TryAllocateRun(ulong count, out FrameRange run) => _allocator.TryAllocateRun(count, Order.Zero, s_noLimit, out run);

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

    /// <summary>A model of the fixture's allocator as it is before the first request.</summary>
    private static FrameModel FreeModel()
    {
        FrameModel model = new(Frames(FirstStart, FirstCount), Frames(SecondStart, SecondCount));
        model.TryAdopt(Frames(FirstStart, FirstCount - 1));
        model.TryAdopt(Frames(SecondStart, SecondCount));
        return model;
    }

    /// <summary>What is free is what the model says, in as large blocks.</summary>
    private void CheckBlocks(FrameModel model) => CheckBlocks(_allocator, model);

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
