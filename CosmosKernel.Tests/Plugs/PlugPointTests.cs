using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using NUnit.Framework;

namespace MemOS.Tests.Plugs;

/// <summary>Each plug point of the kernel has one plug, and each plug of MemOS a target, in both builds.</summary>
[TestFixture]
public sealed class PlugPointTests
{
    [Test]
    public void Every_plug_point_of_the_kernel_has_exactly_one_plug([Values(32, 64)] int bits)
    {
        using AssemblyDefinition kernel = Read(bits, "CosmosKernel.dll");
        using AssemblyDefinition plugs = Read(bits, "MemOS.Plugs.dll");
        string[] points = Methods(kernel).Where(IsPlugRequired).Select(Signature).ToArray();
        ILookup<string, string> found = PlugMethods(plugs).ToLookup(plug => plug.Target, plug => plug.Plug.FullName);

        Assert.That(points, Is.Not.Empty);
        Assert.That(points.Where(point => found[point].Count() != 1).Select(point => $"{point}: {string.Join(", ", found[point])}"), Is.Empty);
    }

    [Test]
    public void Every_plug_of_a_kernel_method_replaces_one_that_asks_for_it([Values(32, 64)] int bits)
    {
        using AssemblyDefinition kernel = Read(bits, "CosmosKernel.dll");
        using AssemblyDefinition plugs = Read(bits, "MemOS.Plugs.dll");
        HashSet<string> points = Methods(kernel).Where(IsPlugRequired).Select(Signature).ToHashSet();
        HashSet<string> types = kernel.MainModule.GetTypes().Select(type => type.FullName).ToHashSet();

        IEnumerable<string> strays = PlugMethods(plugs)
            .Where(plug => types.Contains(plug.Target[..plug.Target.IndexOf("::", System.StringComparison.Ordinal)]) && !points.Contains(plug.Target))
            .Select(plug => plug.Plug.FullName);
        Assert.That(strays, Is.Empty);
    }

    /// <summary>By name and signature, as the kit's compiler looks for it; accessors are those of the in-tree kit's properties.</summary>
    [Test]
    public void Every_plug_of_a_method_of_the_kit_has_a_target([Values(32, 64)] int bits)
    {
        using AssemblyDefinition kernel = Read(bits, "CosmosKernel.dll");
        using AssemblyDefinition plugs = Read(bits, "MemOS.Plugs.dll");
        using AssemblyDefinition kit = Read(bits, "Cosmos.Core.dll");
        HashSet<string> targets = Methods(kit).Concat(Methods(kernel)).Select(Signature).ToHashSet();

        (string Target, MethodDefinition Plug)[] found = PlugMethods(plugs).ToArray();
        Assert.That(found.Count(plug => plug.Target.StartsWith("Cosmos.Core.", System.StringComparison.Ordinal)), Is.GreaterThan(20));
        Assert.That(found.Where(plug => !targets.Contains(plug.Target)).Select(plug => $"{plug.Plug.FullName}: {plug.Target}"), Is.Empty);
    }

    /// <summary>The body in C# says nothing but that it has none.</summary>
    [Test]
    public void A_plug_point_throws_on_the_desktop([Values(32, 64)] int bits)
    {
        using AssemblyDefinition kernel = Read(bits, "CosmosKernel.dll");
        IEnumerable<string> others = Methods(kernel).Where(IsPlugRequired)
            .Where(method => !method.Body.Instructions.Select(i => i.OpCode.Code).Contains(Mono.Cecil.Cil.Code.Throw)
                || method.Body.Instructions.Any(i => i.OpCode.Code == Mono.Cecil.Cil.Code.Ret))
            .Select(method => method.FullName);
        Assert.That(others, Is.Empty);
    }

    private static AssemblyDefinition Read(int bits, string file)
    {
        DefaultAssemblyResolver resolver = new();
        foreach (string folder in resolver.GetSearchDirectories()) resolver.RemoveSearchDirectory(folder); // where the tests' own flavour lies
        resolver.AddSearchDirectory(PlugFlavour.Of(bits).Folder);
        return AssemblyDefinition.ReadAssembly(
            Path.Combine(PlugFlavour.Of(bits).Folder, file),
            new ReaderParameters { AssemblyResolver = resolver });
    }

    private static IEnumerable<MethodDefinition> Methods(AssemblyDefinition assembly)
    {
        return assembly.MainModule.GetTypes().SelectMany(type => type.Methods);
    }

    private static bool IsPlugRequired(MethodDefinition method)
    {
        return method.CustomAttributes.Any(a => a.AttributeType.Name == "PlugMethodAttribute"
            && a.Properties.Any(p => p.Name == "PlugRequired" && p.Argument.Value is true));
    }

    /// <summary>The public static methods of classes that name their target by type, each with its target's signature.</summary>
    private static IEnumerable<(string Target, MethodDefinition Plug)> PlugMethods(AssemblyDefinition plugs)
    {
        foreach (TypeDefinition type in plugs.MainModule.GetTypes())
        {
            foreach (CustomAttribute attribute in type.CustomAttributes.Where(a => a.AttributeType.Name == "PlugAttribute"))
            {
                object? target = attribute.Properties.Where(p => p.Name == "Target").Select(p => p.Argument.Value).SingleOrDefault()
                    ?? attribute.ConstructorArguments.Select(a => a.Value).FirstOrDefault(v => v is TypeReference);
                if (target is TypeReference reference)
                {
                    foreach (MethodDefinition method in type.Methods.Where(m => m.IsPublic && m.IsStatic))
                    {
                        yield return (Signature(reference.FullName, method), method);
                    }
                }
            }
        }
    }

    private static string Signature(MethodDefinition method)
    {
        return Signature(method.DeclaringType.FullName, method);
    }

    private static string Signature(string type, MethodDefinition method)
    {
        return $"{type}::{method.ReturnType.FullName} {method.Name}({string.Join(", ", method.Parameters.Select(p => p.ParameterType.FullName))})";
    }
}
