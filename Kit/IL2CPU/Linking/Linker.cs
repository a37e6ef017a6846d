using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace IL2CPU.Linking;

/// <summary>What a link leaves out of the file.</summary>
public enum Stripping
{
    /// <summary>Nothing: symbols and line information stay.</summary>
    None,

    /// <summary>Line information.</summary>
    DebugInformation,

    /// <summary>Line information and symbols.</summary>
    Everything,
}

/// <summary>Links objects with ld.lld under a linker script.</summary>
public sealed class Linker
{
    private static readonly string[] s_flags =
    [
        "-m", "elf_x86_64", "-static", "--build-id=none", "-z", "max-page-size=4096", "-z", "noexecstack", "--no-dynamic-linker",
        "--eh-frame-hdr",
    ];

    private readonly string _program;
    private readonly string _script;
    private readonly ExternalTool _tool;

    /// <summary>Creates a linker that runs <paramref name="program"/> with <paramref name="script"/>.</summary>
    public Linker(string program, string script, DiagnosticBag diagnostics)
    {
        _program = program;
        _script = script;
        _tool = new ExternalTool(program, "Install the package lld.", diagnostics);
    }

    /// <summary>Links.</summary>
    public bool Link(IReadOnlyList<string> objects, Stripping stripping, string output)
    {
        string[] strip = stripping switch
        {
            Stripping.DebugInformation => ["--strip-debug"],
            Stripping.Everything => ["--strip-all"],
            _ => [],
        };
        IEnumerable<string> arguments = s_flags.Concat(strip)
            .Concat(["-T", Path.GetFullPath(_script), "-o", Path.GetFullPath(output)])
            .Concat(objects.Select(Path.GetFullPath));
        return _tool.Run(arguments, Path.GetDirectoryName(Path.GetFullPath(output))!);
    }

    /// <summary>What a link depends on beside its files.</summary>
    public IEnumerable<string> Identity()
    {
        return s_flags.Prepend(ExternalTool.Identity(_program));
    }
}
