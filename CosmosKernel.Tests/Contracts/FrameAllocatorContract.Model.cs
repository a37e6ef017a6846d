using System;
using System.Collections.Generic;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <content>Random requests beside a naive model, and what a request in vain leaves behind.</content>
public abstract partial class FrameAllocatorContract<TAllocator>
{
    /// <summary>Layouts of RAM: the fixture's; small holes that the frame table describes; both sides of one of its sections.</summary>
    private static readonly (ulong Start, ulong Count)[][] s_layouts =
    [
        [(FirstStart, FirstCount), (SecondStart, SecondCount)],
        [(0, 512), (530, 470), (1020, 4), (1027, 1021), (2050, 6)],
        [((1UL << 15) - 1100, 1107), ((1UL << 15) + 20, 1200)],
    ];

    [Test]
    public void Random_operations_agree_with_a_model([Range(1, 9)] int seed) => RunModel(seed, operations: 1500);

    [Test]
    [Category("Long")]
    public void Random_operations_agree_with_a_model_for_long([Range(1001, 1010)] int seed) => RunModel(seed, operations: 100_000);

    [Test]
    public void A_request_in_vain_changes_nothing([Range(1, 5)] int seed)
    {
        using Run run = new(this, seed, layout: 0);
        for (int step = 0; step < 300; step++) run.Step(growPercent: 80);
        FrameModel model = run.Model;
        for (int order = 0; order < Order.Count; order++)
        {
            if (run.Allocator.TryAllocate(Order.FromTrusted(order), out FrameNumber frame)) model.Take(new FrameRange(frame, 1UL << order));
            CheckBlocks(run.Allocator, model);
        }

        foreach (ulong count in new ulong[] { 0, 300, 511, 512, 513, 1024, 1025, RamFrames, 1UL << 18, (1UL << 18) + 1, 1UL << 40, ulong.MaxValue })
        {
            foreach (int alignment in new[] { 0, 9, 10, Order.MaxValue })
            {
                foreach (ulong limit in new ulong[] { 0, count, RamFrames, FrameNumber.Limit })
                {
                    if (run.Allocator.TryAllocateRun(count, Order.FromTrusted(alignment), FrameNumber.FromTrusted(limit), out FrameRange taken)) model.Take(taken);
                    CheckBlocks(run.Allocator, model);
                }
            }
        }
    }

    [Test]
    public void Whoever_undoes_a_script_that_fails_anywhere_finds_the_state_before()
    {
        (ulong Count, int Alignment)[] script = [(1, 0), (512, 9), (3, 0), (16, 4), (300, 0), (1, 0), (100, 5), (64, 6), (1, 0), (5, 3)];
        FrameModel before = FreeModel();
        bool failed = true;
        for (ulong k = 1; failed; k++)
        {
            FailingFrames<TAllocator> failing = new(in _allocator, first: k, period: 0);
            List<FrameRange> taken = [];
            failed = false;
            foreach ((ulong count, int alignment) in script)
            {
                failed = !failing.TryAllocateRun(count, Order.FromTrusted(alignment), s_noLimit, out FrameRange run);
                if (failed) break;
                taken.Add(run);
            }

            Assert.That(failed, Is.EqualTo(k <= (ulong)script.Length));
            foreach (FrameRange run in taken) Assert.That(failing.FreeRun(run), Is.EqualTo(FreeResult.Ok));
            _allocator = failing.Frames;
            CheckBlocks(_allocator, before);
        }
    }

    private void RunModel(int seed, int operations)
    {
        using Run run = new(this, seed, layout: seed % s_layouts.Length);
        for (int step = 0; step < operations; step++)
        {
            // Phases of growing and shrinking, so that both a full and an empty allocator are seen.
            run.Step(growPercent: step / 400 % 2 == 0 ? 70 : 30);
            if (step % 64 == 0) CheckBlocks(run.Allocator, run.Model);
        }

        run.FreeAll();
        CheckBlocks(run.Allocator, run.Model);
    }

    private void CheckBlocks(TAllocator allocator, FrameModel model)
    {
        CheckCounts(allocator, model);
        for (ulong at = 0; at < (ulong)model.FrameCount; at++)
        {
            FrameNumber frame = FrameNumber.FromTrusted(at);
            if (allocator.IsFree(frame) != model.IsFree(frame)) Assert.Fail($"{frame} is free: the model says {model.IsFree(frame)}");
        }

        if (!CountsEveryBlock) return;
        List<ulong> blocks = [];
        for (int order = 0; order < Order.Count; order++) blocks.Add(allocator.FreeBlocks(Order.FromTrusted(order)));
        Assert.That(blocks, Is.EqualTo(model.FreeBlocks()));
    }

    private static void CheckCounts(TAllocator allocator, FrameModel model)
    {
        string? broken = allocator.Validate();
        if (broken != null) Assert.Fail(broken);
        if (allocator.FreeFrames != model.FreeFrames) Assert.Fail($"{allocator.FreeFrames} frames are free, {model.FreeFrames} should be");
        if (allocator.ManagedFrames != model.ManagedFrames) Assert.Fail($"{allocator.ManagedFrames} frames are managed, {model.ManagedFrames} should be");
    }

