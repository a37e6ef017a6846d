using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Kit.Tests.IL2CPU;

/// <summary>Compiles the small assemblies of a test, each to a file with symbols, in a folder that goes when the test ends.</summary>
internal sealed class TestCompiler : IDisposable
{
    private const string Usings = "using System; using System.Collections.Generic; using IL2CPU.API; using IL2CPU.API.Attribs; "
        + "using XSharp; using XSharp.Assembler; using static XSharp.XSRegisters;";

    private static readonly List<MetadataReference> s_platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Where(IsPlatform).Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToList();

    public string Folder { get; } = Directory.CreateTempSubdirectory("il2cpu-tests-").FullName;

    /// <summary>The kit's assemblies that the sources can use.</summary>
    public static IReadOnlyList<string> Kit { get; } =
    [
        typeof(global::IL2CPU.API.Attribs.PlugAttribute).Assembly.Location,
        typeof(global::XSharp.XS).Assembly.Location,
    ];

    /// <summary>The folder of the class library that this process runs on.</summary>
    public static string Framework { get; } = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Compiles <paramref name="source"/> to <c>name.dll</c>.</summary>
    /// <param name="name">The assembly's name; messages name the source <c>name.cs</c>.</param>
    /// <param name="source">C#; the kit's namespaces are open.</param>
    /// <param name="references">Assemblies that were compiled before.</param>
    public string Compile(string name, string source, params string[] references)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(Usings + source, System.Text.Encoding.UTF8),
            CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp13), $"/_/{name}.cs");
        IEnumerable<MetadataReference> all = s_platform
            .Concat(Kit.Concat(references).Select(r => MetadataReference.CreateFromFile(r)));
        CSharpCompilation compilation = CSharpCompilation.Create(name, [tree], all,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release, deterministic: true));
        string file = Path.Combine(Folder, name + ".dll");
        using (FileStream image = File.Create(file))
        using (FileStream symbols = File.Create(Path.ChangeExtension(file, ".pdb")))
        {
            EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
            if (!result.Success)
                throw new InvalidOperationException(string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        }

        return file;
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
    }

    private static bool IsPlatform(string path)
    {
        return Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location);
    }
}
