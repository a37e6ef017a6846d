using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>Finds the plugs of plug assemblies and the method that each replaces.</summary>
/// <remarks>
/// Plug assemblies come in order of precedence: for one target the first assembly's plug counts and the others' are kept
/// as overridden. Two plugs for one target in the same assembly are an error.
/// </remarks>
public sealed class PlugScanner
{
    private readonly AssemblyPool _pool;
    private readonly DiagnosticBag _diagnostics;
    private readonly IReadOnlyList<AssemblyDefinition> _ownAssemblies;
    private readonly List<Plug> _plugs = [];
    private readonly List<(Plug Loser, Plug Winner)> _overridden = [];
    private readonly List<(TypeDefinition Target, CustomAttribute Field, TypeDefinition Class)> _fields = [];
    private readonly Dictionary<MethodDefinition, Plug> _byTarget = [];

    /// <summary>Creates a scanner over the image's assemblies.</summary>
    /// <param name="pool">Where targets are looked up.</param>
    /// <param name="ownAssemblies">The kernel's own side: where a target name without an assembly is looked for.</param>
    /// <param name="diagnostics">Takes the errors.</param>
    public PlugScanner(AssemblyPool pool, IReadOnlyList<AssemblyDefinition> ownAssemblies, DiagnosticBag diagnostics)
    {
        _pool = pool;
        _ownAssemblies = ownAssemblies;
        _diagnostics = diagnostics;
    }

    /// <summary>The plugs that replace something.</summary>
    public IReadOnlyList<Plug> Plugs => _plugs;

    /// <summary>The plugs that an earlier assembly's plug for the same target overrides.</summary>
    public IReadOnlyList<(Plug Loser, Plug Winner)> Overridden => _overridden;

    /// <summary>The [PlugField] attributes with the type that each changes.</summary>
    public IReadOnlyList<(TypeDefinition Target, CustomAttribute Field, TypeDefinition Class)> Fields => _fields;

    /// <summary>Reads the plugs of one assembly.</summary>
    public void Scan(AssemblyDefinition assembly)
    {
        foreach (TypeDefinition type in assembly.MainModule.GetTypes())
        {
            foreach (CustomAttribute attribute in type.CustomAttributes.Where(a => a.AttributeType.FullName == Attributes.Plug))
            {
                if (ResolveClass(type, attribute) is { } plugClass)
                    ScanClass(plugClass);
            }
        }
    }

    private PlugClass? ResolveClass(TypeDefinition type, CustomAttribute attribute)
    {
        bool isOptional = Attributes.Property(attribute, "IsOptional", false);
        object? named = attribute.ConstructorArguments.Select(a => a.Value).FirstOrDefault(v => v is not null)
            ?? Attributes.Property<object?>(attribute, "Target", null)
            ?? Attributes.Property<object?>(attribute, "TargetName", null);
        TypeDefinition? target = named switch
        {
            TypeReference reference => TryResolve(reference),
            string name => _pool.FindType(name, _ownAssemblies),
            _ => null,
        };
        if (target is not null)
            return new PlugClass(type, target, isOptional, Attributes.Property(attribute, "Inheritable", false));
        if (!isOptional)
        {
            string name = named switch
            {
                TypeReference reference => $"{reference.FullName}, {reference.Scope.Name}",
                string text => text,
                _ => "(no target given)",
            };
            _diagnostics.Error(ErrorCodes.MissingTargetType, type, $"Plug {type.FullName} in {type.Module.Name}: "
                + $"its target type '{name}' does not exist in the image's assemblies.");
        }

        return null;
    }

    private static TypeDefinition? TryResolve(TypeReference reference)
    {
        try
        {
            return reference.Resolve();
        }
        catch (AssemblyResolutionException)
        {
            return null;
        }
    }

    private void ScanClass(PlugClass plugClass)
    {
        foreach (CustomAttribute field in plugClass.Class.CustomAttributes.Where(a => a.AttributeType.FullName == Attributes.PlugField))
            _fields.Add((plugClass.Target, field, plugClass.Class));

        foreach (MethodDefinition method in plugClass.Class.Methods)
        {
            CustomAttribute? settings = Attributes.FindPlugMethod(method);
            bool isPlug = method.IsStatic && !method.IsConstructor && (method.IsPublic || settings is not null);
            if (isPlug && Attributes.Property(settings, "Enabled", true))
                ScanMethod(plugClass, method, settings);
        }
    }

