using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>
/// Asks a machine's firmware for its memory map by way of another kernel, a few hundred bytes of assembler: what MemOS must agree with.
/// </summary>
internal sealed class FirmwareProbe : IDisposable
{
    private const int Usable = 1;
    private const ulong PageBytes = 4096;

    private readonly TemporaryFolder _folder = new();
    private readonly string _iso;

    public FirmwareProbe()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Boot", "TestKernel.asm");
        string objectFile = _folder.NewFile(".o");
        string kernel = _folder.NewFile(".elf");
        ExternalTool.Nasm.Run(["-f", "elf32", "-Werror", "-o", objectFile, source]);
        new ExternalTool("ld.lld", "lld").Run(
            ["-m", "elf_i386", "--image-base=0x100000", "-z", "nognustack", "-e", "_start", "-o", kernel, objectFile]);
        _iso = _folder.ImageOf(kernel).IsoPath;
    }

    /// <summary>Whole pages of usable memory in such a machine.</summary>
    public ulong UsablePages(MachineOptions options)
    {
        using BootedMachine machine = BootedMachine.Start(options with { IsoPath = _iso });
        return UsablePages(machine.RunOk("map"));
    }

    public void Dispose() => _folder.Dispose();

    private static ulong UsablePages(IEnumerable<string> lines)
    {
        ulong pages = 0;
        ulong start = 0;
        ulong end = 0;
        ulong previousEnd = 0;
        foreach ((ulong Start, ulong Size, int Type) entry in lines.Select(Parse).OrderBy(entry => entry.Start))
        {
            Assert.That(entry.Start, Is.GreaterThanOrEqualTo(previousEnd), "the firmware's entries overlap: this count does not know how");
            previousEnd = entry.Start + entry.Size;
            if (entry.Type != Usable) continue;

            // A page may lie in two entries that touch.
            if (entry.Start != end)
            {
                pages += WholePages(start, end);
                start = entry.Start;
            }

            end = previousEnd;
        }

        return pages + WholePages(start, end);
    }

    private static ulong WholePages(ulong start, ulong end)
    {
        ulong first = (start + PageBytes - 1) / PageBytes;
        return end / PageBytes > first ? (end / PageBytes) - first : 0;
    }

    private static (ulong Start, ulong Size, int Type) Parse(string line)
    {
        string[] words = line.Split(' ');
        return (Hex(words[0]), Hex(words[1]), (int)Hex(words[2]));
    }

    private static ulong Hex(string digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
