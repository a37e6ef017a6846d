using System;
using MemOS.Collections;
using MemOS.Tests.Interleavings;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Tlb;

/// <summary>The shootdown in every order of its steps with few deviations, writes that are seen late included; and what is left out of it is found.</summary>
public sealed class ShootdownInterleavingTests
{
    [Test]
    public void A_switch_and_a_flush_at_once_leave_nothing_stale() => AssertRight(() => new SwitchAndFlush<ExploredWords>(), 3);

    [Test]
    public void A_switch_away_and_back_leaves_nothing_stale() => AssertRight(() => new ThereAndBack<ExploredWords>(), 2);

    [Test]
    public void A_rest_and_a_flush_of_the_kernels_half_at_once_leave_nothing_stale() => AssertRight(() => new RestAndFlush<ExploredWords>(), 3);

    [Test]
    public void Two_that_flush_the_same_space_ask_each_other_and_both_go_on() => AssertRight(() => new Crossing<ExploredWords>(2), 2);

    [Test]
    public void Two_that_flush_ask_a_third_each() => AssertRight(() => new Crossing<ExploredWords>(3), 1);

    [Test]
    public void It_is_right_at_random()
    {
        Assert.That(Explorer.FindFaultAtRandom(() => new SwitchAndFlush<ExploredWords>(), 100, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new RestAndFlush<ExploredWords>(), 100, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new Crossing<ExploredWords>(3), 100, 1)?.ToString(), Is.Null);
    }

    [Test]
    public void Without_a_look_at_the_count_of_flushes_a_switch_keeps_what_is_stale() =>
        AssertFound(() => new SwitchAndFlush<BrokenWords<BlindSwitch>>(), 2, "still reaches");

    [Test]
    public void A_processor_that_says_too_late_that_it_uses_a_space_is_not_asked() =>
        AssertFound(() => new SwitchAndFlush<BrokenWords<LateUser>>(), 2, "still reaches");

    [Test]
    public void Without_waiting_for_answers_frames_are_given_away_too_early() =>
        AssertFound(() => new SwitchAndFlush<BrokenWords<NoWait>>(), 2, "still reaches");

    [Test]
    public void Without_the_fence_of_a_switch_or_flush_each_misses_the_other() =>
        AssertFound(() => new SwitchAndFlush<WordsWithoutLock>(), 2, "still reaches");

    [Test]
    public void Without_the_fence_of_waking_a_flush_of_the_kernels_half_is_missed() =>
        AssertFound(() => new RestAndFlush<WordsWithoutLock>(), 2, "still reaches");

    private static void AssertRight(Func<Scenario> make, int deviations)
    {
        Finding? finding = Explorer.FindFault(make, deviations, out int orders);
        Assert.That(finding?.ToString(), Is.Null);
        TestContext.Out.WriteLine($"{orders} orders");
        Assert.That(orders, Is.GreaterThan(500));
    }

    private static void AssertFound(Func<Scenario> make, int deviations, string fault) =>
        Assert.That(Explorer.FindFault(make, deviations)?.ToString(), Does.Contain(fault));

    private readonly struct BlindSwitch : IBreak
    {
        public WordFault Fault => WordFault.BlindSwitch;
    }

    private readonly struct LateUser : IBreak
    {
        public WordFault Fault => WordFault.LateUser;
    }

    private readonly struct NoWait : IBreak
    {
        public WordFault Fault => WordFault.NoWait;
    }

    /// <summary>One replaces a page of a space; the other, which knows the old one and is away, comes back.</summary>
    private sealed class SwitchAndFlush<TWords> : ShootdownScenario<TWords>
        where TWords : struct, ISharedWords
    {
        public SwitchAndFlush()
            : base(2)
        {
            PrepareAway(1);
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                ReplaceUserPage();
                return;
            }

            LoadSpace();
            ReadUserPage();
            Poll();
            ReadUserPage();
        }
    }

    /// <summary>One replaces a page of a space; the other uses it, leaves it and comes back.</summary>
    private sealed class ThereAndBack<TWords> : ShootdownScenario<TWords>
        where TWords : struct, ISharedWords
    {
        public ThereAndBack()
            : base(2)
        {
            Prepare(1);
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                ReplaceUserPage();
                return;
            }

            ReadUserPage();
            Poll();
            LoadKernel();
            Poll();
            LoadSpace();
            ReadUserPage();
            Poll();
            ReadUserPage();
        }
    }

    /// <summary>One replaces a page of the kernel's half; the other, which knows the old one, rests and wakes by something else.</summary>
    private sealed class RestAndFlush<TWords> : ShootdownScenario<TWords>
        where TWords : struct, ISharedWords
    {
        public RestAndFlush()
            : base(2)
        {
            Prepare(1);
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                ReplaceKernelPage();
                return;
            }

            ReadKernelPage();
            Rest();
            Wake();
            ReadKernelPage();
            Poll();
            ReadKernelPage();
        }
    }

    /// <summary>Two that have one space loaded replace its page; a third only uses it.</summary>
    private sealed class Crossing<TWords> : ShootdownScenario<TWords>
        where TWords : struct, ISharedWords
    {
        public Crossing(int processors)
            : base(processors)
        {
            for (int processor = 0; processor < processors; processor++) Prepare(processor);
        }

        protected override void Act(int processor)
        {
            ReadUserPage();
            if (processor < 2) ReplaceUserPage();
            Poll();
            ReadUserPage();
        }
    }
}
