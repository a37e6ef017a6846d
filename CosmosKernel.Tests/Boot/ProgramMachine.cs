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

/// <summary>A machine at its prompt whose archive has the programs, Debian's busybox and a file of words, and some in folders; the same files lie in a folder here.</summary>
internal sealed class ProgramMachine : IDisposable
{
    /// <summary>How many frames the heap may have more: slabs that stay for the next allocation, and the list of numbers that were asked for.</summary>
    public const ulong GrowthFrames = 128;

    /// <summary>How many page tables a processor keeps for the next space.</summary>
    public const ulong ClearTables = 8;

    private const string Busybox = "/bin/busybox";

    private readonly TemporaryFolder _folder = new();

    private readonly int _cpus;

    /// <summary>Boots it.</summary>
    public ProgramMachine(string commandLine = "", int cpus = 1)
    {
        _cpus = cpus;
        Files = Path.Combine(_folder.Path, "files");
        Directory.CreateDirectory(Files);
        foreach (string program in Directory.GetFiles(Path.Combine(BuiltImages.Root, "artifacts", "programs"))) File.Copy(program, Path.Combine(Files, Path.GetFileName(program)));
        File.Copy(Busybox, Path.Combine(Files, "busybox"));
        File.WriteAllLines(Path.Combine(Files, "words.txt"), ["pear", "apple", "orange", "banana", "Zebra", "10", "9"]);
        string inner = Path.Combine(Files, "sub", "deep");
        Directory.CreateDirectory(inner);
        File.WriteAllText(Path.Combine(Files, "sub", "a.txt"), "one\n");
        File.WriteAllText(Path.Combine(inner, "b.txt"), "two\n");
        Archive = Path.Combine(_folder.Path, "files.tar");
        Execute("tar", ["--format=ustar", "-C", Files, "-cf", Archive, .. Directory.GetFileSystemEntries(Files).Select(file => Path.GetFileName(file)!)], out string said);
        Assert.That(File.Exists(Archive), said);
        Machine = Boot(commandLine, cpus: cpus);
    }

    /// <summary>The folder with the files.</summary>
    public string Files { get; }

    /// <summary>The machine.</summary>
    public BootedMachine Machine { get; }

    private string Archive { get; }

    /// <summary>Another machine with the same files.</summary>
    public BootedMachine Boot(string commandLine, string memory = "256M", int? cpus = null)
    {
        string iso = _folder.NewFile(".iso");
        new IsoImage { KernelPath = BuiltImages.Artifact("memos", ".elf"), CacheFolder = BuiltImages.Cache, ModulePath = Archive, CommandLine = commandLine }.Write(iso);
        return BootedMachine.Start(new MachineOptions { IsoPath = iso, Memory = MemorySize.Parse(memory), Cpus = cpus ?? _cpus });
    }

    /// <summary>Runs a program of the archive here, in the folder with the files; its exit code.</summary>
    public int RunHere(string name, IReadOnlyList<string> arguments, out string said) => Execute(Path.Combine(Files, name), arguments, out said);

    public void Dispose()
    {
        Machine?.Dispose();
        _folder.Dispose();
    }

    private int Execute(string file, IReadOnlyList<string> arguments, out string said)
    {
        ProcessStartInfo start = new(file) { RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = Files };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        said = process.StandardOutput.ReadToEnd();
        Assert.That(process.WaitForExit(60_000), file);
        return process.ExitCode;
    }
}
