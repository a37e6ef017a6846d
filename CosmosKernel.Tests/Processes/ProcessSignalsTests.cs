using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

/// <summary>Which signals a process takes, and in which order.</summary>
public sealed class ProcessSignalsTests
{
    private const int User1 = 10;
    private const int User2 = 12;
    private static readonly SignalAction s_caught = new(0x1000, 0, 0x2000, SignalSet.None);

    private ProcessSignals _signals = null!;

    [SetUp]
    public void Begin() => _signals = new ProcessSignals();

    [Test]
    public void A_signal_that_came_twice_is_taken_once_and_a_queued_one_as_often_as_it_came()
    {
        Send(User1, 1);
        Send(User1, 2);
        Send(Signal.FirstQueued, 3);
        Send(Signal.FirstQueued, 4);
        Assert.That(Taken(), Is.EqualTo(new[] { 1, 3, 4 }));
        Assert.That(_signals.HasWork, Is.False);
    }

    [Test]
    public void The_queue_ends_somewhere_and_says_so()
    {
        int sent = 0;
        while (_signals.TryAdd(new SignalInfo(Signal.Last, -1, 0, 0))) sent++;
        Assert.That(sent, Is.InRange(32, 4096));
        Assert.That(Taken(), Has.Length.EqualTo(sent));
    }

    [Test]
    public void What_the_program_itself_caused_comes_before_what_was_sent_and_the_end_before_all()
    {
        Send(Signal.Hangup, 1);
        Send(Signal.Segmentation, 2);
        Send(Signal.Terminate, 3);
        Send(Signal.Kill, 4);
        Assert.That(Taken(), Is.EqualTo(new[] { 4, 2, 1, 3 }));
    }

    [Test]
    public void What_is_blocked_waits_and_the_unstoppable_cannot_be_blocked()
    {
        _signals.Mask = new SignalSet(ulong.MaxValue);
        Send(User1, 1);
        Assert.That(_signals.HasWork, Is.False);
        Send(Signal.Kill, 2);
        Assert.That(Taken(), Is.EqualTo(new[] { 2 }));
        _signals.Mask = SignalSet.None;
        Assert.That(Taken(), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void What_is_ignored_is_forgotten_but_kept_while_it_is_blocked()
    {
        Send(Signal.Child, 1);
        Assert.That(_signals.Pending.IsEmpty);
        _signals.Mask = SignalSet.Of(Signal.Child);
        Send(Signal.Child, 2);
        _signals.SetAction(Signal.Child, s_caught);
        _signals.Mask = SignalSet.None;
        Assert.That(Taken(), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Ignoring_forgets_what_has_come()
    {
        Send(User1, 1);
        Send(Signal.FirstQueued + 1, 2);
        _signals.SetAction(User1, SignalAction.Ignoring);
        _signals.SetAction(Signal.FirstQueued + 1, SignalAction.Ignoring);
        Assert.That(_signals.TryTake(out _), Is.False);
    }

    [Test]
    public void A_forced_signal_that_is_blocked_or_ignored_does_what_it_does_by_itself()
    {
        _signals.SetAction(Signal.Segmentation, s_caught);
        _signals.Force(SignalInfo.FromKernel(Signal.Segmentation));
        Assert.That(_signals.ActionOf(Signal.Segmentation).Handler, Is.EqualTo(s_caught.Handler));
        _signals.Mask = SignalSet.Of(Signal.Segmentation);
        _signals.Force(SignalInfo.FromKernel(Signal.Segmentation));
        Assert.That(_signals.ActionOf(Signal.Segmentation).IsDefault);
        Assert.That(_signals.HasWork);
    }

    [Test]
    public void A_function_that_is_called_blocks_its_signal_and_its_mask()
    {
        SignalAction action = new(0x1000, 0, 0x2000, SignalSet.Of(User2).With(Signal.Kill));
        _signals.Enter(User1, in action);
        Assert.That(_signals.Mask.Bits, Is.EqualTo(SignalSet.Of(User1).With(User2).Bits));
    }

    [Test]
    public void A_mask_that_a_call_replaced_is_what_comes_back_after_the_function()
    {
        _signals.Mask = SignalSet.Of(User1);
        _signals.ReplaceMask(SignalSet.Of(User2));
        _signals.ReplaceMask(SignalSet.Of(User2)); // The call was made again.
        Assert.That(_signals.MaskAfter.Bits, Is.EqualTo(SignalSet.Of(User1).Bits));
        SignalAction action = s_caught;
        _signals.Enter(Signal.Hangup, in action);
        Assert.That(_signals.Mask.Bits, Is.EqualTo(SignalSet.Of(User2).With(Signal.Hangup).Bits));
        Assert.That(_signals.HasSavedMask, Is.False);
    }

    [Test]
    public void Another_program_keeps_what_was_ignored_and_blocked_and_loses_the_rest()
    {
        _signals.SetAction(User1, s_caught);
        _signals.SetAction(User2, SignalAction.Ignoring);
        _signals.Mask = SignalSet.Of(Signal.Hangup);
        _signals.Stack = new AlternateStack(0x1000, 0x4000, 0);
        _signals.ResetForProgram();
        Assert.That(_signals.ActionOf(User1).IsDefault);
        Assert.That(_signals.ActionOf(User2).IsIgnoring);
        Assert.That(_signals.Mask.Has(Signal.Hangup));
        Assert.That(_signals.Stack.IsThere, Is.False);
    }

    [Test]
    public void A_child_wants_the_same_and_nothing_has_come()
    {
        _signals.SetAction(User1, s_caught);
        _signals.Mask = SignalSet.Of(User2);
        Send(User2, 1);
        ProcessSignals child = new();
        child.CopyFrom(_signals);
        Assert.That(child.ActionOf(User1).Handler, Is.EqualTo(s_caught.Handler));
        Assert.That(child.Mask.Bits, Is.EqualTo(_signals.Mask.Bits));
        Assert.That(child.Pending.IsEmpty);
    }

    [TestCase(0x1000ul, false)]
    [TestCase(0x1001ul, true)]
    [TestCase(0x5000ul, true)]
    [TestCase(0x5001ul, false)]
    public void A_stack_holds_its_bytes_and_its_end(ulong address, bool holds) =>
        Assert.That(new AlternateStack(0x1000, 0x4000, 0).Holds(address), Is.EqualTo(holds));

    private void Send(int number, int value) => Assert.That(_signals.TryAdd(new SignalInfo(number, -1, 0, (ulong)value)));

    private int[] Taken()
    {
        System.Collections.Generic.List<int> values = new();
        while (_signals.TryTake(out SignalInfo info)) values.Add((int)info.Second);
        return values.ToArray();
    }
}
