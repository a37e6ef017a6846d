using System;
using System.Globalization;
using System.IO;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>A firmware's map that is longer than the kernel's own data has room for.</summary>
[Category("Boot")]
public sealed class LongMapTests
{
    // No firmware makes such a map, and no boot loader: one of the test's own puts it together and starts the kernel.
    [Test]
    public void A_map_of_thousands_of_entries_in_disorder_is_read()
    {
        const ulong ReservedPages = 8192; // As LongMap.asm has it.
        using TemporaryFolder folder = new();
        using FirmwareProbe probe = new();
        MachineOptions options = folder.ImageOf(Loader(folder)) with { Memory = MemorySize.Parse("256M") };
        ulong usable = probe.UsablePages(options) - ReservedPages;
        using BootedMachine machine = BootedMachine.Start(options);
        string[] total = machine.RunOk("mem")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(total[..2], Is.EqualTo(new[] { "total", usable.ToString(CultureInfo.InvariantCulture) }), machine.Transcript);
        Assert.That(machine.RunOk("selftest")[^1], Does.EndWith(" 0 failed"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    private static string Loader(TemporaryFolder folder)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Boot", "LongMap.asm");
        string objectFile = folder.NewFile(".o");
        string loader = folder.NewFile(".elf");
        ExternalTool.Nasm.Run(["-f", "elf32", "-Werror", $"-DKERNEL=\"{BuiltImages.Artifact("memos", ".elf")}\"", "-o", objectFile, source]);
        new ExternalTool("ld.lld", "lld").Run(["-m", "elf_i386", "--image-base=0x4000000", "-z", "nognustack", "-e", "_start", "-o", loader, objectFile]);
        return loader;
    }
}
