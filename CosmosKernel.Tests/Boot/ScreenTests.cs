using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>What goes over the serial line is on the screen too.</summary>
[Category("Boot")]
public sealed partial class ScreenTests
{
    private const int RowHeight = 16;

    // The emulator's own processor and memory: a machine that nobody has said anything about.
    [Test]
    public void A_machine_with_a_BIOS_shows_the_prompt_in_text_mode()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { CpuModel = "qemu64" });
        Picture screen = ScreenOf(machine);
        Assert.That((screen.Width, screen.Height), Is.EqualTo((720, 400)), "80 by 25 characters, 9 pixels wide");
        AssertShows(machine.Transcript, screen, cellWidth: 9);
    }

    [Test]
    public void A_machine_with_UEFI_shows_the_prompt_on_its_framebuffer()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Firmware = Firmware.Uefi });
        Picture screen = ScreenOf(machine);
        Assert.That((screen.Width, screen.Height), Is.EqualTo((1280, 800)), "the firmware's own mode");
        AssertShows(machine.Transcript, screen, cellWidth: 8);
    }

    private static Picture ScreenOf(BootedMachine machine)
    {
        using TemporaryFolder folder = new();
        string file = folder.NewFile(".png");
        machine.Screenshot(file);
        return Picture.Read(file);
    }

    // Whatever the font: the cells of letters have lit pixels, those of spaces have none. The cursor may be on or off.
    private static void AssertShows(string transcript, Picture screen, int cellWidth)
    {
        string greeting = Greeting().Match(transcript).Value;
        Assert.That(greeting, Is.Not.Empty, transcript);
        Assert.That(screen.Shape(0, cellWidth, RowHeight), Is.EqualTo(NotSpace().Replace(greeting, "#")));
        Assert.That(screen.Shape(1, cellWidth, RowHeight), Is.EqualTo("######").Or.EqualTo("###### #"));
        Assert.That(screen.Shape(2, cellWidth, RowHeight), Is.Empty);
    }

    [GeneratedRegex("^MemOS: .*$", RegexOptions.Multiline)]
    private static partial Regex Greeting();

    [GeneratedRegex("[^ ]")]
    private static partial Regex NotSpace();
}
