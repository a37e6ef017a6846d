using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace IL2CPU.Assembling;

/// <summary>Assembles NASM source to ELF64 objects with line information.</summary>
public sealed class Nasm
{
    private readonly string _program;
    private readonly ExternalTool _tool;

    /// <summary>Creates an assembler that runs <paramref name="program"/>.</summary>
    public Nasm(string program, DiagnosticBag diagnostics)
    {
        _program = program;
        _tool = new ExternalTool(program, "Install the package nasm.", diagnostics);
    }

    /// <summary>Assembles one source, with its folder on the include path.</summary>
    /// <param name="source">The source file.</param>
    /// <param name="objectFile">The object file to write.</param>
    public bool Assemble(string source, string objectFile)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(source))!;
        List<string> arguments =
        [
            "-f", "elf64", "-g", "-F", "dwarf", "--reproducible", "-w+error", "-w-error=number-overflow",
            "-I", directory + "/", "-o", Path.GetFullPath(objectFile), Path.GetFullPath(source),
        ];
        return _tool.Run(arguments, directory);
    }

    /// <summary>What a step that assembles depends on beside its source: the program, and files that the source may include.</summary>
    public IEnumerable<string> Identity()
    {
        return [ExternalTool.Identity(_program)];
    }

    /// <summary>The files beside a source that it may include.</summary>
    public static IEnumerable<string> Includes(string source)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(source))!;
        return Directory.EnumerateFiles(directory, "*.inc").Order(System.StringComparer.Ordinal);
    }
}
