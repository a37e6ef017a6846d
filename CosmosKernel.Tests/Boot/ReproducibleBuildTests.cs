using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>The same sources give the same bytes, wherever and whenever they are built, in a repository or not.</summary>
[Category("Long")]
public sealed class ReproducibleBuildTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly HashSet<string> s_made = [".git", "artifacts", "bin", "obj", "TestResults"];

    private string _copy = null!;

    [SetUp]
    public void CopySources()
    {
        _copy = Directory.CreateTempSubdirectory("memos-other-folder-").FullName;
        Copy(new DirectoryInfo(BuiltImages.Root), _copy);
    }

    [TearDown]
    public void RemoveCopy() => Directory.Delete(_copy, recursive: true);

    [Test]
    public void Another_folder_gives_the_same_kernel_and_the_same_image()
    {
        ProcessStartInfo start = new(Path.Combine(_copy, "memos"), ["iso"]) { WorkingDirectory = _copy };
        using Process build = Process.Start(start)!;
        bool hasEnded = build.WaitForExit(s_limit);
        if (!hasEnded) build.Kill(entireProcessTree: true);
        Assert.That(hasEnded && build.ExitCode == 0, "./memos iso in the copy");
        foreach (string file in new[] { "memos.elf", "memos.iso" })
        {
            byte[] here = File.ReadAllBytes(Path.Combine(BuiltImages.Root, "artifacts/memos", file));
            byte[] there = File.ReadAllBytes(Path.Combine(_copy, "artifacts/memos", file));
            Assert.That(there.AsSpan().SequenceEqual(here), file + " differs");
        }
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        foreach (FileInfo file in from.EnumerateFiles()) file.CopyTo(Path.Combine(to, file.Name));
        foreach (DirectoryInfo folder in from.EnumerateDirectories().Where(folder => !s_made.Contains(folder.Name)))
            Copy(folder, Directory.CreateDirectory(Path.Combine(to, folder.Name)).FullName);
    }
}
