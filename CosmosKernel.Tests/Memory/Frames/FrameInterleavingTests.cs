using System;
using MemOS.Collections;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Interleavings;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>The frames' own code in every order of its steps with few deviations, writes that are seen late included; and what is left out of it is found.</summary>
public sealed class FrameInterleavingTests
{
    [TestCase(2, 8)]
    [TestCase(3, 4)]
    public void Of_several_frees_into_caches_one_succeeds(int processors, int deviations) =>
        AssertRight(() => new Frees<ExploredWords>(processors, hasZone: false), deviations);

    [TestCase(2, 8)]
    [TestCase(3, 4)]
    public void Of_a_free_to_the_zone_and_others_into_caches_one_succeeds(int processors, int deviations) =>
        AssertRight(() => new Frees<ExploredWords>(processors, hasZone: true), deviations);

    [TestCase(2, 8)]
    [TestCase(3, 3)]
    public void The_last_of_several_users_frees_a_frame_and_no_other(int processors, int deviations) =>
        AssertRight(() => new Users<ExploredWords>(processors), deviations);

    [Test]
    public void A_frame_that_is_handed_out_is_not_freed_by_who_freed_it_before() => AssertRight(() => new LateFree<ExploredWords>(), 6, leastOrders: 5);

    [Test]
    public void Frames_that_one_allocates_and_another_frees_are_nobody_elses_and_come_back() => AssertRight(() => new Passing(), 6);

    [Test]
    public void No_request_is_refused_while_another_one_keeps_frames() => AssertRight(() => new Asking(isEarly: false), 4);

    [Test]
    public void No_block_is_refused_while_sections_wait_to_be_made_ready() => AssertRight(() => new Sections(), 2);

    [Test]
    public void It_is_right_at_random()
    {
        Assert.That(Explorer.FindFaultAtRandom(() => new Frees<ExploredWords>(3, hasZone: true), 300, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new Users<ExploredWords>(3), 300, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new Passing(), 300, 1)?.ToString(), Is.Null);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Two_frees_that_are_no_single_steps_both_succeed(bool hasZone) => AssertFound(() => new Frees<WordsWithoutLock>(2, hasZone), 2, "frees succeeded");

    [Test]
    public void Users_that_leave_in_no_single_steps_free_a_frame_too_often_or_never() => AssertFound(() => new Users<WordsWithoutLock>(2), 2, "frees succeeded");

    [Test]
    public void Who_says_too_early_that_its_caches_are_empty_leaves_who_asked_without_frames() => AssertFound(() => new Asking(isEarly: true), 2, "no frame");

    private static void AssertRight(Func<Scenario> make, int deviations, int leastOrders = 50)
    {
        Finding? finding = Explorer.FindFault(make, deviations, out int orders);
        Assert.That(finding?.ToString(), Is.Null);
        TestContext.Out.WriteLine($"{orders} orders");
        Assert.That(orders, Is.GreaterThan(leastOrders));
    }

    private static void AssertFound(Func<Scenario> make, int deviations, string fault)
    {
        Finding? finding = Explorer.FindFault(make, deviations, out int orders);
        TestContext.Out.WriteLine($"{orders} orders");
        Assert.That(finding?.ToString(), Does.Contain(fault));
    }

    /// <summary>All free one frame at once, which one of them has; the last one to the zone, perhaps.</summary>
    private sealed class Frees<TWords> : FrameScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly bool _hasZone;
        private readonly FrameNumber _frame;
        private int _freed;

        public Frees(int processors, bool hasZone)
            : base(processors)
        {
            _hasZone = hasZone;
            Become(0);
            TryAllocate(out _frame);
            PrepareRoom();
        }

        public override string? Check() => _freed != 1 ? $"{_freed} frees succeeded" : base.Check();

        protected override void Act(int processor)
        {
            bool isFreed = _hasZone && processor == Processors - 1 ? TryFreeToZone(_frame) : TryFreeToCache(_frame);
            if (!isFreed) return;
            if (_freed++ == 0) Forget(_frame);
        }
    }

