using System.Linq;
using MemOS.Memory.Frames;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class FrameHandCommandsTests
{
    private SmallMachine _machine = null!;
    private FakeTerminal _terminal = null!;
    private CommandTable _commands = null!;
    private ulong _free;

    [SetUp]
    public void SetUp()
    {
        _machine = new SmallMachine();
        _terminal = new FakeTerminal();
        _commands = new CommandTable();
        new FrameHandCommands(_machine, _machine).AddTo(_commands);
        _free = _machine.Frames.Free;
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void A_block_is_taken_from_the_named_zone_and_given_back()
    {
        Assert.That(Run("take", "4", "dma"), Is.Null);
        Assert.That(_terminal.Lines.Last(), Does.Match("^F#[0-9a-f]+, order 4.*, from zone DMA of node 0$"));
        Assert.That(_machine.Frames.Free, Is.EqualTo(_free - 16));
        string frame = _terminal.Lines.Last().Split(',')[0];
        Assert.That(Run("give", frame), Is.Null);
        Assert.That(_machine.Frames.Free, Is.EqualTo(_free));
        Assert.That(Run("give", frame), Is.EqualTo("refused: double free"));
        Assert.That(_machine.Broken, Is.Null);
    }

    [Test]
    public void A_zone_gives_until_its_minimum_and_everything_comes_back()
    {
        Assert.That(Run("take", "all", "DMA"), Is.Null);
        Zone dma = _machine.ZoneAt(0);
        Assert.That(dma.FreeFrames, Is.EqualTo(dma.Marks.Min));
        Assert.That(_terminal.Lines.Last(), Is.EqualTo((_free - _machine.Frames.Free) + " frames, then it was refused"));
        Assert.That(Run("take", "0", "dma"), Is.EqualTo("no block of that order can be had"));
        Assert.That(Run("take", "0"), Is.Null);
        Assert.That(Run("give", "all"), Is.Null);
        Assert.That(_machine.Frames.Free, Is.EqualTo(_free));
        Assert.That(Run("give", "all"), Is.Null);
        Assert.That(_terminal.Lines.Last(), Is.EqualTo("0 frames"));
        Assert.That(_machine.Broken, Is.Null);
    }

    [Test]
    public void A_drain_says_what_went_back()
    {
        Run("take", "0");
        ulong cached = _machine.Frames.Cached;
        Assert.That(cached, Is.GreaterThan(10));
        Assert.That(Run("drain"), Is.Null);
        Assert.That(_terminal.Lines.Last(), Is.EqualTo(cached + " frames went back"));
        Assert.That(_machine.Frames.Cached, Is.Zero);
    }

    [Test]
    public void What_others_have_is_not_given()
    {
        Assert.That(Run("give", _machine.HeapBlock.ToString()), Is.EqualTo("the block is not one that was taken by hand"));
        Assert.That(Run("give", "0"), Is.EqualTo("refused: reserved frame"));
        Assert.That(Run("give", "F#ffffff"), Is.EqualTo("refused: foreign frame"));
        Assert.That(_machine.Frames.Free, Is.EqualTo(_free));
    }

    [TestCase("take")]
    [TestCase("take", "19")]
    [TestCase("take", "0", "space")]
    [TestCase("take", "0", "dma", "more")]
    [TestCase("give")]
    [TestCase("give", "what")]
    public void Wrong_words_are_answered(params string[] line)
    {
        Assert.That(Run(line), Is.Not.Null.And.Not.Empty);
        Assert.That(_machine.Frames.Free, Is.EqualTo(_free));
    }

    private string? Run(params string[] line) => _commands.Find(line[0])!.Handler(_terminal, line[1..]).Failure;
}
