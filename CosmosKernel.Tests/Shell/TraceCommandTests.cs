using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class TraceCommandTests
{
    private const string Usage = "trace frames on|off, or: trace heap on|off";

    private FakeTracing _frames = null!;
    private FakeTracing _heap = null!;
    private FakeTerminal _terminal = null!;

    [SetUp]
    public void SetUp()
    {
        _frames = new FakeTracing("frames");
        _heap = new FakeTracing("heap");
        _terminal = new FakeTerminal();
    }

    [Test]
    public void On_and_off_switch_it_and_off_says_what_was_written()
    {
        Assert.That(Run("frames", "on"), Is.Null);
        Assert.That(_frames.IsOn);
        Assert.That(Run("frames", "on"), Is.EqualTo("the trace of frames is on already"));
        Assert.That(Run("frames", "off"), Is.Null);
        Assert.That(_frames.IsOn, Is.False);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "12 lines of frames written" }));
        Assert.That(Run("frames", "off"), Is.EqualTo("the trace of frames is off already"));
    }

    [Test]
    public void One_line_takes_one_trace()
    {
        Assert.That(Run("heap", "on"), Is.Null);
        Assert.That(Run("frames", "on"), Is.EqualTo("the trace of heap is on already"));
        Assert.That(_frames.IsOn, Is.False);
        Assert.That(Run("frames", "off"), Is.EqualTo("the trace of frames is off already"));
        Assert.That(Run("heap", "off"), Is.Null);
        Assert.That(Run("frames", "on"), Is.Null);
    }

    [Test]
    public void A_machine_without_a_second_line_cannot()
    {
        _frames.HasLine = false;
        Assert.That(Run("frames", "on"), Is.EqualTo("the machine has no second serial line"));
        Assert.That(Run("frames", "off"), Is.EqualTo("the trace of frames is off already"));
    }

    [Test]
    public void A_trace_with_gaps_fails()
    {
        Run("heap", "on");
        _heap.LostBytes = 3;
        Assert.That(Run("heap", "off"), Is.EqualTo("the line did not take 3 bytes"));
    }

    [TestCase]
    [TestCase("frames")]
    [TestCase("stack", "on")]
    [TestCase("frames", "maybe")]
    [TestCase("frames", "on", "now")]
    public void Anything_else_is_answered_with_what_there_is(params string[] arguments) => Assert.That(Run(arguments), Is.EqualTo(Usage));

    private string? Run(params string[] arguments) => new TraceCommand(_frames, _heap).ToCommand().Handler(_terminal, arguments).Failure;

    private sealed class FakeTracing(string name) : ITracing
    {
        public string Name => name;

        public bool HasLine { get; set; } = true;

        public bool IsOn { get; private set; }

        public string Written => "12 lines of " + name;

        public ulong LostBytes { get; set; }

        public CommandResult Start()
        {
            IsOn = HasLine;
            return HasLine ? CommandResult.Ok : CommandResult.Failed("the machine has no second serial line");
        }

        public void Stop() => IsOn = false;
    }
}
