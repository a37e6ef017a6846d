using System;
using System.IO;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>The same sources give the same bytes, wherever and whenever they are built, in a repository or not.</summary>
[Category("Long")]
public sealed class ReproducibleBuildTests
{
    [Test]
    public void Another_folder_gives_the_same_kernel_and_the_same_image()
    {
        using SourceCopy copy = new();
        copy.Run("./memos iso");
        foreach (string file in new[] { "memos.elf", "memos.iso" })
        {
            byte[] here = File.ReadAllBytes(Path.Combine(BuiltImages.Root, "artifacts/memos", file));
            byte[] there = File.ReadAllBytes(Path.Combine(copy.Path, "artifacts/memos", file));
            Assert.That(there.AsSpan().SequenceEqual(here), file + " differs");
        }
    }
}
