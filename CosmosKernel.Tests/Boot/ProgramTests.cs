using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Programs do on MemOS what they do on Linux: the same files run here and in the machine.</summary>
[TestFixture(1)]
[TestFixture(4)]
[Category("Boot")]
public sealed class ProgramTests(int cpus)
{
    private const int SignalBase = 128;

    private ProgramMachine _programs = null!;

    private BootedMachine Machine => _programs.Machine;

    [OneTimeSetUp]
    public void Boot() => _programs = new ProgramMachine(cpus: cpus);

    [OneTimeTearDown]
    public void End() => _programs?.Dispose();

    [TestCase("hello", "one", "two")]
    [TestCase("touch-many")]
    [TestCase("fork-and-write")]
    [TestCase("deep-recursion")]
    [TestCase("bad-pointers")]
    [TestCase("mmap-storm")]
    [TestCase("execute-data")]
    [TestCase("read-kernel")]
    [TestCase("mprotect-and-catch")]
    [TestCase("signals")]
    [TestCase("children")]
    [TestCase("waiting")]
    [TestCase("limits")]
    [TestCase("fork-bomb")]
    [TestCase("memory-errors")]
    [TestCase("shared-counter")]
    [TestCase("run-wild")]
    [TestCase("fork-exit", "200")]
    [TestCase("watch-faults", "demand")]
    [TestCase("watch-faults", "copy")]
    [TestCase("busybox", "echo", "hello")]
    [TestCase("busybox", "sort", "words.txt")]
    [TestCase("busybox", "seq", "1", "20")]
    [TestCase("busybox", "sh", "-c", "echo hello | wc -c")]
    [TestCase("busybox", "sh", "-c", "i=0; while [ $i -lt 5 ]; do echo $i; i=$((i+1)); done | sort -r")]
    [TestCase("busybox", "ls", "-1")]
    [TestCase("busybox", "sh", "-c", "find sub | sort; grep -r o sub | sort; ls nothing 2>&1; test -d sub && echo folder")]
    [TestCase("busybox", "sh", "-c", "cd sub; ls -1; cat deep/b.txt; cd ..; ls -1d sub/*; echo s*/*; cat sub 2>&1")]
    [TestCase("busybox", "sh", "-c", "sed s/a/b/ words.txt | awk \"{ print NR }\" | grep -v 3 | wc")]
    [TestCase("busybox", "sh", "-c", "trap \"echo caught\" USR1; kill -USR1 $$; echo after; yes | head -2; (exit 3); echo $?")]
    [TestCase("busybox", "timeout", "1", "busybox", "sleep", "9")]
    public void A_program_says_and_ends_as_on_Linux(string name, params string[] arguments)
    {
        bool becomesSomebody = name is "fork-bomb" or "limits";
        Assume.That(!becomesSomebody || Environment.IsPrivilegedProcess, "only user 0 can become another, whom Linux holds to all limits");
        int code = _programs.RunHere(name, arguments, out string expected);
        string command = string.Join(' ', new[] { "run", name }.Concat(arguments.Select(Quote)));
        CommandResult result = Machine.Run(command);
        Assert.That(SaidBy(result), Is.EqualTo(expected.TrimEnd('\n')), Machine.Transcript);
        string? failure = code == 0 ? null : code > SignalBase ? $"killed by signal {code - SignalBase}" : $"it ended with {code}";
        Assert.That(result.Failure, Is.EqualTo(failure));
    }

    [Test]
    public void The_largest_program_ends_when_memory_is_gone_and_those_beside_it_go_on()
    {
        // On Linux the large one gets no more than there is: what is compared are the others.
        int code = _programs.RunHere("memory-hog", ["64"], out string expected);
        CommandResult result = Machine.Run("run memory-hog 1024");
        Assert.That(code, Is.Zero);
        Assert.That(SaidBy(result), Is.EqualTo(expected.TrimEnd('\n')), Machine.Transcript);
        Assert.That(result.Lines, Has.One.Matches("^process [0-9]+ \\(memory-hog\\) killed with [0-9]{5} pages resident: "));
        Assert.That(result.Failure, Is.Null);
        Machine.RunOk("selftest user");
    }

    [Test]
    public void Calls_for_which_the_kernel_has_no_memory_fail_and_leave_it_whole()
    {
        using BootedMachine small = _programs.Boot("", "48M");
        CommandResult result = small.Run("run many-pipes");
        Assert.That(SaidBy(result), Is.EqualTo("all have ended, 0 strangely"), small.Transcript);
        Assert.That(small.RunOk("gc"), Has.One.Matches("^memory gone +[1-9]"), "else nothing was tried");
        Assert.That(small.RunOk("ps"), Has.None.Contains("waits").And.None.Contains("ready"));
        small.RunOk("run fork-and-write");
    }

    [Test]
    public void Programs_leave_no_frame_behind()
    {
        Machine.RunOk("run hello"); // The files' pages stay.
        Machine.Run("run read-kernel");
        Machine.RunOk("run fork-and-write");
        Dictionary<string, ulong> before = Machine.Frames();
        for (int round = 0; round < 5; round++)
        {
            Machine.RunOk("run fork-and-write");
            Machine.Run("run read-kernel");
        }

        Dictionary<string, ulong> after = Machine.Frames();
        Assert.That(after["user"], Is.EqualTo(before["user"]), Machine.Transcript);
        Assert.That(after["page tables"], Is.EqualTo(before["page tables"]).Within((ulong)(cpus - 1) * ProgramMachine.ClearTables), Machine.Transcript);
    }

    [Test]
    public void What_cannot_be_run_is_said_by_name()
    {
        Assert.That(Machine.Run("run nothing").Failure, Is.EqualTo("no file is called 'nothing'"));
        Assert.That(Machine.Run("run words.txt").Failure, Is.EqualTo("'words.txt' is no static 64-bit program"));
    }

    // What the program said, without the kernel's words about processes.
    private static string SaidBy(CommandResult result) => string.Join('\n', result.Lines.Where(line => !line.StartsWith("process ", StringComparison.Ordinal)));

    private static string Quote(string word) => word.Contains(' ') ? "'" + word + "'" : word;
}
