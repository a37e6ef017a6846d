using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>The sources in a folder elsewhere, without anything that was built, until the test ends.</summary>
internal sealed class SourceCopy : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly HashSet<string> s_made = [".git", "artifacts", "bin", "obj", "TestResults"];

    public SourceCopy() => Copy(new DirectoryInfo(BuiltImages.Root), Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("memos-other-folder-").FullName;

    /// <summary>Runs a command line in the folder, as a shell does; what it wrote to standard output.</summary>
    public string Run(string line)
    {
        ProcessStartInfo start = new("bash", ["-c", line]) { WorkingDirectory = Path, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        bool hasEnded = process.WaitForExit(s_limit);
        if (!hasEnded) process.Kill(entireProcessTree: true);
        Assert.That(hasEnded && process.ExitCode == 0, $"{line}\n{output.Result}");
        return output.Result;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void Copy(DirectoryInfo from, string to)
    {
        foreach (FileInfo file in from.EnumerateFiles()) file.CopyTo(System.IO.Path.Combine(to, file.Name));
        foreach (DirectoryInfo folder in from.EnumerateDirectories().Where(folder => !s_made.Contains(folder.Name)))
            Copy(folder, Directory.CreateDirectory(System.IO.Path.Combine(to, folder.Name)).FullName);
    }
}