    private void ScanMethod(PlugClass plugClass, MethodDefinition method, CustomAttribute? settings)
    {
        TypeDefinition? assembler = null;
        if (Attributes.Property<TypeReference?>(settings, "Assembler", null) is { } assemblerReference)
        {
            assembler = TryResolve(assemblerReference);
            if (assembler is null || assembler.IsAbstract || !DerivesFromAssemblerMethod(assembler))
            {
                _diagnostics.Error(ErrorCodes.NotAnAssemblerMethod, method, $"Plug {SignatureText.Full(method)} in {method.Module.Name} "
                    + $"for {plugClass.Target.FullName}: '{assemblerReference.FullName}' is not a class that derives from XSharp.Assembler.AssemblerMethod.");
                return;
            }
        }

        bool isOptional = plugClass.IsOptional || Attributes.Property(settings, "IsOptional", false);
        TargetMatcher matcher = new(method, settings);
        IEnumerable<TypeDefinition> targets = plugClass.Inheritable ? DerivedTypes(plugClass.Target).Prepend(plugClass.Target) : [plugClass.Target];
        bool found = false;
        foreach (TypeDefinition target in targets)
        {
            foreach (MethodDefinition match in matcher.Matches(target))
            {
                found = true;
                Add(new Plug(method, match, assembler, matcher.IsWildcard));
            }
        }

        if (!found && !isOptional)
            ReportNoMatch(plugClass, method, matcher);
    }

    private void ReportNoMatch(PlugClass plugClass, MethodDefinition method, TargetMatcher matcher)
    {
        List<MethodDefinition> sameName = matcher.CandidatesByName(plugClass.Target).ToList();
        string sides = $"Plug {SignatureText.Full(method)} in {method.Module.Name}";
        string target = $"{plugClass.Target.FullName} in {plugClass.Target.Module.Name}";
        if (sameName.Count == 0)
        {
            _diagnostics.Error(ErrorCodes.MissingTargetMethod, method, $"{sides}: its target {target} has no method '{matcher.TargetName}'.");
            return;
        }

        IEnumerable<string> candidates = sameName.Select(m => $"{(m.IsStatic ? "static " : "")}{SignatureText.Of(m)}");
        _diagnostics.Error(ErrorCodes.WrongSignature, method, $"{sides} is '{SignatureText.Of(method)}', which replaces "
            + $"'{matcher.ExpectedTarget()}'; its target {target} has '{string.Join("', '", candidates)}'.");
    }

    private void Add(Plug plug)
    {
        if (!_byTarget.TryGetValue(plug.Target, out Plug? winner))
        {
            _byTarget.Add(plug.Target, plug);
            _plugs.Add(plug);
            return;
        }

        if (winner.Method == plug.Method)
            return;
        if (winner.Method.Module != plug.Method.Module)
        {
            _overridden.Add((plug, winner));
            return;
        }

        if (winner.IsWildcard != plug.IsWildcard)
        {
            // The one that names this overload beats the one that names them all.
            if (winner.IsWildcard)
            {
                _byTarget[plug.Target] = plug;
                _plugs[_plugs.IndexOf(winner)] = plug;
            }

            return;
        }

        SourceLocation other = SourceLocation.Of(winner.Method);
        _diagnostics.Error(ErrorCodes.TwoPlugs, plug.Method, $"Two plugs in {plug.Method.Module.Name} replace {SignatureText.Full(plug.Target)} "
            + $"in {plug.Target.Module.Name}: {SignatureText.Full(winner.Method)} ({other.File}({other.Line})) and {SignatureText.Full(plug.Method)}.");
    }

    private IEnumerable<TypeDefinition> DerivedTypes(TypeDefinition target)
    {
        IEnumerable<AssemblyDefinition> assemblies = _ownAssemblies.Append(target.Module.Assembly).Distinct();
        return assemblies.SelectMany(a => a.MainModule.GetTypes()).Where(t => t != target && DerivesFrom(t, target.FullName));
    }

    private static bool DerivesFromAssemblerMethod(TypeDefinition type)
    {
        return DerivesFrom(type, "XSharp.Assembler.AssemblerMethod");
    }

    private static bool DerivesFrom(TypeDefinition type, string baseName)
    {
        for (TypeReference? current = type.BaseType; current is not null; current = TryResolve(current)?.BaseType)
        {
            if (current.GetElementType().FullName == baseName)
                return true;
        }

        return false;
    }
}
