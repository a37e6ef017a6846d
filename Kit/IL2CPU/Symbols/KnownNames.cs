using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace IL2CPU.Symbols;

/// <summary>The types and methods of assemblies under the names that <c>ilc</c> gives them.</summary>
/// <remarks>
/// A mangled name cannot be read back alone: dots, nesting, <c>&lt;&gt;</c> and real underscores all become <c>_</c>. The metadata tells
/// which it was. Names that clash get <c>_0</c>, <c>_1</c> … in metadata order.
/// </remarks>
public sealed class KnownNames : IDisposable
{
    private const string SystemPrivate = "System.Private.";

    /// <summary>CoreLib's types that have names of their own.</summary>
    private static readonly Dictionary<string, string> s_coreNames = new()
    {
        ["System.Void"] = "Void",
        ["System.Boolean"] = "Bool",
        ["System.Char"] = "Char",
        ["System.SByte"] = "Int8",
        ["System.Byte"] = "UInt8",
        ["System.Int16"] = "Int16",
        ["System.UInt16"] = "UInt16",
        ["System.Int32"] = "Int32",
        ["System.UInt32"] = "UInt32",
        ["System.Int64"] = "Int64",
        ["System.UInt64"] = "UInt64",
        ["System.IntPtr"] = "IntPtr",
        ["System.UIntPtr"] = "UIntPtr",
        ["System.Single"] = "Single",
        ["System.Double"] = "Double",
        ["System.Object"] = "Object",
        ["System.String"] = "String",
        ["System.__Canon"] = "System___Canon",
    };

    private readonly Dictionary<string, KnownType> _types = new(StringComparer.Ordinal);

    private readonly List<PEReader> _images = [];

    /// <summary>Names without any: only the shape of a mangled name is used.</summary>
    public static KnownNames None { get; } = new();

    /// <summary>Reads the metadata of assemblies.</summary>
    public static KnownNames Read(IEnumerable<string> assemblyFiles)
    {
        KnownNames names = new();
        foreach (string file in assemblyFiles)
        {
            PEReader image = new(File.OpenRead(file), PEStreamOptions.PrefetchMetadata);
            names._images.Add(image);
            if (image.HasMetadata)
                names.Add(image.GetMetadataReader());
        }

        return names;
    }

    /// <summary>The type of a mangled name.</summary>
    public bool TryGetType(string mangled, [NotNullWhen(true)] out KnownType? type)
    {
        return _types.TryGetValue(mangled, out type);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.ForEach(i => i.Dispose());
        _images.Clear();
    }

    /// <summary>A name with all that is no letter, digit or underscore replaced.</summary>
    internal static string Sanitize(string name)
    {
        StringBuilder result = new(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
            _ = result.Append('_');
        foreach (char c in name)
            _ = result.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        return result.ToString();
    }

    private void Add(MetadataReader reader)
    {
        if (!reader.IsAssembly)
            return;
        string assembly = reader.GetString(reader.GetAssemblyDefinition().Name);
        bool isCore = assembly == "System.Private.CoreLib";
        string prefix = Sanitize(assembly.StartsWith(SystemPrivate, StringComparison.Ordinal) ? "S.P." + assembly[SystemPrivate.Length..] : assembly);
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            string readable = ReadableName(reader, handle, out string sanitized);
            string unique = Unique(sanitized, taken);
            string mangled = isCore && s_coreNames.TryGetValue(readable, out string? own) ? own : prefix + "_" + unique;
            _ = _types.TryAdd(mangled, new KnownType(readable, () => Methods(reader, handle)));
        }
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 0; !taken.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }

    private static string ReadableName(MetadataReader reader, TypeDefinitionHandle handle, out string sanitized)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        string space = reader.GetString(type.Namespace);
        string full = space.Length == 0 ? name : space + "." + name;
        TypeDefinitionHandle outer = type.GetDeclaringType();
        if (outer.IsNil)
        {
            sanitized = Sanitize(full);
            return full;
        }

        string outerName = ReadableName(reader, outer, out string outerSanitized);
        sanitized = outerSanitized + "_" + Sanitize(full);
        return outerName + "." + full;
    }

    private static Dictionary<string, string> Methods(MetadataReader reader, TypeDefinitionHandle handle)
    {
        Dictionary<string, string> methods = new(StringComparer.Ordinal);
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (MethodDefinitionHandle method in reader.GetTypeDefinition(handle).GetMethods())
        {
            string name = reader.GetString(reader.GetMethodDefinition(method).Name);
            methods[Unique(Sanitize(name), taken)] = name;
        }

        return methods;
    }
}
