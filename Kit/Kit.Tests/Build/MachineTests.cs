using System;
using System.Diagnostics;
using System.IO;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

/// <summary>Drives the test kernel in each emulator.</summary>
[Category("Boot")]
public sealed class MachineTests
{
    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void A_BIOS_machine_answers_on_a_text_screen(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Emulator = emulator });
        Assert.That(machine.RunOk("screen"), Is.EqualTo(new[] { "text" }));
        Assert.That(int.Parse(machine.RunOk("memory")[0]), Is.InRange((62 << 10) - 1, 63 << 10), "KiB above the first MiB of 64");
        Assert.That(machine.Run("fail on purpose").Failure, Is.EqualTo("on purpose"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff));
    }

    [Test]
    public void A_UEFI_machine_answers_on_a_framebuffer()
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Firmware = Firmware.Uefi, Memory = MemorySize.Parse("256M") });
        Assert.That(machine.RunOk("screen"), Is.EqualTo(new[] { "graphics" }));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff));
    }

    [TestCase(Firmware.Bios)]
    [TestCase(Firmware.Uefi)]
    public void The_image_starts_from_a_disk_too(Firmware firmware)
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with
        {
            Firmware = firmware,
            Memory = MemorySize.Parse("256M"),
            Medium = Medium.Disk,
        });
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void A_panic_is_told_from_a_power_off(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Emulator = emulator });
        ShellException lost = Assert.Throws<ShellException>(() => machine.Run("panic"))!;
        Assert.That(lost.End, Is.EqualTo(MachineEnd.Panic));
        Assert.That(lost.Message, Does.Contain("kernel panic: as asked"), "the transcript is in the message");
    }

    [Test]
    public void A_panic_that_halts_ends_Bochs()
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Emulator = Emulator.Bochs });
        Assert.That(machine.RunLast("halt"), Is.EqualTo(MachineEnd.Panic));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void A_triple_fault_ends_the_run(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Emulator = emulator });
        Assert.That(machine.RunLast("triple"), Is.EqualTo(MachineEnd.Reset));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void A_reset_ends_the_run(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Emulator = emulator });
        Assert.That(machine.RunLast("reboot"), Is.EqualTo(MachineEnd.Reset));
    }

    [Test]
    public void A_reset_boots_again_when_it_may()
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { OnReset = OnReset.Reboot });
        Assert.That(() => machine.RunLast("reboot", TimeSpan.FromSeconds(10)), Throws.TypeOf<ShellException>());
        Assert.That(machine.Transcript.Split("test kernel"), Has.Length.EqualTo(3));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void The_command_line_arrives_in_words(Emulator emulator)
    {
        string iso = Path.Combine(TestImage.Folder, "told.iso");
        TestImage.Image("seed=1 exec=\"mem; it's\"").Write(iso);
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { Emulator = emulator, IsoPath = iso });
        Assert.That(machine.RunOk("cmdline"), Is.EqualTo(new[] { @"seed=1 ""exec=mem; it\'s""" }));
    }

    [Test]
    public void The_words_of_an_ending_inside_the_output_end_nothing()
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine);
        Assert.That(machine.RunOk("echo ok"), Is.EqualTo(new[] { "ok" }));
        Assert.That(machine.RunOk("echo failed: no"), Is.EqualTo(new[] { "failed: no" }));
        Assert.That(machine.RunOk("echo memos> x"), Is.EqualTo(new[] { "memos> x" }));
    }

    [Test]
    public void A_screenshot_is_a_PNG_file()
    {
        string picture = Path.Combine(TestImage.Folder, "screen.png");
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine);
        machine.Screenshot(picture);
        Assert.That(File.ReadAllBytes(picture)[..4], Is.EqualTo(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }));
    }

    [Test]
    public void A_machine_with_nodes_has_their_memory()
    {
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with
        {
            Memory = null,
            Cpus = 2,
            NumaNodes = [MemorySize.Parse("64M"), MemorySize.Parse("192M")],
            NumaDistances = [new NumaDistance(0, 1, 30)],
            Clock = Clock.Instructions,
        });
        Assert.That(int.Parse(machine.RunOk("memory")[0]), Is.InRange((254 << 10) - 1, 255 << 10));
    }

    [Test]
    public void What_QEMU_refuses_is_said_in_its_words()
        => Assert.That(
            () => BootedMachine.Start(TestImage.Machine with { ExtraArguments = ["-bogus"] }),
            Throws.TypeOf<ToolException>().With.Message.Contains("-bogus: invalid option"));

    [Test]
    public void A_stopped_machine_leaves_no_process()
    {
        string name = $"memos-test-{Environment.ProcessId}";
        using BootedMachine machine = BootedMachine.Start(TestImage.Machine with { ExtraArguments = ["-name", name] });
        Assert.That(Emulated(name), Is.True);
        machine.Dispose();
        Assert.That(Emulated(name), Is.False);
    }

    private static bool Emulated(string name)
    {
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
            {
                if (process.ProcessName.StartsWith("qemu-system") && File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(name))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
