using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IL2CPU.Binding;

/// <summary>What binding made: the assemblies to compile, and what replaced what.</summary>
/// <param name="Inputs">Files of the kernel's own side, in a fixed order; rewritten ones lie in the output directory.</param>
/// <param name="ReplacedFramework">Rewritten framework assemblies, by simple name.</param>
/// <param name="Plugs">Every replacement, for lists and for emitting assembler bodies.</param>
/// <param name="Forced">Types and methods that are compiled though nothing names them.</param>
public sealed record BindingResult(
    IReadOnlyList<string> Inputs,
    IReadOnlyDictionary<string, string> ReplacedFramework,
    IReadOnlyList<PlugListEntry> Plugs,
    IReadOnlyList<ForcedMember> Forced);

/// <summary>A member marked [ForceInclude].</summary>
/// <param name="Assembly">Its assembly's simple name.</param>
/// <param name="Type">Its type's full name.</param>
/// <param name="Method">Its signature, or null for the type as a whole.</param>
public sealed record ForcedMember(string Assembly, string Type, string? Method);

/// <summary>
/// Binds plugs: every target's body becomes a call of its plug, or an import of the symbol that an assembler plug's body gets.
/// </summary>
/// <remarks>
/// The order is: scan the plug assemblies in precedence, check that each plug point has a plug, fill the kernel's entry, rewrite, and write the touched
/// assemblies. With any error nothing is written. Only touched assemblies are written; the others are compiled as they are.
/// </remarks>
public sealed class PlugBinder
{
    private readonly AssemblyPool _pool;
    private readonly DiagnosticBag _diagnostics;
    private readonly HashSet<ModuleDefinition> _touched = [];

    /// <summary>Creates a binder over a pool of assemblies.</summary>
    public PlugBinder(AssemblyPool pool, DiagnosticBag diagnostics)
    {
        _pool = pool;
        _diagnostics = diagnostics;
    }

    /// <summary>Binds an image.</summary>
    /// <param name="kernel">The kernel's assembly file.</param>
    /// <param name="plugFiles">The plug assemblies; for one target the first counts.</param>
    /// <param name="extraFiles">Further assemblies that are compiled in.</param>
    /// <param name="outputDirectory">Where touched assemblies are written.</param>
    /// <returns>The result, or null when there are errors.</returns>
    public BindingResult? Bind(string kernel, IReadOnlyList<string> plugFiles, IReadOnlyList<string> extraFiles, string outputDirectory)
    {
        AssemblyDefinition kernelAssembly = Get(kernel);
        List<AssemblyDefinition> plugAssemblies = plugFiles.Select(Get).ToList();
        List<AssemblyDefinition> own = Closure([kernelAssembly, .. plugAssemblies, .. extraFiles.Select(Get)]);

        PlugScanner scanner = new(_pool, own, _diagnostics);
        foreach (AssemblyDefinition plugs in plugAssemblies)
            scanner.Scan(plugs);

        KernelEntry entry = new(_diagnostics);
        entry.Find(kernelAssembly, own);
        CheckPlugPoints(own, scanner.Plugs, entry.Factory);
        if (_diagnostics.HasErrors)
            return null;

        Rewrite(scanner, entry, own);
        if (_diagnostics.HasErrors)
            return null;

        Dictionary<string, string> written = Write(outputDirectory, own);
        return new BindingResult(
            own.Select(a => written.GetValueOrDefault(a.Name.Name, a.MainModule.FileName)).ToList(),
            written.Where(w => own.All(a => a.Name.Name != w.Key)).ToDictionary(),
            PlugListEntry.Create(scanner),
            FindForced(own));
    }

    private AssemblyDefinition Get(string file)
    {
        return _pool.TryGet(Path.GetFileNameWithoutExtension(file)) ?? throw new FileNotFoundException(null, file);
    }

    /// <summary>The given assemblies and those of the kernel's own side that they refer to, each once.</summary>
    private List<AssemblyDefinition> Closure(IReadOnlyList<AssemblyDefinition> roots)
    {
        List<AssemblyDefinition> result = [];
        Queue<AssemblyDefinition> open = new(roots);
        while (open.TryDequeue(out AssemblyDefinition? assembly))
        {
            if (result.Contains(assembly))
                continue;
            result.Add(assembly);
            foreach (AssemblyNameReference reference in assembly.MainModule.AssemblyReferences)
            {
                // What emits X# runs at build time; the image has no part of it.
                if (reference.Name != "XSharp" && _pool.TryGet(reference.Name) is { } referenced && _pool.IsOwn(referenced))
                    open.Enqueue(referenced);
            }
        }

        return result;
    }

    private void CheckPlugPoints(List<AssemblyDefinition> own, IReadOnlyList<Plug> plugs, MethodDefinition? entry)
    {
        HashSet<MethodDefinition> bound = plugs.Select(p => p.Target).ToHashSet();
        IEnumerable<MethodDefinition> required = own.SelectMany(a => a.MainModule.GetTypes()).SelectMany(t => t.Methods)
            .Where(m => Attributes.IsPlugRequired(m) && m != entry && !bound.Contains(m));
        foreach (MethodDefinition method in required)
        {
            _diagnostics.Error(ErrorCodes.PlugRequired, method, $"{SignatureText.Full(method)} in {method.Module.Name} must be replaced by a plug, "
                + "and no plug assembly has one for it.");
        }
    }

