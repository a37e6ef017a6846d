using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using XSharp.Assembler;

namespace IL2CPU.Assembling;

/// <summary>Loads plug assemblies into this process to run their X#.</summary>
/// <remarks>
/// XSharp itself is this tool's own, so that the plugs' <see cref="AssemblerMethod"/> is the same type. Files are read into memory: a plug
/// assembly can be rebuilt while the tool runs.
/// </remarks>
internal sealed class PlugLoadContext : AssemblyLoadContext
{
    private readonly Dictionary<string, string> _files;

    public PlugLoadContext(IEnumerable<string> files)
        : base("plugs", isCollectible: true)
    {
        _files = files.GroupBy(f => Path.GetFileNameWithoutExtension(f)).ToDictionary(g => g.Key, g => g.First(), StringComparer.OrdinalIgnoreCase);
    }

    public Assembly LoadFile(string file)
    {
        using MemoryStream stream = new(File.ReadAllBytes(file));
        return LoadFromStream(stream);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(AssemblerMethod).Assembly.GetName().Name)
            return typeof(AssemblerMethod).Assembly;
        return assemblyName.Name is not null && _files.TryGetValue(assemblyName.Name, out string? file) ? LoadFile(file) : null;
    }
}