    /// <summary>All use one frame, and each leaves it: who is the last one frees it.</summary>
    private sealed class Users<TWords> : FrameScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly FrameNumber _frame;
        private int _freed;

        public Users(int processors)
            : base(processors)
        {
            Become(0);
            TryAllocate(out _frame);
            for (int more = 1; more < processors; more++) Memory.TryAddReference(_frame);
            PrepareRoom();
        }

        public override string? Check() => _freed != 1 ? $"{_freed} frees succeeded" : base.Check();

        protected override void Act(int processor)
        {
            if (processor == 0 && TryAddReference(_frame) && !TryDropReference(_frame)) throw new InvalidOperationException("a reference is lost");
            if (TryDropReference(_frame) || !TryFreeToCache(_frame)) return;
            if (_freed++ == 0) Forget(_frame);
        }
    }

    /// <summary>One frees a frame that the other has in its cache, and hands out meanwhile: it is refused, or all of it comes after.</summary>
    private sealed class LateFree<TWords> : FrameScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly FrameNumber _frame;

        public LateFree()
            : base(2)
        {
            Become(0);
            TryAllocate(out _frame);
            PrepareRoom();
            Become(0);
            Free(_frame);
        }

        protected override void Act(int processor)
        {
            if (processor == 1)
            {
                if (TryFreeToCache(_frame)) Forget(_frame);
                return;
            }

            if (!TryTake(out FrameNumber frame) || frame != _frame) throw new InvalidOperationException("the frame is not there");
        }
    }

    /// <summary>One allocates and sends on, the other frees; both come to the zone.</summary>
    private sealed class Passing() : FrameScenario<ExploredWords>(2)
    {
        private const int Frames = 4;

        protected override void Act(int processor)
        {
            for (int i = 0; i < Frames; i++)
            {
                if (processor == 1)
                {
                    Free(Receive(i));
                    continue;
                }

                if (!TryAllocate(out FrameNumber frame)) throw new InvalidOperationException("no frame");
                Send(i, frame);
            }

            for (int i = 0; i < Frames; i++)
            {
                if (TryAllocate(out FrameNumber frame)) Free(frame);
            }
        }
    }

    /// <summary>Both take large blocks until there are none; the sections that they lie in are not ready at first.</summary>
    private sealed class Sections() : FrameScenario<ExploredWords>(2, SectionCount << FrameTable.SectionShift)
    {
        private const ulong SectionCount = 2;

        private static readonly Order s_order = Order.FromTrusted(FrameTable.SectionShift - 1);

        private int _count;

        public override string? Check() => _count == Expected ? base.Check() : $"{_count} blocks of {Expected}";

        protected override void Act(int processor)
        {
            while (Memory.TryAllocate(s_order, FrameRequest.For(FrameOwner.Kernel).Urgent(), out FrameNumber block))
            {
                _count++;
                Claim(block);
            }
        }

        // Each stands for all frames of its block.
        protected override ulong FramesOf(int claims) => (ulong)claims * s_order.FrameCount;

        // What lies below 16 MiB is another zone's, so the first section has a block less.
        private static int Expected => (2 * (int)SectionCount) - 1;
    }

    /// <summary>All free frames are in the caches of one, which goes on allocating and freeing; the other one asks for them.</summary>
    private sealed class Asking : FrameScenario<ExploredWords>
    {
        private readonly bool _isEarly;

        public Asking(bool isEarly)
            : base(2)
        {
            _isEarly = isEarly;
            Become(1);
            TryAllocate(out FrameNumber one);
            Free(one);
            Become(0);
            while (TryAllocate(out _))
            {
            }

            PrepareAsking();
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                if (!TryAllocate(out _)) throw new InvalidOperationException("no frame");
                EndAsking();
                return;
            }

            if (TryAllocate(out FrameNumber frame)) Free(frame);
            ServeUntilEnd();
        }

        protected override void Serve(int request)
        {
            if (_isEarly) EndRequest(request);
            base.Serve(request);
        }
    }
}
