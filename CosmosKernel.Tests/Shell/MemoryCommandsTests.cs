using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class MemoryCommandsTests
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
        new MemoryCommands(_machine).AddTo(_commands);
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void Mem_adds_up()
    {
        Run("mem");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "memory            frames    KiB",
            "total               8192  32768",
            "reserved at boot     256   1024",
            "used                   5     20",
            "  kernel               1      4",
            "  page tables          0      0",
            "  heap                 4     16",
            "  user                 0      0",
            "  cache                0      0",
            "free                7931  31724",
            "",
            "not counted           frames    KiB",
            "firmware and devices       2      8",
            "ACPI tables                1      4",
            "ACPI non-volatile          0      0",
            "bad                        0      0",
            "partly usable              0      0",
            "holes                    255   1020",
            "map, total included     8450  33800",
        }));
    }

    [Test]
    public void Zones_are_listed_with_their_frames()
    {
        Run("zones");
        Assert.That(_terminal.Lines, Has.Length.EqualTo(4));
        Assert.That(_terminal.Lines[3], Is.EqualTo("served by the hybrid allocator; blocks have 0 of 0 frames more than they were taken for"));
        Assert.That(_terminal.Lines[0], Does.StartWith("zone    from         present  managed  free"));
        Assert.That(_terminal.Lines[1], Does.StartWith("DMA     P:0x0           4096     3840  3840"));
        Assert.That(_terminal.Lines[2], Does.StartWith("Normal  P:0x1000000     4096     4096  4091"));
    }

    [Test]
    public void Map_shows_the_firmwares_ranges_and_what_is_set_aside()
    {
        Run("map");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "from         to             KiB  the firmware says",
            "P:0x0        P:0x2000000  32768  usable",
            "P:0x2000000  P:0x2001000      4  ACPI tables",
            "P:0x2100000  P:0x2102000      8  reserved",
            "",
            "from         to           frames   KiB  of the total  set aside for",
            "P:0x0        P:0x100000      256  1024           256  BIOS area",
            "P:0x80000    P:0x81000         1     4             1  boot module",
            "P:0x2100000  P:0x2102000       2     8             0  framebuffer",
        }));
    }

    [Test]
    public void Reserved_counts_what_overlaps_once_and_what_is_no_memory_not_at_all()
    {
        Run("reserved");
        Assert.That(_terminal.Lines, Has.Length.EqualTo(5));
        Assert.That(_terminal.Lines[2], Is.EqualTo("P:0x80000    P:0x81000         1     4             1  boot module"));
        Assert.That(_terminal.Lines[^1], Is.EqualTo("3 regions; of the total memory they take 256 frames, 1024 KiB"));
    }

    private void Run(string name) => Assert.That(_commands.Find(name)!.Handler(_terminal, []).Failure, Is.Null);
}
