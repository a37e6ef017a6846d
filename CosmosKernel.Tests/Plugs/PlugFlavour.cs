using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using XSharp.Assembler;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Plugs;

/// <summary>One of the two builds of MemOS.Plugs, with its assembler bodies ready to be emitted.</summary>
/// <remarks>The 32-bit build targets .NET 6; its bodies are plain IL and run in this process all the same.</remarks>
internal sealed class PlugFlavour
{
    private static readonly Lazy<PlugFlavour> s_wide = new(() => new PlugFlavour(64, "net10.0"));
    private static readonly Lazy<PlugFlavour> s_narrow = new(() => new PlugFlavour(32, "net6.0"));

    private readonly Dictionary<string, Type> _bodies;
    private readonly Dictionary<string, MethodInfo> _methods;

    private PlugFlavour(int bits, string framework)
    {
        Bits = bits;
        Folder = Path.Combine(RepositoryRoot(), "Plugs", "bin", Configuration(), framework);
        Context context = new(Folder);
        Assembly plugs = context.LoadFromAssemblyPath(Path.Combine(Folder, "MemOS.Plugs.dll"));
        _methods = plugs.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => BodyOf(method) is not null)
            .ToDictionary(method => $"{method.DeclaringType!.Name}.{method.Name}", StringComparer.Ordinal);
        _bodies = _methods.ToDictionary(method => method.Key, method => BodyOf(method.Value)!, StringComparer.Ordinal);
    }

    public int Bits { get; }

    /// <summary>Where the build's assemblies lie.</summary>
    public string Folder { get; }

    /// <summary>The assembler plugs, as <c>Class.Method</c>.</summary>
    public IEnumerable<string> Names => _bodies.Keys.Order(StringComparer.Ordinal);

    public static PlugFlavour Of(int bits)
    {
        return bits == 64 ? s_wide.Value : s_narrow.Value;
    }

    /// <summary>The NASM source of one body, as a method of the given symbol.</summary>
    public string Emit(string name, string symbol = "Body")
    {
        AssemblerInstance assembler = new(Bits);
        EmitInto(assembler, name, symbol);
        return assembler.ToSource();
    }

    public void EmitInto(AssemblerInstance assembler, string name, string symbol)
    {
        assembler.EmitMethod(symbol, (AssemblerMethod)Activator.CreateInstance(_bodies[name])!, new object());
    }

    /// <summary>The body alone, at the place that the assembler is at.</summary>
    public void EmitBodyInto(AssemblerInstance assembler, string name) =>
        ((AssemblerMethod)Activator.CreateInstance(_bodies[name])!).AssembleNew(assembler, new object());

    /// <summary>The method that a body stands for.</summary>
    public MethodInfo Method(string name) => _methods[name];

    private static Type? BodyOf(MethodInfo method)
    {
        CustomAttributeData? plug = method.CustomAttributes.SingleOrDefault(a => a.AttributeType.Name == "PlugMethodAttribute");
        return (Type?)plug?.NamedArguments.SingleOrDefault(a => a.MemberName == "Assembler").TypedValue.Value;
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MemOS.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    /// <summary>The tests' own configuration: the folder above the framework's.</summary>
    private static string Configuration()
    {
        return new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;
    }

    /// <summary>Everything from the build's folder, but X# from this process: it is the one that collects the text.</summary>
    private sealed class Context(string folder) : AssemblyLoadContext("plugs " + folder)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == typeof(AssemblerMethod).Assembly.GetName().Name)
            {
                return typeof(AssemblerMethod).Assembly;
            }

            string file = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
        }
    }
}