    /// <summary>An allocator and its model, which see the same requests.</summary>
    private sealed class Run : IDisposable
    {
        private readonly FirmwareMap _firmware;
        private readonly Random _random;
        private readonly bool _findsEveryRun;
        private TAllocator _allocator;

        internal Run(FrameAllocatorContract<TAllocator> contract, int seed, int layout)
        {
            _firmware = FirmwareMap.Of(s_layouts[layout]);
            _random = new Random(seed);
            _findsEveryRun = contract.FindsEveryRun;
            _allocator = contract.Create(_firmware, _firmware.Build());
            Model = new FrameModel(Array.ConvertAll(s_layouts[layout], ram => Frames(ram.Start, ram.Count)));
            foreach ((ulong start, ulong count) in s_layouts[layout])
            {
                Assert.That(_allocator.TryAdopt(Frames(start, count)), Is.EqualTo(Model.TryAdopt(Frames(start, count))));
            }
        }

        internal FrameModel Model { get; }

        internal ref TAllocator Allocator => ref _allocator;

        public void Dispose() => _firmware.Dispose();

        internal void Step(int growPercent)
        {
            int choice = _random.Next(100);
            if (choice < 4) Adopt();
            else if (choice < 6) Withdraw();
            else if (choice < 12) FreeAnything();
            else if (_random.Next(100) >= growPercent) FreeSomething();
            else if (_random.Next(4) == 0) AllocateRun();
            else AllocateBlock();
            CheckCounts(_allocator, Model);
        }

        internal void FreeAll()
        {
            while (Model.BlockCount != 0) Free(Model.Block(0));
        }

        private void AllocateBlock()
        {
            Order order = Order.FromTrusted(Math.Min(_random.Next(12), _random.Next(12)));
            bool isTaken = _allocator.TryAllocate(order, out FrameNumber frame);
            Assert.That(isTaken, Is.EqualTo(Model.HasBlock(order, order.FrameCount, s_noLimit)));
            if (!isTaken) return;
            Assert.That(frame.IsAligned(order), Is.True);
            Model.Take(new FrameRange(frame, order.FrameCount));
        }

        private void AllocateRun()
        {
            ulong count = (ulong)(_random.Next(8) == 0 ? _random.Next(1, 1400) : _random.Next(1, 40));
            Order alignment = Order.FromTrusted(_random.Next(3) == 0 ? _random.Next(12) : 0);
            FrameNumber limit = _random.Next(3) == 0 ? AnyFrame() : s_noLimit;
            bool isTaken = _allocator.TryAllocateRun(count, alignment, limit, out FrameRange run);
            if (isTaken)
            {
                Assert.That(run.Count, Is.EqualTo(count));
                Assert.That(run.Start.IsAligned(alignment), Is.True);
                Assert.That(run.End, Is.LessThanOrEqualTo(limit));
                Model.Take(run);
                return;
            }

            Order.TryForFrameCount(count, out Order order);
            Assert.That(Model.HasBlock(order > alignment ? order : alignment, count, limit), Is.False, "an aligned block is there that has the run");
            if (_findsEveryRun) Assert.That(Model.HasRun(count, alignment, limit), Is.False, "a run is there");
        }

        private void FreeSomething()
        {
            if (Model.BlockCount == 0) return;
            FrameRange block = Model.Block(_random.Next(Model.BlockCount));
            if (_random.Next(2) == 0) Free(block);
            else FreeRow(Model.Row(block, _random.Next(1, 6)));
        }

        private void Free(FrameRange block)
        {
            Order.TryForFrameCount(block.Count, out Order order);
            Assert.That(_allocator.Free(block.Start, order), Is.EqualTo(Model.Free(block.Start, order)));
        }

        private void FreeRow(FrameRange row) => Assert.That(_allocator.FreeRun(row), Is.EqualTo(Model.FreeRun(row)));

        /// <summary>Wrong nearly always; the model knows how.</summary>
        private void FreeAnything()
        {
            FrameNumber frame = AnyFrame();
            if (_random.Next(2) == 0)
            {
                Order order = Order.FromTrusted(_random.Next(Order.Count));
                FreeResult expected = Model.Free(frame, order);
                ulong refused = expected == FreeResult.Ok ? 0 : _allocator.RefusalsFor(expected);
                Assert.That(_allocator.Free(frame, order), Is.EqualTo(expected));
                if (expected != FreeResult.Ok) Assert.That(_allocator.RefusalsFor(expected), Is.EqualTo(refused + 1));
            }
            else FreeRow(new FrameRange(frame, (ulong)_random.Next(40)));
        }

        private void Adopt()
        {
            FrameRange frames = new(AnyFrame(), (ulong)_random.Next(_random.Next(2) == 0 ? 3 : 600));
            Assert.That(_allocator.TryAdopt(frames), Is.EqualTo(Model.TryAdopt(frames)));
        }

        private void Withdraw()
        {
            FrameRange frames = new(AnyFrame(), (ulong)_random.Next(_random.Next(2) == 0 ? 3 : 600));
            Assert.That(_allocator.TryWithdraw(frames), Is.EqualTo(Model.TryWithdraw(frames)));
        }

        private FrameNumber AnyFrame() => FrameNumber.FromTrusted((ulong)_random.Next(Model.FrameCount));
    }
}
