using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Machines of several processors: all wake, each is its own, and those that are not wanted stay asleep.</summary>
[Category("Boot")]
public sealed class ProcessorTests
{
    [TestCase(Emulator.Qemu, Firmware.Bios, 1, 1)]
    [TestCase(Emulator.Qemu, Firmware.Bios, 2, 1)]
    [TestCase(Emulator.Qemu, Firmware.Bios, 4, 2)]
    [TestCase(Emulator.Qemu, Firmware.Uefi, 8, 4)]
    [TestCase(Emulator.Bochs, Firmware.Bios, 2, 1)]
    public void Every_processor_wakes_and_passes_the_checks(Emulator emulator, Firmware firmware, int cpus, int nodes)
    {
        MachineOptions options = BuiltImages.MemOS with { Emulator = emulator, Firmware = firmware, Cpus = cpus, Memory = MemorySize.Parse("256M") };
        if (nodes > 1) options = options with { Memory = null, NumaNodes = [.. Enumerable.Repeat(MemorySize.Parse("128M"), nodes)] };
        using BootedMachine machine = BootedMachine.Start(options);
        IReadOnlyList<string> said = machine.RunOk("cpus");
        string controller = emulator == Emulator.Bochs ? "x2APIC" : "xAPIC";
        Assert.That(said[^1], Is.EqualTo($"{cpus} of {cpus} run, interrupted by {controller}"));
        Assert.That(said.Count(line => line.Contains(" runs ")), Is.EqualTo(cpus), machine.Transcript);
        Assert.That(machine.RunOk("selftest processors")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        Assert.That(machine.RunOk("selftest threads")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        Assert.That(machine.RunOk("selftest user")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    [Test]
    public void The_command_line_limits_how_many_wake()
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine("cpus=2") with { Cpus = 3 });
        IReadOnlyList<string> said = machine.RunOk("cpus");
        Assert.That(said[^1], Is.EqualTo("2 of 3 run, interrupted by xAPIC"));
        Assert.That(said.Count(line => line.Contains("not woken")), Is.EqualTo(1), machine.Transcript);
    }

    [Test]
    public void A_machine_without_an_interrupt_controller_for_each_runs_one_and_says_so()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { CpuModel = "max,-apic" });
        Assert.That(machine.RunOk("cpus").TakeLast(2), Is.EqualTo(new[] { "1 of 1 run", "this processor has no local APIC" }));
        machine.RunOk("selftest processors");
    }
}
