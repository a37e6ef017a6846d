using System;
using System.Linq;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class FrameCommandsTests
{
    private SmallMachine _machine = null!;
    private FakeTerminal _terminal = null!;
    private CommandTable _commands = null!;

    [SetUp]
    public void SetUp()
    {
        _machine = new SmallMachine();
        _terminal = new FakeTerminal();
        _commands = new CommandTable();
        new FrameCommands(_machine).AddTo(_commands);
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void A_zone_without_holes_is_whole_blocks()
    {
        Assert.That(Run("buddy", "dma"), Is.Null);
        Assert.That(_terminal.Lines[0], Is.EqualTo("zone DMA of node 0 from P:0x0: 3840 frames free"));
        Assert.That(_terminal.Lines[1], Is.EqualTo("  order  block KiB  blocks  free KiB  unusable  share of the zone's free memory"));
        Assert.That(_terminal.Lines[2], Is.EqualTo("      0          4       0         0     0.0 %"));
        Assert.That(_terminal.Lines[10], Is.EqualTo("      8       1024       1      1024     0.0 %  ██"));
        Assert.That(_terminal.Lines[11], Is.EqualTo("      9       2048       1      2048     6.6 %  ████"));
        Assert.That(_terminal.Lines[13], Is.EqualTo("     11       8192       1      8192    46.6 %  ████████████████"));
        Assert.That(_terminal.Lines[14], Is.EqualTo("   more                  0         0   100.0 %"));
        Assert.That(_terminal.Lines[15..], Is.EqualTo(new[] { " cached                            0", "pending                            0" }));
    }

    [Test]
    public void Each_zones_blocks_add_up_to_its_free_frames()
    {
        Assert.That(Run("buddy"), Is.Null);
        string[] zones = _terminal.Written.Split("\n\n");
        Assert.That(zones, Has.Length.EqualTo(_machine.ZoneCount));
        for (int i = 0; i < zones.Length; i++)
        {
            int free = zones[i].Split('\n').Skip(2).Where(line => line.Length != 0).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Sum(words => int.Parse(words[char.IsDigit(words[0][0]) ? 3 : words[0] == "more" ? 2 : 1]));
            Assert.That(free, Is.EqualTo(4 * (int)_machine.ZoneAt(i).FreeFrames));
        }

        Assert.That(_terminal.Lines.Max(line => line.Length), Is.LessThan(80));
    }

    [Test]
    public void A_zone_that_is_not_there_is_said() => Assert.That(Run("buddy", "High"), Is.EqualTo("no zone is called 'High'"));

    [Test]
    public void A_frame_inside_a_block_has_the_blocks_owner_and_references()
    {
        Assert.That(_machine.TryShare(_machine.HeapBlock));
        FrameNumber frame = _machine.HeapBlock + 3;
        Assert.That(Run("frame", frame.Value.ToString()), Is.Null);
        FrameRange block = new(_machine.HeapBlock, 4);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            $"frame {frame.Value}, {frame}, from {frame.Start}",
            "  firmware    usable",
            "  zone        Normal of node 0, [F#1000, F#2000)",
            "  state       allocated",
            $"  block       order 2, {block}, frame 3 of it",
            "  owner       heap",
            "  references  2",
        }));
    }

    [Test]
    public void A_single_frame_is_a_block_of_its_own()
    {
        Run("frame", _machine.KernelFrame.ToString());
        Assert.That(_terminal.Lines[4], Is.EqualTo($"  block       order 0, {new FrameRange(_machine.KernelFrame, 1)}, frame 0 of it"));
        Assert.That(_terminal.Lines[5..], Is.EqualTo(new[] { "  owner       kernel", "  references  1" }));
    }

    [TestCase("P:0x80000", new[] { "  firmware    usable", "  state       reserved, never handed out", "  reason      BIOS area, [F#0, F#100)", "  reason      boot module, [F#80, F#81)" })]
    [TestCase("0xfff", new[] { "  firmware    usable", "  zone        DMA of node 0, [F#0, F#1000)", "  state       free" })]
    [TestCase("F#2000", new[] { "  firmware    ACPI tables", "  state       no memory of MemOS's" })]
    [TestCase("8200", new[] { "  firmware    hole", "  state       no memory of MemOS's" })]
    [TestCase("P:0xfffffffffffff", new[] { "  firmware    hole", "  state       no memory of MemOS's" })]
    public void Whatever_a_frame_is_it_has_an_answer(string argument, string[] answer)
    {
        Assert.That(Run("frame", argument), Is.Null);
        Assert.That(_terminal.Lines[1..], Is.EqualTo(answer));
    }

    [Test]
    public void A_cached_frame_is_free()
    {
        FrameNumber cached = Enumerable.Range(0x1000, 0x1000).Select(number => FrameNumber.FromTrusted((ulong)number))
            .First(frame => _machine.Describe(frame).State == FrameState.Cached);
        Run("frame", cached.ToString());
        Assert.That(_terminal.Lines[^1], Is.EqualTo("  state       free, in a CPU's cache"));
    }

    [TestCase("0x10000000000", Description = "the first frame above 52 bits of address")]
    [TestCase("P:0x10000000000000")]
    [TestCase("18446744073709551616")]
    [TestCase("-1")]
    [TestCase("0x")]
    [TestCase("P:12g")]
    [TestCase("F#")]
    [TestCase("")]
    public void What_is_no_frame_is_refused(string argument) =>
        Assert.That(Run("frame", argument), Is.EqualTo($"'{argument}' is not the number or address of a frame"));

    [Test]
    public void A_frame_must_be_named() => Assert.That(Run("frame"), Does.StartWith("which frame?"));

    private string? Run(string name, params string[] arguments) => _commands.Find(name)!.Handler(_terminal, arguments).Failure;
}
