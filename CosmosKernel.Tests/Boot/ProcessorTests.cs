using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Machines of several processors: all wake, each is its own, and those that are not wanted stay asleep.</summary>
[Category("Boot")]
public sealed partial class ProcessorTests
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
        Assert.That(machine.RunOk("locks"), Has.Some.Match("^objects +heap +[1-9]").And.Some.Match("^zone 0 +zone +[1-9]"), machine.Transcript);
        Assert.That(machine.RunOk("selftest user")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    [Test]
    public void Each_processor_that_was_woken_has_a_timer_and_ticks_only_while_it_has_something_to_do()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Cpus = 4 });
        machine.RunOk("selftest processors");
        IReadOnlyList<string> said = machine.RunOk("cpus");
        Match timer = Timer().Match(said[^2]);
        Assert.That(timer.Success, said[^2]);
        const double QemuSteps = 62_500_000; // 1 GHz by 16.
        Assert.That(double.Parse(timer.Groups[1].Value, CultureInfo.InvariantCulture), Is.EqualTo(QemuSteps).Within(5).Percent);
        int[] ticks = [.. said.Skip(2).Take(3).Select(line => int.Parse(Digits().Matches(line)[^1].Value, CultureInfo.InvariantCulture))];
        Assert.That(ticks, Is.All.Positive, machine.Transcript);
        Assert.That(machine.RunOk("cpus").Take(5), Is.EqualTo(said.Take(5)), "nobody ticks that is idle");
    }

    [Test]
    public void Flushes_of_all_processors_are_counted_and_add_up()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Cpus = 4 });
        machine.RunOk("selftest processors");
        IReadOnlyList<string> said = machine.RunOk("tlb");
        int[][] rows = [.. said.Where(line => char.IsAsciiDigit(line[0])).Select(line => Digits().Matches(line).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray())];
        Assert.That(rows, Has.Length.EqualTo(4), machine.Transcript);
        // A request asks by an interrupt, asks behind another's, or skips each of the three others.
        foreach (int[] row in rows) Assert.That(row[3] + row[4] + row[5], Is.EqualTo(3 * row[1]), machine.Transcript);
        Assert.That(rows.Sum(row => row[6]), Is.EqualTo(rows.Sum(row => row[3] + row[4])), "each that was asked has answered");
        Assert.That(rows[0][3], Is.Positive);
        Assert.That(said[^1], Does.Match(@"^a request: \d+\.\d\d pages, [0-2]\.\d\d interrupts$"));
    }

    [Test]
    public void A_processor_that_does_not_answer_is_reported_with_where_it_is()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Cpus = 2 });
        Assert.That(machine.RunLast("fault deaf"), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.Match("\nprocessor 1: phase 2, ranks of locks held 0x0, interrupts nested 0, is at 0xffffffff8[0-9a-f]{7}\n"));
        Assert.That(machine.Transcript, Does.Contain("\nkernel panic: processor 1 does not answer: it may use memory that is to be freed\n"));
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

    [GeneratedRegex("^each but the first has a timer of its own: ([0-9]+) steps and 1000 ticks a second ")]
    private static partial Regex Timer();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
