using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IL2CPU.Binding;

/// <summary>The assemblies of an image, found by simple name and read on demand.</summary>
/// <remarks>
/// The kernel's own side (kernel, plugs, kit, runtime) is known by file; the framework by its directories. Versions are
/// not compared: an image has one assembly of a name.
/// </remarks>
public sealed class AssemblyPool : IAssemblyResolver
{
    private readonly Dictionary<string, string> _ownPaths = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _frameworkPaths = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AssemblyDefinition> _loaded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates a pool; a name that is given twice means its first file.</summary>
    /// <param name="own">Assembly files, or directories of them, of the kernel's own side.</param>
    /// <param name="framework">Directories or files of the framework.</param>
    public AssemblyPool(IEnumerable<string> own, IEnumerable<string> framework)
    {
        foreach (string path in own.SelectMany(AssemblyFiles))
            _ownPaths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        foreach (string path in framework.SelectMany(AssemblyFiles))
            _frameworkPaths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
    }

    /// <summary>The files of the kernel's own side, in the order given.</summary>
    public IEnumerable<string> OwnFiles => _ownPaths.Values;

    /// <summary>The files of the framework.</summary>
    public IEnumerable<string> FrameworkFiles => _frameworkPaths.Where(p => !_ownPaths.ContainsKey(p.Key)).Select(p => p.Value);

    /// <summary>The assembly files that <paramref name="path"/> names: itself, or a directory's in ordinal order.</summary>
    public static IEnumerable<string> AssemblyFiles(string path)
    {
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*.dll").Order(StringComparer.Ordinal)
            : [path];
    }

    /// <summary>Reads the assembly of a simple name, or returns null when the pool has none.</summary>
    public AssemblyDefinition? TryGet(string simpleName)
    {
        if (_loaded.TryGetValue(simpleName, out AssemblyDefinition? assembly))
            return assembly;
        if (!_ownPaths.TryGetValue(simpleName, out string? path) && !_frameworkPaths.TryGetValue(simpleName, out path))
            return null;
        assembly = ReadChecked(path);
        _loaded.Add(simpleName, assembly);
        return assembly;
    }

    /// <summary>Whether the assembly belongs to the kernel's own side.</summary>
    public bool IsOwn(AssemblyDefinition assembly)
    {
        return _ownPaths.ContainsKey(assembly.Name.Name);
    }

    /// <summary>
    /// Finds a type by its full name (nested types after <c>+</c> or <c>/</c>) and, optionally, assembly; a type forward
    /// is followed.
    /// </summary>
    /// <param name="qualifiedName"><c>Full.Name</c> or <c>Full.Name, Assembly</c>.</param>
    /// <param name="searchFirst">Where a name without an assembly is looked for first.</param>
    public TypeDefinition? FindType(string qualifiedName, IEnumerable<AssemblyDefinition> searchFirst)
    {
        int comma = CommaOutsideBrackets(qualifiedName);
        string typeName = (comma < 0 ? qualifiedName : qualifiedName[..comma]).Trim().Replace('+', '/');
        if (comma < 0)
        {
            return searchFirst.Append(TryGet("System.Private.CoreLib")).Select(a => a is null ? null : FindType(a, typeName))
                .FirstOrDefault(t => t is not null);
        }

        string assemblyName = qualifiedName[(comma + 1)..].Split(',')[0].Trim();
        return TryGet(assemblyName) is { } assembly ? FindType(assembly, typeName) : null;
    }

    /// <inheritdoc/>
    public AssemblyDefinition Resolve(AssemblyNameReference name)
    {
        return TryGet(name.Name) ?? throw new AssemblyResolutionException(name);
    }

    /// <inheritdoc/>
    public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
    {
        return Resolve(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AssemblyDefinition assembly in _loaded.Values)
            assembly.Dispose();
        _loaded.Clear();
    }

    private static TypeDefinition? FindType(AssemblyDefinition assembly, string typeName)
    {
        if (assembly.MainModule.GetType(typeName) is { } type)
            return type;
        ExportedType? forward = assembly.MainModule.ExportedTypes.FirstOrDefault(t => t.FullName == typeName);
        return forward?.Resolve();
    }

    private static int CommaOutsideBrackets(string text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '[':
                    depth++;
                    break;
                case ']':
                    depth--;
                    break;
                case ',' when depth == 0:
                    return i;
            }
        }

        return -1;
    }

    private AssemblyDefinition ReadChecked(string path)
    {
        try
        {
            return Read(path);
        }
        catch (BadImageFormatException exception)
        {
            throw new BadImageFormatException(exception.Message, path, exception);
        }
    }

    private AssemblyDefinition Read(string path)
    {
        ReaderParameters parameters = new() { AssemblyResolver = this, InMemory = true };
        if (HasPortableSymbols(path))
        {
            try
            {
                parameters.ReadSymbols = true;
                parameters.SymbolReaderProvider = new PortablePdbReaderProvider();
                return AssemblyDefinition.ReadAssembly(path, parameters);
            }
            catch (SymbolsNotMatchingException)
            {
                // Symbols of another build: read the assembly without them.
                parameters = new() { AssemblyResolver = this, InMemory = true };
            }
        }

        return AssemblyDefinition.ReadAssembly(path, parameters);
    }

    private static bool HasPortableSymbols(string path)
    {
        string symbols = Path.ChangeExtension(path, ".pdb");
        if (!File.Exists(symbols))
            return false;
        using FileStream stream = File.OpenRead(symbols);
        Span<byte> signature = stackalloc byte[4];
        return stream.ReadAtLeast(signature, 4, throwOnEndOfStream: false) == 4 && signature.SequenceEqual("BSJB"u8);
    }
}
