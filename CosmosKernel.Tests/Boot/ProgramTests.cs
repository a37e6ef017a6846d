using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Cosmos.Build.Images;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Programs do on MemOS what they do on Linux: the same files run here and in the machine.</summary>
[Category("Boot")]
public sealed class ProgramTests
{
    private const int SignalBase = 128;
    private const string Busybox = "/bin/busybox";

    private TemporaryFolder _folder = null!;
    private BootedMachine _machine = null!;

    private static string Programs => Path.Combine(BuiltImages.Root, "artifacts", "programs");

    [OneTimeSetUp]
    public void Boot()
    {
        _folder = new TemporaryFolder();
        string files = Path.Combine(_folder.Path, "files");
        Directory.CreateDirectory(files);
        foreach (string program in Directory.GetFiles(Programs)) File.Copy(program, Path.Combine(files, Path.GetFileName(program)));
        File.Copy(Busybox, Path.Combine(files, "busybox"));
        File.WriteAllLines(Path.Combine(files, "words.txt"), ["pear", "apple", "orange", "banana", "Zebra", "10", "9"]);
        string archive = Path.Combine(_folder.Path, "files.tar");
        Run("tar", ["--format=ustar", "-C", files, "-cf", archive, .. Directory.GetFiles(files).Select(file => Path.GetFileName(file)!)], files, out string said);
        Assert.That(File.Exists(archive), said);
        string iso = _folder.NewFile(".iso");
        new IsoImage { KernelPath = BuiltImages.Artifact("memos", ".elf"), CacheFolder = BuiltImages.Cache, ModulePath = archive }.Write(iso);
        _machine = BootedMachine.Start(new MachineOptions { IsoPath = iso, Memory = MemorySize.Parse("256M") });
    }

    [OneTimeTearDown]
    public void End()
    {
        _machine?.Dispose();
        _folder?.Dispose();
    }

    [TestCase("hello", "one", "two")]
    [TestCase("touch-many")]
    [TestCase("fork-and-write")]
    [TestCase("deep-recursion")]
    [TestCase("bad-pointers")]
    [TestCase("mmap-storm")]
    [TestCase("execute-data")]
    [TestCase("read-kernel")]
    [TestCase("busybox", "echo", "hello")]
    [TestCase("busybox", "sort", "words.txt")]
    [TestCase("busybox", "seq", "1", "20")]
    [TestCase("busybox", "sh", "-c", "echo hello | wc -c")]
    [TestCase("busybox", "sh", "-c", "i=0; while [ $i -lt 5 ]; do echo $i; i=$((i+1)); done | sort -r")]
    public void A_program_says_and_ends_as_on_Linux(string name, params string[] arguments)
    {
        int code = Run(Path.Combine(_folder.Path, "files", name), arguments, Path.Combine(_folder.Path, "files"), out string expected);
        string command = string.Join(' ', new[] { "run", name }.Concat(arguments.Select(Quote)));
        CommandResult result = _machine.Run(command);
        IEnumerable<string> lines = result.Lines.Where(line => !line.StartsWith("process ", StringComparison.Ordinal));
        Assert.That(string.Join('\n', lines), Is.EqualTo(expected.TrimEnd('\n')), _machine.Transcript);
        string? failure = code == 0 ? null : code > SignalBase ? $"killed by signal {code - SignalBase}" : $"it ended with {code}";
        Assert.That(result.Failure, Is.EqualTo(failure));
    }

    [Test]
    public void Programs_leave_no_frame_behind()
    {
        _machine.RunOk("run hello"); // The files' pages stay.
        _machine.Run("run read-kernel");
        string before = Used();
        for (int round = 0; round < 5; round++)
        {
            _machine.RunOk("run fork-and-write");
            _machine.Run("run read-kernel");
        }

        Assert.That(Used(), Is.EqualTo(before), _machine.Transcript);
    }

    [Test]
    public void What_cannot_be_run_is_said_by_name()
    {
        Assert.That(_machine.Run("run nothing").Failure, Is.EqualTo("no file is called 'nothing'"));
        Assert.That(_machine.Run("run words.txt").Failure, Is.EqualTo("'words.txt' is no static 64-bit program"));
    }

    private string Used() => string.Join('\n', _machine.RunOk("mem").Where(line => line.TrimStart().StartsWith("user", StringComparison.Ordinal) || line.TrimStart().StartsWith("page tables", StringComparison.Ordinal)));

    private static string Quote(string word) => word.Contains(' ') ? "'" + word + "'" : word;

    private static int Run(string file, IReadOnlyList<string> arguments, string folder, out string said)
    {
        ProcessStartInfo start = new(file) { RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = folder };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        said = process.StandardOutput.ReadToEnd();
        Assert.That(process.WaitForExit(60_000), file);
        return process.ExitCode;
    }
}
