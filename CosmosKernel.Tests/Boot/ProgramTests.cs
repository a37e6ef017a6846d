using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Programs do on MemOS what they do on Linux: the same files run here and in the machine.</summary>
[Category("Boot")]
public sealed class ProgramTests
{
    private const int SignalBase = 128;

    private ProgramMachine _programs = null!;

    private BootedMachine Machine => _programs.Machine;

    [OneTimeSetUp]
    public void Boot() => _programs = new ProgramMachine();

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
    [TestCase("fork-bomb", Description = "Linux holds it to its limit as another user, which only user 0 can become.")]
    [TestCase("busybox", "echo", "hello")]
    [TestCase("busybox", "sort", "words.txt")]
    [TestCase("busybox", "seq", "1", "20")]
    [TestCase("busybox", "sh", "-c", "echo hello | wc -c")]
    [TestCase("busybox", "sh", "-c", "i=0; while [ $i -lt 5 ]; do echo $i; i=$((i+1)); done | sort -r")]
    public void A_program_says_and_ends_as_on_Linux(string name, params string[] arguments)
    {
        int code = _programs.RunHere(name, arguments, out string expected);
        string command = string.Join(' ', new[] { "run", name }.Concat(arguments.Select(Quote)));
        CommandResult result = Machine.Run(command);
        IEnumerable<string> lines = result.Lines.Where(line => !line.StartsWith("process ", StringComparison.Ordinal));
        Assert.That(string.Join('\n', lines), Is.EqualTo(expected.TrimEnd('\n')), Machine.Transcript);
        string? failure = code == 0 ? null : code > SignalBase ? $"killed by signal {code - SignalBase}" : $"it ended with {code}";
        Assert.That(result.Failure, Is.EqualTo(failure));
    }

    [Test]
    public void Programs_leave_no_frame_behind()
    {
        Machine.RunOk("run hello"); // The files' pages stay.
        Machine.Run("run read-kernel");
        string before = Used();
        for (int round = 0; round < 5; round++)
        {
            Machine.RunOk("run fork-and-write");
            Machine.Run("run read-kernel");
        }

        Assert.That(Used(), Is.EqualTo(before), Machine.Transcript);
    }

    [Test]
    public void What_cannot_be_run_is_said_by_name()
    {
        Assert.That(Machine.Run("run nothing").Failure, Is.EqualTo("no file is called 'nothing'"));
        Assert.That(Machine.Run("run words.txt").Failure, Is.EqualTo("'words.txt' is no static 64-bit program"));
    }

    private string Used() => string.Join('\n', Machine.RunOk("mem").Where(line => line.TrimStart().StartsWith("user", StringComparison.Ordinal) || line.TrimStart().StartsWith("page tables", StringComparison.Ordinal)));

    private static string Quote(string word) => word.Contains(' ') ? "'" + word + "'" : word;
}
