using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Subset;

/// <summary>Finds in an assembly's IL what Cosmos's IL2CPU compiles wrongly.</summary>
/// <remarks>
/// What only happens at run time (an index out of range, a null reference, a wrong cast: no exception comes there) cannot be
/// seen in IL; what can is code that counts on the exception, <see cref="SubsetRule.RuntimeRaised"/>. Emitters of X# run at
/// build time, so the classes that derive from AssemblerMethod are passed over.
/// </remarks>
public sealed class SubsetChecker
{
    private readonly IReadOnlyList<SubsetExemption> _exemptions;
    private readonly HashSet<SubsetExemption> _used = [];

    /// <summary>Creates a checker.</summary>
    /// <param name="exemptions">Places where a rule may be broken, each with its reason.</param>
    public SubsetChecker(params IReadOnlyList<SubsetExemption> exemptions)
    {
        _exemptions = exemptions;
    }

    /// <summary>The exemptions that no finding needed; empty before the first check has found none, too.</summary>
    public IReadOnlyList<SubsetExemption> Unused => _exemptions.Where(e => !_used.Contains(e)).ToList();

    /// <summary>Checks an assembly file; lines come from its symbols when they lie beside it.</summary>
    public IReadOnlyList<SubsetFinding> Check(string assemblyFile)
    {
        using Binding.AssemblyPool pool = new([assemblyFile], []);
        AssemblyDefinition assembly = pool.TryGet(System.IO.Path.GetFileNameWithoutExtension(assemblyFile))!;
        List<SubsetFinding> findings = [];
        foreach (TypeDefinition type in assembly.MainModule.GetTypes().Where(t => !IsBuildTime(t)))
        {
            TypeRules.Check(type, findings);
            foreach (MethodDefinition method in type.Methods)
                MethodRules.Check(method, findings);
        }

        return findings.Where(f => !IsExempt(f)).ToList();
    }

    private bool IsExempt(SubsetFinding finding)
    {
        SubsetExemption? exemption = _exemptions.FirstOrDefault(e => e.RuleId == finding.Rule.Id && e.Place == finding.Place);
        if (exemption is not null)
            _ = _used.Add(exemption);
        return exemption is not null;
    }

    private static bool IsBuildTime(TypeDefinition type)
    {
        for (TypeDefinition? current = type; current is not null; current = current.DeclaringType)
        {
            if (DerivesFromAssemblerMethod(current))
                return true;
        }

        return false;
    }

    /// <summary>Bases of the same assembly are followed; the kit's own is known by name.</summary>
    private static bool DerivesFromAssemblerMethod(TypeDefinition type)
    {
        for (TypeReference? current = type.BaseType; current is not null; current = (current as TypeDefinition)?.BaseType)
        {
            if (current.GetElementType().FullName.StartsWith("XSharp.", StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
