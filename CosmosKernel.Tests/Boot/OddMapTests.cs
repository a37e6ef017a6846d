using System;
using System.Globalization;
using System.IO;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Maps that no firmware makes, and no boot loader: one of the tests' own puts them together and starts the kernel.</summary>
[Category("Boot")]
public sealed class OddMapTests
{
    [Test]
    public void A_map_of_thousands_of_entries_in_disorder_is_read()
    {
        const ulong ReservedPages = 8192;
        using TemporaryFolder folder = new();
        using FirmwareProbe probe = new();
        MachineOptions options = folder.ImageOf(Loader(folder, $"-DCOUNT={ReservedPages}")) with { Memory = MemorySize.Parse("256M") };
        ulong usable = probe.UsablePages(options) - ReservedPages;
        using BootedMachine machine = BootedMachine.Start(options);
        string[] total = machine.RunOk("mem")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(total[..2], Is.EqualTo(new[] { "total", usable.ToString(CultureInfo.InvariantCulture) }), machine.Transcript);
        Assert.That(machine.RunOk("selftest")[^1], Does.EndWith(" 0 failed"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    [TestCase("-DCOUNT=1 -DNO_MEMORY", "the firmware's memory map has no usable memory")]
    [TestCase("-DCOUNT=65537 -DNO_MEMORY", "the firmware's memory map has 65537 entries, more than MemOS reads")]
    [TestCase("-DCOUNT=257 -DNO_MEMORY", "the firmware's memory map has 257 entries and no room to put them in order")]
    public void A_map_that_is_of_no_use_is_refused(string map, string reason)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(folder.ImageOf(Loader(folder, map.Split(' '))));
        Assert.That(machine.WaitForEnd(), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.EndWith($"\nkernel panic: {reason}\nsystem halted\n"));
    }

    private static string Loader(TemporaryFolder folder, params string[] definitions)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Boot", "OddMap.asm");
        string objectFile = folder.NewFile(".o");
        string loader = folder.NewFile(".elf");
        ExternalTool.Nasm.Run(["-f", "elf32", "-Werror", .. definitions, $"-DKERNEL=\"{BuiltImages.Artifact("memos", ".elf")}\"", "-o", objectFile, source]);
        new ExternalTool("ld.lld", "lld").Run(["-m", "elf_i386", "--image-base=0x4000000", "-z", "nognustack", "-e", "_start", "-o", loader, objectFile]);
        return loader;
    }
}