    private void Rewrite(PlugScanner scanner, KernelEntry entry, List<AssemblyDefinition> own)
    {
        foreach ((TypeDefinition target, CustomAttribute field, TypeDefinition plugClass) in scanner.Fields)
        {
            new FieldRewriter(_diagnostics).Apply(target, field, plugClass);
            _ = _touched.Add(target.Module);
        }

        BodyRewriter bodies = new(_diagnostics);
        foreach (Plug plug in scanner.Plugs)
        {
            bodies.Apply(plug);
            _ = _touched.Add(plug.Target.Module);
        }

        List<MethodDefinition> bootEntries = BootEntries(own);
        if (!_diagnostics.HasErrors && entry.Fill(bootEntries))
            _ = _touched.Add(entry.Factory!.Module);

        // A list: a marker can add a type.
        foreach (MethodDefinition method in own.SelectMany(a => a.MainModule.GetTypes()).SelectMany(t => t.Methods).ToList())
            ApplyMarkers(method);
    }

    private List<MethodDefinition> BootEntries(List<AssemblyDefinition> own)
    {
        List<MethodDefinition> entries = own.SelectMany(a => a.MainModule.GetTypes()).SelectMany(t => t.Methods)
            .Select(m => (Method: m, Attribute: Attributes.Find(m, Attributes.BootEntry)))
            .Where(m => m.Attribute is not null)
            .OrderBy(m => (int)m.Attribute!.ConstructorArguments[0].Value)
            .Select(m => m.Method).ToList();
        foreach (MethodDefinition method in entries.Where(m => !m.IsStatic || m.HasParameters || m.ReturnType.FullName != "System.Void" || m.HasGenericParameters))
        {
            _diagnostics.Error(ErrorCodes.Unsupported, method, $"{SignatureText.Full(method)} in {method.Module.Name}: "
                + "[BootEntry] needs a static void method without parameters.");
        }

        return entries;
    }

    /// <summary>[AsmLabel] exports the method's code under that name; [Inline] asks for inlining.</summary>
    private void ApplyMarkers(MethodDefinition method)
    {
        if (Attributes.Find(method, Attributes.AsmLabel) is { } label)
        {
            if (!method.IsStatic || method.HasGenericParameters || method.DeclaringType.HasGenericParameters)
            {
                _diagnostics.Error(ErrorCodes.Unsupported, method, $"{SignatureText.Full(method)} in {method.Module.Name}: "
                    + "[AsmLabel] needs a static method that is not generic.");
                return;
            }

            string symbol = (string)label.ConstructorArguments[0].Value;
            method.CustomAttributes.Add(RuntimeAttributes.Create(method.Module, RuntimeAttributes.Export, symbol));
            _ = _touched.Add(method.Module);
        }

        if (Attributes.Has(method, Attributes.Inline))
        {
            method.ImplAttributes |= MethodImplAttributes.AggressiveInlining;
            _ = _touched.Add(method.Module);
        }
    }

    private static List<ForcedMember> FindForced(List<AssemblyDefinition> own)
    {
        List<ForcedMember> forced = [];
        foreach (TypeDefinition type in own.SelectMany(a => a.MainModule.GetTypes()))
        {
            string assembly = type.Module.Assembly.Name.Name;
            if (Attributes.Has(type, Attributes.ForceInclude))
                forced.Add(new ForcedMember(assembly, type.FullName, null));
            forced.AddRange(type.Methods.Where(m => Attributes.Has(m, Attributes.ForceInclude))
                .Select(m => new ForcedMember(assembly, type.FullName, SignatureText.Of(m))));
        }

        return forced;
    }

    private Dictionary<string, string> Write(string outputDirectory, List<AssemblyDefinition> own)
    {
        byte[] identities = own.SelectMany(a => a.MainModule.Mvid.ToByteArray()).ToArray();
        _ = Directory.CreateDirectory(outputDirectory);
        foreach (string old in Directory.EnumerateFiles(outputDirectory))
            File.Delete(old);

        Dictionary<string, string> written = [];
        foreach (ModuleDefinition module in _touched)
        {
            string path = Path.Combine(outputDirectory, Path.GetFileName(module.FileName));
            module.Mvid = BoundIdentity(module, identities);
            module.Write(path, new WriterParameters
            {
                WriteSymbols = module.HasSymbols,
                SymbolWriterProvider = module.HasSymbols ? new PortablePdbWriterProvider() : null,
            });
            written.Add(module.Assembly.Name.Name, path);
        }

        return written;
    }

    /// <summary>
    /// The identity of a rewritten module: made from those of all that took part, and not, as Cecil would, from the written file, which
    /// names the folder that it lies in. The compiler puts identities into the image.
    /// </summary>
    private static Guid BoundIdentity(ModuleDefinition module, byte[] identities)
    {
        byte[] hash = SHA256.HashData([.. module.Mvid.ToByteArray(), .. identities]);
        return new Guid(hash.AsSpan(0, 16));
    }
}
