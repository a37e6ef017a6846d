using System.Collections.Generic;

namespace IL2CPU.Compilation;

/// <summary>How <c>ilc</c> is called: the one place where its flags are written.</summary>
/// <remarks>
/// The class library is the win-x64 build's IL compiled for Linux, so that objects are ELF with the SysV calling convention. What that
/// library calls of Win32 is called directly (lazy resolution would need a loader) and given by the kit's runtime.
/// </remarks>
public sealed record IlcOptions
{
    /// <summary>The instruction set: a level such as <c>x86-64-v2</c>; null is the baseline.</summary>
    public string? InstructionSet { get; init; }

    /// <summary>Assemblies whose library initializer runs at start, CoreLib first.</summary>
    public IReadOnlyList<string> InitAssemblies { get; init; } =
    [
        "System.Private.CoreLib", "System.Private.TypeLoader", "System.Private.Reflection.Execution",
    ];

    /// <summary>Assemblies whose exports are compiled though nothing names them.</summary>
    public IReadOnlyList<string> EntryPointAssemblies { get; init; } = ["System.Private.CoreLib"];

    /// <summary>The libraries whose functions are linked, not looked up at run time.</summary>
    public IReadOnlyList<string> DirectPInvoke { get; init; } =
    [
        "kernel32", "kernel32.dll", "ntdll.dll", "BCrypt.dll", "ole32", "ole32.dll", "advapi32.dll", "ucrtbase.dll",
    ];

    /// <summary>Feature switches, <c>Name=value</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } =
    [
        "System.Globalization.Invariant=true",
        "System.Resources.UseSystemResourceKeys=false",
        "System.StartupHookProvider.IsSupported=false",
        "System.Diagnostics.Tracing.EventSource.IsSupported=false",
        "System.Diagnostics.StackTrace.IsSupported=false",
        "System.Diagnostics.Debugger.IsSupported=false",
        "System.Linq.Enumerable.IsSizeOptimized=true",
    ];

    /// <summary>Further options, passed on as they are.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>The flags of a call, without the files.</summary>
    public IEnumerable<string> Flags()
    {
        yield return "--targetos:linux";
        yield return "--targetarch:x64";
        yield return "--systemmodule:System.Private.CoreLib";
        yield return "--nativelib";
        yield return "--noinlinetls";
        yield return "-O";
        yield return "-g";
        yield return "--methodbodyfolding:all";
        foreach (string assembly in EntryPointAssemblies)
            yield return "--generateunmanagedentrypoints:" + assembly;
        if (InstructionSet is not null)
            yield return "--instruction-set:" + InstructionSet;
        foreach (string assembly in InitAssemblies)
            yield return "--initassembly:" + assembly;
        foreach (string library in DirectPInvoke)
            yield return "--directpinvoke:" + library;
        foreach (string feature in Features)
            yield return "--feature:" + feature;
        foreach (string option in Further)
            yield return option;
    }
}
