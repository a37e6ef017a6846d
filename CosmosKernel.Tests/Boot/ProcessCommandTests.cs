using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>What the shell shows of processes, and what it does to them.</summary>
[Category("Boot")]
public sealed partial class ProcessCommandTests
{
    private ProgramMachine _programs = null!;

    private BootedMachine Machine => _programs.Machine;

    [OneTimeSetUp]
    public void Boot() => _programs = new ProgramMachine();

    [OneTimeTearDown]
    public void End() => _programs?.Dispose();

    [Test]
    public void A_process_in_the_background_runs_beside_others_and_until_it_is_killed()
    {
        int id = RunInBackground("busybox sleep 1000");
        int busy = RunInBackground("busybox sh -c 'while :; do :; done'");
        Machine.RunOk("run hello");
        Assert.That(Row(id), Does.Contain("busybox").And.Contain("waits").Or.Contain("ready"));
        Machine.RunOk($"kill {id} 9");
        Machine.RunOk($"kill {busy}");
        Assert.That(Machine.Run($"wait {id}").Failure, Is.EqualTo("killed by signal 9"));
        Assert.That(Machine.Run($"wait {busy}").Failure, Is.EqualTo("killed by signal 15"));
        Assert.That(Machine.Run($"kill {id}").Failure, Is.EqualTo($"there is no process {id}"));
        Assert.That(Row(id), Does.Contain("killed by 9"));
    }

    [Test]
    public void Wait_says_how_each_process_in_the_background_ended()
    {
        int good = RunInBackground("busybox sleep 1");
        int bad = RunInBackground("busybox sh -c 'exit 7'");
        Assert.That(Machine.RunOk("wait"), Is.SubsetOf(new[] { $"process {good} (busybox) ended with 0", $"process {bad} (busybox) ended with 7" }));
        Machine.RunOk($"wait {good}");
        Assert.That(Machine.Run($"wait {bad}").Failure, Is.EqualTo("it ended with 7"));
    }

    [Test]
    public void Vma_lists_each_area_and_what_is_resident()
    {
        int id = RunInBackground("busybox sleep 1000");
        Machine.RunOk("run hello"); // It has come to its sleep when this is over.
        IReadOnlyList<string> lines = Machine.RunOk($"vma {id}");
        Machine.RunOk($"kill {id}");
        Assert.That(lines, Has.Some.Matches(@"r-x +private file +busybox from \d+ KiB$").And.Some.Matches("rw- +stack$"));
        Assert.That(lines, Has.None.Matches("rwx"));
        ulong[] total = Numbers(lines[^1]);
        ulong[][] areas = [.. lines.Skip(1).SkipLast(1).Select(line => Numbers(Address().Replace(line, "")))];
        Assert.That(areas.Aggregate(0UL, (sum, area) => sum + area[0]), Is.EqualTo(total[0]), "mapped");
        Assert.That(areas.Aggregate(0UL, (sum, area) => sum + area[1]), Is.EqualTo(total[1]), "resident");
        Assert.That(Machine.Run($"vma {id}").Failure, Is.EqualTo($"process {id} (busybox) has no memory any more: killed by 15"));
    }

    [Test]
    public void Faults_tell_why_a_program_was_killed()
    {
        CommandResult killed = Machine.Run("run read-kernel");
        int id = int.Parse(ProcessNumber().Match(killed.Text).Groups[1].Value);
        IReadOnlyList<string> lines = Machine.RunOk($"faults {id} 1");
        Assert.That(lines[^1], Does.Match($@"^ *{id}  read +V:0xffff[0-9a-f]+  no area"));
        Assert.That(lines, Has.Some.Matches("^no area +1 "));
        Assert.That(Machine.RunOk("faults all 20").Count, Is.GreaterThan(20));
    }

    [Test]
    public void Limits_hold_for_programs_that_start_later()
    {
        Assert.That(Machine.RunOk("limit"), Has.Some.Matches("^stack +8192 "));
        try
        {
            Machine.RunOk("limit stack 1024");
            Assert.That(Machine.RunOk("limit"), Has.Some.Matches("^stack +1024 "));
            CommandResult deep = Machine.Run("run deep-recursion");
            Assert.That(deep.Failure, Is.EqualTo("killed by signal 11"));
            Assert.That(deep.Text, Does.Contain("beyond the stack's limit"));
        }
        finally
        {
            Machine.RunOk("limit stack 8192");
        }

        Machine.RunOk("run deep-recursion");
        Assert.That(Machine.Run("limit stack much").Failure, Is.EqualTo("'much' is no number of KiB"));
    }

    private int RunInBackground(string program) => int.Parse(ProcessNumber().Match(Machine.RunOk($"run {program} &").Single()).Groups[1].Value);

    private string Row(int id) => Machine.RunOk("ps").Single(line => Numbers(line).FirstOrDefault() == (ulong)id);

    private static ulong[] Numbers(string text) => [.. Number().Matches(text).Select(match => ulong.Parse(match.Value))];

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex("V:0x[0-9a-f]+")]
    private static partial Regex Address();

    [GeneratedRegex(@"process (\d+)")]
    private static partial Regex ProcessNumber();
}
