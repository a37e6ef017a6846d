using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>What the shell shows of processes, and what it does to them.</summary>
[TestFixture(1)]
[TestFixture(3)]
[Category("Boot")]
public sealed partial class ProcessCommandTests(int cpus)
{
    private ProgramMachine _programs = null!;

    private BootedMachine Machine => _programs.Machine;

    [OneTimeSetUp]
    public void Boot() => _programs = new ProgramMachine(cpus: cpus);

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

    [Test]
    public void A_program_reads_lines_that_can_be_edited_until_control_d()
    {
        CommandResult result = Machine.Run("run busybox cat", [("cat\n", "wrnog\b\b\bong\r"), ("wrong\n", "\u0004")]);
        Assert.That((result.Failure, result.Lines[^1]), Is.EqualTo((default(string), "wrong")), result.Text);
    }

    [TestCase("busybox sleep 1000")]
    [TestCase("busybox cat")]
    [TestCase("busybox sh -c 'while :; do :; done'")]
    public void Control_c_ends_what_runs_in_the_foreground(string program) =>
        Assert.That(Machine.Run("run " + program, [(program[^4..] + "\n", "\u0003")]).Failure, Is.EqualTo("killed by signal 2"));

    [Test]
    public void A_shell_can_be_talked_to()
    {
        CommandResult result = Machine.Run(
            "run busybox sh", [("/ # ", "echo $((6*7)) | busybox cat\r"), ("\n42\n", "echo é | wc -c\r"), ("\n3\n", "exit 5\r")]);
        Assert.That(result.Failure, Is.EqualTo("it ended with 5"), result.Text);
        Assert.That(result.Lines, Has.None.Contains("can't access tty"));
    }

    [Test]
    public void A_stopped_program_goes_on_when_it_is_waited_for()
    {
        CommandResult stopped = Machine.Run("run busybox sleep 2", [("sleep 2\n", "\u001A")]);
        Assert.That(stopped.Failure, Does.StartWith("stopped by signal 20"));
        int id = (int)Numbers(Machine.RunOk("ps")[^1])[0];
        Assert.That(Row(id), Does.Contain("stopped"));
        Machine.RunOk($"wait {id}");
    }

    [Test]
    public void What_a_program_does_not_read_is_typed_at_the_prompt()
    {
        CommandResult result = Machine.Run("run busybox sleep 2", [("sleep 2\n", "echo unread\r"), ("memos> echo unread\nunread\n", "")]);
        Assert.That(result.Succeeded, result.Text);
    }

    [Test]
    public void In_the_background_there_is_nothing_to_read()
    {
        int id = RunInBackground("busybox cat");
        Machine.RunOk($"wait {id}");
    }

    [Test]
    public void Programs_get_places_by_chance()
    {
        Assert.That(Machine.RunOk("vma"), Has.Some.Matches("^chance: (RDSEED|RDRAND|the time-stamp counter)").And.Some.Matches("^stack's top +22 "));
        Assert.That(new[] { StackOf(Machine), StackOf(Machine) }, Is.Unique);
        using BootedMachine still = _programs.Boot("aslr=off");
        string first = StackOf(still);
        Assert.That(StackOf(still), Is.EqualTo(first));
        Assert.That(still.RunOk("vma"), Has.Some.EqualTo("nothing is moved: aslr=off"));
    }

    [Test]
    public void A_seed_repeats_the_places()
    {
        string[] first = PlacesOf("seed=7");
        Assert.That(PlacesOf("seed=7"), Is.EqualTo(first));
        Assert.That(first, Is.Unique);
    }

    private string[] PlacesOf(string commandLine)
    {
        using BootedMachine machine = _programs.Boot(commandLine);
        return [StackOf(machine), StackOf(machine)];
    }

    private static string StackOf(BootedMachine machine)
    {
        string id = ProcessNumber().Match(machine.RunOk("run watch-faults wait &").Single()).Groups[1].Value;
        string stack = Address().Matches(machine.RunOk("vma " + id).Single(line => line.EndsWith("stack", System.StringComparison.Ordinal)))[1].Value;
        machine.RunOk("kill " + id);
        return stack;
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
