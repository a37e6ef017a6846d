using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Programs on several processors: each runs them, they run at once, and what one does to another's is right.</summary>
[Category("Boot")]
public sealed partial class ProcessorProgramTests
{
    private const string Loop = "busybox sh -c 'while :; do :; done'";
    private const string ManySteps = "busybox sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'";

    // The first to end may end others, whose workers nobody ends then: some wait for ever. One program for all, since what they say would come between the prompts.
    private const string FourAtOnce =
        "busybox sh -c 'PATH=/; for s in 21 22 23 24; do syscall-fuzz $s CALLS & done; wait; "
        + "i=2; while [ $i -lt 3000 ]; do [ $i = $$ ] || kill -9 $i 2>/dev/null; i=$((i+1)); done'";

    private const double MostForTwo = 1.6;
    private const double MostForHost = 1.3;
    private const int HostSteps = 100_000_000;
    private const int Tries = 5;

    private ProgramMachine _programs = null!;

    [OneTimeSetUp]
    public void Boot() => _programs = new ProgramMachine(cpus: 2);

    [OneTimeTearDown]
    public void End() => _programs?.Dispose();

    [Test]
    public void Two_programs_on_two_processors_take_about_as_long_as_one()
    {
        BootedMachine machine = _programs.Machine;
        var ratios = new List<double>();
        for (int round = 0; round < Tries && !ratios.Any(ratio => ratio <= MostForTwo); round++)
        {
            double host = HostRatio();
            double one = Seconds(() => machine.RunOk("run " + ManySteps));
            double two = Seconds(() => machine.RunOk($"run busybox sh -c '{Inner(ManySteps)} & {Inner(ManySteps)} & wait'"));
            if (Math.Max(host, HostRatio()) < MostForHost) ratios.Add(two / one);
        }

        Assume.That(ratios, Is.Not.Empty, "the host has no two processors to spare");
        Assert.That(ratios.Min(), Is.LessThanOrEqualTo(MostForTwo), string.Join(", ", ratios));
    }

    [Test]
    public void Ps_shows_the_processor_of_each_and_what_runs_elsewhere_is_killed()
    {
        using BootedMachine machine = _programs.Boot("", cpus: 4);
        int[] ids = [.. Enumerable.Range(0, 3).Select(_ => Start(machine, Loop))];
        machine.RunOk("run busybox sleep 1"); // Each has found its processor by then.
        string[][] rows = [.. ids.Select(id => Row(machine, id))];
        Assert.That(rows.Select(row => row[2]), Is.All.EqualTo("runs").Or.EqualTo("ready"), machine.Transcript);
        Assert.That(rows.Select(row => row[3]).Distinct().Count(), Is.EqualTo(3), machine.Transcript);
        Assert.That(machine.RunOk($"vma {ids[0]}"), Has.Some.Matches("stack$"));
        foreach (int id in ids)
        {
            machine.RunOk($"kill {id} 9");
            Assert.That(machine.Run($"wait {id}").Failure, Is.EqualTo("killed by signal 9"));
        }

        Assert.That(machine.RunOk("cpus").Skip(2).Take(3).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]), Has.None.EqualTo("0"), machine.Transcript);
    }

    [Test]
    public void Programs_stand_still_while_the_kernel_checks_itself()
    {
        BootedMachine machine = _programs.Machine;
        int id = Start(machine, Loop);
        machine.RunOk("run busybox sleep 1");
        machine.RunOk("stress paging 20000 1"); // It counts all page tables.
        ulong[] turns = [.. Enumerable.Range(0, 2).Select(_ => TurnsAfterChecks(machine, id))];
        Assert.That(turns[1], Is.GreaterThan(turns[0]), "it goes on afterwards");
        machine.RunOk($"kill {id}");
        machine.Run($"wait {id}");
    }

    [Test]
    public void Ten_thousand_children_on_four_processors_leave_no_frame_behind()
    {
        using BootedMachine machine = _programs.Boot("", "64M", cpus: 4);
        machine.RunOk("run fork-exit 1000"); // The file's pages stay, and what processors keep.
        Dictionary<string, ulong> before = machine.Frames();
        Assert.That(machine.RunOk("run fork-exit 10000", TimeSpan.FromMinutes(5))[0], Is.EqualTo("10000 children came and went"));
        Dictionary<string, ulong> after = machine.Frames();
        Assert.That(after["user"], Is.EqualTo(before["user"]), machine.Transcript);
        Assert.That(after["page tables"], Is.EqualTo(before["page tables"]).Within(4 * ProgramMachine.ClearTables), machine.Transcript);
        Assert.That(after["heap"], Is.LessThanOrEqualTo(before["heap"] + ProgramMachine.GrowthFrames), machine.Transcript);
    }

    [Test]
    public void Several_that_make_random_calls_at_once_harm_nothing_but_each_other()
    {
        using BootedMachine machine = _programs.Boot("", cpus: 4);
        machine.RunOk("run " + FourAtOnce.Replace("CALLS", "0", StringComparison.Ordinal)); // The files' pages stay.
        ulong before = machine.Frames()["user"];
        IReadOnlyList<string> lines = machine.RunOk("run " + FourAtOnce.Replace("CALLS", "4000", StringComparison.Ordinal), TimeSpan.FromMinutes(5));
        machine.RunOk("wait");
        string[] changed = [.. lines.Select(line => Fuzzer().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];
        Assert.That(changed, Is.Not.Empty.And.All.EqualTo("0"), machine.Transcript);
        machine.RunOk("run hello");
        Assert.That(machine.RunOk("selftest user")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        Assert.That(machine.Frames()["user"], Is.EqualTo(before), machine.Transcript);
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    // How much longer two loops take than one, on the host.
    private static double HostRatio() => Seconds(() => Parallel.Invoke(Spin, Spin)) / Seconds(Spin);

    private static void Spin()
    {
        int left = HostSteps;
        while (Volatile.Read(ref left) != 0) left--;
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Inner(string command) => command.Replace('\'', '"').Replace("$", "\\$");

    private static int Start(BootedMachine machine, string program) =>
        int.Parse(machine.RunOk($"run {program} &").Select(line => ProcessNumber().Match(line)).First(match => match.Success).Groups[1].Value, CultureInfo.InvariantCulture);

    private static ulong TurnsAfterChecks(BootedMachine machine, int id)
    {
        machine.RunOk("selftest user");
        machine.RunOk("run busybox sleep 1");
        return ulong.Parse(Row(machine, id)[6], CultureInfo.InvariantCulture);
    }

    private static string[] Row(BootedMachine machine, int id) =>
        machine.RunOk("ps").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(words => words[0] == id.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^process (\d+)$")]
    private static partial Regex ProcessNumber();

    [GeneratedRegex("^seed [0-9]+: [0-9]{4,} calls, .* killed, ([0-9]+) registers changed")]
    private static partial Regex Fuzzer();
}
