using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Cosmos.Build.Figures;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Linux;

/// <summary>Runs a measuring program as the only process of Debian's Linux kernel.</summary>
public static class LinuxRun
{
    /// <summary>
    /// As on a machine that trusts its programs, at addresses that are the same every run; when the program ends, Linux panics, and resets
    /// at once. What follows the two dashes are the program's words, and so is `nokaslr`, which Linux itself does not know any more when it looks.
    /// </summary>
    private const string CommandLine = "console=ttyS0 quiet mitigations=off nokaslr panic=-1 -- ";

    /// <summary>The figures that the program prints.</summary>
    /// <param name="options">A machine; what is in its drive is not looked at.</param>
    /// <param name="cacheFolder">Where the kernel is kept.</param>
    /// <param name="program">A static program.</param>
    /// <param name="words">The program's arguments, at least one.</param>
    /// <param name="limit">How long it may take.</param>
    /// <exception cref="ShellException">It did not end.</exception>
    /// <exception cref="ToolException">There is no kernel, or the program printed no figure.</exception>
    public static IReadOnlyList<Figure> Measure(MachineOptions options, string cacheFolder, string program, IEnumerable<string> words, TimeSpan limit)
    {
        string kernel = DebianKernel.Locate(cacheFolder);
        string disk = Path.GetTempFileName();
        try
        {
            InitialRamDisk.Write(disk, program);
            string[] arguments = ["-kernel", kernel, "-initrd", disk, "-append", CommandLine + string.Join(' ', words)];
            using BootedMachine machine = BootedMachine.StartWithoutPrompt(options with { ExtraArguments = [.. options.ExtraArguments, .. arguments] });
            machine.WaitForEnd(limit);
            IReadOnlyList<Figure> figures = Figure.Parse(machine.Transcript.Split('\n').Select(line => line.TrimEnd('\r')));
            return figures.Count > 0 ? figures : throw new ToolException("Linux ran no measurement:\n" + machine.Transcript);
        }
        finally
        {
            File.Delete(disk);
        }
    }
}
