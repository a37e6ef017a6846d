using System.Collections.Generic;
using IL2CPU.Compilation;

namespace IL2CPU;

/// <summary>What an image is built from, and how.</summary>
public sealed record ImageOptions
{
    /// <summary>The kernel's assembly.</summary>
    public required string Kernel { get; init; }

    /// <summary>The kit's and other assemblies that the kernel refers to: files or directories.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The plug assemblies; for one target the first counts.</summary>
    public IReadOnlyList<string> Plugs { get; init; } = [];

    /// <summary>Further assemblies that are compiled in: the runtime.</summary>
    public IReadOnlyList<string> Assemblies { get; init; } = [];

    /// <summary>The directories of the framework.</summary>
    public IReadOnlyList<string> Framework { get; init; } = [];

    /// <summary>NASM sources that are linked in.</summary>
    public IReadOnlyList<string> AssemblerSources { get; init; } = [];

    /// <summary>The linker script.</summary>
    public required string LinkerScript { get; init; }

    /// <summary>Where the image goes.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The image's name: <c>NAME.elf</c> and <c>NAME.debug.elf</c>.</summary>
    public string Name { get; init; } = "kernel";

    /// <summary>Where <c>/_/</c>, the root of source paths in symbols, lies on this machine; for messages.</summary>
    public string? SourceRoot { get; init; }

    /// <summary>Whether to print what replaced what.</summary>
    public bool Explain { get; init; }

    /// <summary>The compiler's program.</summary>
    public required string IlcProgram { get; init; }

    /// <summary>The assembler's program.</summary>
    public string NasmProgram { get; init; } = "nasm";

    /// <summary>The linker's program.</summary>
    public string LinkerProgram { get; init; } = "ld.lld";

    /// <summary>The compiler's flags.</summary>
    public IlcOptions Ilc { get; init; } = new();
}
