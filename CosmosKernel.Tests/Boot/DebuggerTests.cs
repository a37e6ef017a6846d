using System;
using System.Diagnostics;
using System.IO;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>GDB sees the kernel as the sources tell it: docs/debugging.md, in batch mode.</summary>
[Category("Boot")]
public sealed class DebuggerTests
{
    private const string DocumentedPort = "localhost:1234";

    private static readonly string[] s_session =
    [
        "hbreak CosmosKernel_MemOS_Kernel__BeforeRun", "continue", "next", "info locals", "detach",
    ];

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("memos-gdb-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_stops_at_BeforeRun_with_file_and_line_and_shows_a_local()
    {
        string port = Path.Combine(_folder, "port");
        MachineOptions halted = BuiltImages.MemOS with { ExtraArguments = ["-S", "-gdb", $"unix:{port},server=on,wait=off"] };
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(halted);
        string output = Debug(port);

        int line = LineOf("protected override void BeforeRun()");
        Assert.That(output, Does.Match($@"Breakpoint 1, CosmosKernel_MemOS_Kernel__BeforeRun .* at .*CosmosKernel/Kernel\.cs:{line + 2}\b"), "the first statement");
        Assert.That(output, Does.Contain($"{line + 2}\t        string memory = "), "the source is found");
        Assert.That(output, Does.Match(@"\bmemory = @0x[0-9a-f]+: .*_stringLength = 7, _firstChar = 49 u'1'"), "127 MiB");
    }

    private string Debug(string port)
    {
        string settings = File.ReadAllText(Path.Combine(BuiltImages.Root, "docs/debugging/memos.gdb"));
        Assert.That(settings, Does.Contain(DocumentedPort));
        string script = Path.Combine(_folder, "session.gdb");
        File.WriteAllText(script, settings.Replace(DocumentedPort, port, StringComparison.Ordinal) + string.Join('\n', s_session) + "\n");

        ProcessStartInfo start = new("gdb", ["-nx", "-batch", "-x", script, Path.Combine(BuiltImages.Root, "artifacts/memos/memos.debug.elf")])
        {
            WorkingDirectory = BuiltImages.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process gdb = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = gdb.StandardError.ReadToEndAsync();
        System.Threading.Tasks.Task<string> output = gdb.StandardOutput.ReadToEndAsync();
        if (!gdb.WaitForExit(BootedMachine.DefaultLimit)) gdb.Kill();
        gdb.WaitForExit();
        return output.Result + errors.Result;
    }

    private static int LineOf(string text)
    {
        string[] lines = File.ReadAllLines(Path.Combine(BuiltImages.Root, "CosmosKernel/Kernel.cs"));
        return Array.FindIndex(lines, line => line.Contains(text, StringComparison.Ordinal)) + 1;
    }
}
