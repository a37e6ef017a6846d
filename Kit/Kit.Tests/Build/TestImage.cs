using System;
using System.IO;
using Cosmos.Build.Images;
using Cosmos.Build.Machines;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

/// <summary>The small test kernel and an image of it, made once for all tests of this folder.</summary>
[SetUpFixture]
public sealed class TestImage
{
    public static string Folder { get; private set; } = "";

    public static string Kernel => Path.Combine(Folder, "kernel.elf");

    public static string Iso => Path.Combine(Folder, "kernel.iso");

    public static string Cache => Path.Combine(Folder, "cache");

    public static MachineOptions Machine => new() { IsoPath = Iso, Memory = new MemorySize(64L << 20) };

    [OneTimeSetUp]
    public void Make()
    {
        Folder = Directory.CreateTempSubdirectory("memos-test-image-").FullName;
        string source = Path.Combine(AppContext.BaseDirectory, "Build", "TestKernel.asm");
        string objectFile = Path.Combine(Folder, "kernel.o");
        new ExternalTool("nasm", "nasm").Run(["-f", "elf32", "-Werror", "-o", objectFile, source]);
        new ExternalTool("ld.lld", "lld").Run(
            ["-m", "elf_i386", "--image-base=0x100000", "-z", "nognustack", "-e", "_start", "-o", Kernel, objectFile]);
        Image("").Write(Iso);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(Folder, recursive: true);

    public static IsoImage Image(string commandLine)
        => new() { KernelPath = Kernel, CacheFolder = Cache, CommandLine = commandLine };
}
