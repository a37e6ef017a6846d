using System;
using System.Collections.Generic;
using System.IO;
using Cosmos.Build.Tools;

namespace MemOS.Tests.Mmu;

/// <summary>The GNU assembler for another architecture.</summary>
internal sealed class GnuAssembler(string prefix, string package, IReadOnlyList<string> options)
{
    /// <summary>Assembles a source of the tests for an address; the raw bytes' file.</summary>
    public string Assemble(string source, ulong address, string folder)
    {
        string objectFile = Path.Combine(folder, "stub.o");
        string linked = Path.Combine(folder, "stub.elf");
        string raw = Path.Combine(folder, "stub.bin");
        Tool("as").Run([.. options, "-o", objectFile, Path.Combine(AppContext.BaseDirectory, "Mmu", source)]);
        Tool("ld").Run([$"-Ttext=0x{address:x}", "-o", linked, objectFile]);
        Tool("objcopy").Run(["-O", "binary", "-j", ".text", linked, raw]);
        return raw;
    }

    private ExternalTool Tool(string name) => new($"{prefix}-{name}", package);
}
