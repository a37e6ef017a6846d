using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>A machine that is not enough is told what it lacks, and stops.</summary>
[Category("Boot")]
public sealed partial class RefusalTests
{
    [TestCase("qemu32", "this CPU has no 64-bit mode (long mode); the kernel needs it")]
    [TestCase("qemu64,-nx", "this CPU has no no-execute bit (NX); MemOS needs it to keep data from being executed")]
    public void A_missing_feature_is_named(string cpu, string reason) =>
        Assert.That(TranscriptOfPanic(BuiltImages.MemOS with { CpuModel = cpu }), Does.EndWith($"\nkernel panic: {reason}\nsystem halted\n"));

    // Down to where the boot loader itself gives up; GRUB cannot load the kernel here.
    [TestCase("2M")]
    [TestCase("3M")]
    [TestCase("4M")]
    public void Memory_that_GRUB_lacks_is_enough_when_it_is_added(string memory)
    {
        MemorySize size = MemorySize.Parse(memory);
        long missing = MissingKiB(BuiltImages.MemOS with { Memory = size });
        MemorySize enough = new(size.Bytes + (missing << 10));
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Memory = enough });
        machine.RunOk("mem");
        Assert.That(enough.Bytes, Is.LessThanOrEqualTo(7L << 20), "MemOS runs in 7 MiB");
    }

    // GRUB hides memory from the kernel: it loads it, but there is not enough to start with.
    [Test]
    public void Memory_that_MemOS_lacks_is_enough_when_it_is_added()
    {
        using TemporaryFolder folder = new();
        long usable = KernelEndKiB() + 100;
        long missing = MissingKiB(MachineThatShows(folder, usable));
        Assert.That(missing, Is.InRange(1, 2048));
        using BootedMachine machine = BootedMachine.Start(MachineThatShows(folder, usable + missing));
        machine.RunOk("mem");
    }

    // All that is left is the first MiB, which MemOS does not touch.
    [Test]
    public void Memory_below_the_kernel_alone_is_too_little()
    {
        using TemporaryFolder folder = new();
        Assert.That(MissingKiB(MachineThatShows(folder, 1024)), Is.InRange(1024, 2048));
    }

    /// <summary>Where the kernel's last segment ends in memory: ELF-64, program headers of type 1.</summary>
    private static long KernelEndKiB()
    {
        ReadOnlySpan<byte> elf = File.ReadAllBytes(BuiltImages.Artifact("memos", ".elf"));
        long end = 0;
        for (int i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(elf[0x38..]); i++)
        {
            ReadOnlySpan<byte> header = elf[((int)BinaryPrimitives.ReadInt64LittleEndian(elf[0x20..]) + (i * BinaryPrimitives.ReadUInt16LittleEndian(elf[0x36..])))..];
            if (BinaryPrimitives.ReadInt32LittleEndian(header) != 1) continue;
            end = Math.Max(end, BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]) + BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]));
        }

        return (end + 1023) >> 10;
    }

    private static long MissingKiB(MachineOptions options)
    {
        string transcript = TranscriptOfPanic(options);
        Match reason = TooLittle().Match(transcript);
        Assert.That(reason.Success, Is.True, transcript);
        return long.Parse(reason.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    private static string TranscriptOfPanic(MachineOptions options)
    {
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(options);
        Assert.That(machine.WaitForEnd(), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        return machine.Transcript;
    }

    private static MachineOptions MachineThatShows(TemporaryFolder folder, long endKiB) =>
        folder.WithLoaderCommand($"cutmem {endKiB}K {BuiltImages.MemOS.TotalMemory}");

    [GeneratedRegex("\nkernel panic: this machine has too little memory: ([0-9]+) KiB more are needed\nsystem halted\n$")]
    private static partial Regex TooLittle();
}
