using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Programs that mean harm, or come and go ten thousand times: the kernel goes on, counts what they did, and has its memory back.</summary>
[Category("Boot")]
public sealed class ProgramAbuseTests
{
    private ProgramMachine _programs = null!;

    [OneTimeSetUp]
    public void Pack() => _programs = new ProgramMachine();

    [OneTimeTearDown]
    public void End() => _programs?.Dispose();

    [TestCase("", "256M", 1, 1, 25_000)]
    [TestCase("heap.check=on", "64M", 1, 2, 25_000)]
    [TestCase("", "128M", 2, 5, 25_000)]
    public void Random_calls_harm_nothing_but_who_makes_them(string commandLine, string memory, int cpus, int seed, int calls) =>
        Fuzz(commandLine, memory, cpus, [seed], calls);

    [Test]
    [Category("Long")]
    public void A_million_random_calls_harm_nothing_but_who_makes_them() => Fuzz("", "64M", 1, [3, 4], 500_000);

    [Test]
    public void Ten_thousand_children_leave_no_frame_behind()
    {
        using BootedMachine machine = _programs.Boot("", "64M");
        machine.RunOk("run fork-exit 100"); // The file's pages stay.
        Dictionary<string, ulong> before = machine.Frames();
        Assert.That(machine.RunOk("run fork-exit 10000", TimeSpan.FromMinutes(5))[0], Is.EqualTo("10000 children came and went"));
        Dictionary<string, ulong> after = machine.Frames();
        Assert.That(after["user"], Is.EqualTo(before["user"]), machine.Transcript);
        Assert.That(after["page tables"], Is.EqualTo(before["page tables"]), machine.Transcript);
        Assert.That(after["heap"], Is.LessThanOrEqualTo(before["heap"] + ProgramMachine.GrowthFrames), machine.Transcript);
    }

    private void Fuzz(string commandLine, string memory, int cpus, int[] seeds, int calls)
    {
        using BootedMachine machine = _programs.Boot(commandLine, memory, cpus);
        RunFuzzer(machine, 0, 0, out _); // Its file's pages stay.
        ulong own = Calls(machine);
        RunFuzzer(machine, 100, 3000, out _);
        ulong before = Calls(machine);
        Dictionary<string, ulong> framesBefore = machine.Frames();
        foreach (int seed in seeds)
        {
            ulong made = RunFuzzer(machine, seed, calls, out ulong killed);
            ulong after = Calls(machine);
            Assert.That(made, Is.GreaterThanOrEqualTo((ulong)calls));
            Assert.That(after - before, Is.InRange(made + own - killed, made + own), $"{killed} were killed, which may have counted a call that they did not come to make");
            before = after;
        }

        Dictionary<string, ulong> frames = machine.Frames();
        Assert.That(frames["user"], Is.EqualTo(framesBefore["user"]), machine.Transcript);
        Assert.That(frames["page tables"], Is.EqualTo(framesBefore["page tables"]).Within((ulong)(cpus - 1) * ProgramMachine.ClearTables), machine.Transcript);
        machine.RunOk("run hello");
        Assert.That(machine.RunOk("selftest user")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        if (commandLine.Length != 0) machine.RunOk("heap check");
        else Assert.That(frames["heap"], Is.LessThanOrEqualTo(framesBefore["heap"] + ProgramMachine.GrowthFrames), machine.Transcript); // A heap that checks keeps freed blocks for a while.
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    private static ulong RunFuzzer(BootedMachine machine, int seed, int calls, out ulong killed)
    {
        IReadOnlyList<string> said = machine.RunOk($"run syscall-fuzz {seed} {calls}", TimeSpan.FromMinutes(12));
        Match match = Regex.Match(said[^1], "^seed [0-9]+: ([0-9]+) calls, .* ([0-9]+) killed, 0 registers changed$");
        Assert.That(match.Success, said[^1]);
        killed = ulong.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return ulong.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static ulong Calls(BootedMachine machine) => ulong.Parse(machine.RunOk("syscalls")[0].Split(' ')[0], CultureInfo.InvariantCulture);
}
