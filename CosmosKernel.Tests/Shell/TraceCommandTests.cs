using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class TraceCommandTests
{
    private FakeTracing _tracing = null!;
    private FakeTerminal _terminal = null!;

    [SetUp]
    public void SetUp()
    {
        _tracing = new FakeTracing();
        _terminal = new FakeTerminal();
    }

    [Test]
    public void On_and_off_switch_it_and_off_says_what_was_written()
    {
        Assert.That(Run("frames", "on"), Is.Null);
        Assert.That(_tracing.IsOn);
        Assert.That(Run("frames", "on"), Is.EqualTo("the trace of frames is on already"));
        Assert.That(Run("frames", "off"), Is.Null);
        Assert.That(_tracing.IsOn, Is.False);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "12 allocations and 7 frees written" }));
        Assert.That(Run("frames", "off"), Is.EqualTo("the trace of frames is off already"));
    }

    [Test]
    public void A_machine_without_a_second_line_cannot()
    {
        _tracing.HasLine = false;
        Assert.That(Run("frames", "on"), Is.EqualTo("the machine has no second serial line"));
    }

    [Test]
    public void A_trace_with_gaps_fails()
    {
        Run("frames", "on");
        _tracing.LostBytes = 3;
        Assert.That(Run("frames", "off"), Is.EqualTo("the line did not take 3 bytes"));
    }

    [TestCase]
    [TestCase("frames")]
    [TestCase("heap", "on")]
    [TestCase("frames", "maybe")]
    [TestCase("frames", "on", "now")]
    public void Anything_else_is_answered_with_what_there_is(params string[] arguments) =>
        Assert.That(Run(arguments), Is.EqualTo("trace frames on, or: trace frames off"));

    private string? Run(params string[] arguments) => new TraceCommand(_tracing).ToCommand().Handler(_terminal, arguments).Failure;

    private sealed class FakeTracing : IFrameTracing
    {
        public bool HasLine { get; set; } = true;

        public bool IsOn { get; private set; }

        public ulong Allocations => 12;

        public ulong Frees => 7;

        public ulong LostBytes { get; set; }

        public bool TryStart() => IsOn = HasLine;

        public void Stop() => IsOn = false;
    }
}
