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
    /// <summary>
    /// What the in-tree kit alone has: its image with the linker's symbols, its list of plugs, its panic and its runtime's checks. MemOS's memory is
    /// started there; the 32-bit kernel runs on the real kit's.
    /// </summary>
    private static readonly string[] s_onlyWide =
    [
        "MemOS.SelfTest.RuntimeChecks", "MemOS.Startup.ImageLocation", "MemOS.Startup.KernelStop", "MemOS.Startup.PlugList",
        "MemOS.Startup.RootRegions", "MemOS.Startup.CodeName",
    ];

    [Test]
    public void Every_plug_point_of_the_kernel_has_exactly_one_plug([Values(32, 64)] int bits)
    {
        using AssemblyDefinition kernel = Read(bits, "CosmosKernel.dll");
        using AssemblyDefinition plugs = Read(bits, "MemOS.Plugs.dll");
        MethodDefinition[] required = Methods(kernel).Where(IsPlugRequired).ToArray();
        string[] points = required.Where(method => bits == 64 || !s_onlyWide.Contains(method.DeclaringType.FullName)).Select(Signature).ToArray();
        ILookup<string, string> found = PlugMethods(plugs).ToLookup(plug => plug.Target, plug => plug.Plug.FullName);

        Assert.That(points, Is.Not.Empty);
        Assert.That(s_onlyWide, Is.SubsetOf(required.Select(method => method.DeclaringType.FullName)));
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
