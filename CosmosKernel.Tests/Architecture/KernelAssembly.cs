using System.Collections.Generic;
using System.Linq;
using MemOS.Primitives;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MemOS.Tests.Architecture;

/// <summary>The kernel's compiled code, for tests about its structure.</summary>
internal static class KernelAssembly
{
    /// <summary>The folders of CosmosKernel in order: each uses those before it only. The root folder comes last.</summary>
    internal static readonly string[] Folders =
    [
        "Primitives", "Collections", "Hardware", "Boot",
        "Memory.Numa", "Memory.Frames", "Memory.Paging", "Memory.Tlb", "Memory.KernelSpace", "Memory.Heap", "Memory.Managed",
        "Memory.Virtual", "Memory.Pressure", "Memory.Diagnostics", "Startup",
        "Processes", "Devices", "Shell", "SelfTest",
    ];

    /// <summary>Folders whose code runs before <c>new</c> works, or while memory is being found for it.</summary>
    internal static readonly string[] MemoryPath =
    [
        "Collections", "Boot", "Memory.Numa", "Memory.Frames", "Memory.Paging", "Memory.Tlb", "Memory.KernelSpace", "Memory.Heap",
        "Memory.Managed",
    ];

    private static readonly ModuleDefinition s_module = Read(typeof(PhysAddr).Assembly.Location);

    internal static IEnumerable<TypeDefinition> Types => s_module.GetTypes().Where(type => Folder(type).Length != 0 || type.Namespace == "MemOS");

    /// <summary>Whether a type is the kernel's own and not one that the compiler made for its data: those have no namespace.</summary>
    internal static bool IsKernelType(TypeReference type) => Outermost(type).Scope == s_module && Outermost(type).Namespace.Length != 0;

    /// <summary>The folder of a type of the kernel ("Memory.Frames"); empty for the root folder and for types of the compiler.</summary>
    internal static string Folder(TypeReference type)
    {
        string name = Outermost(type).Namespace;
        return name.StartsWith("MemOS.", System.StringComparison.Ordinal) ? name["MemOS.".Length..] : "";
    }

    /// <summary>A module with its symbols, which tell the names of variables.</summary>
    internal static ModuleDefinition Read(string file) => ModuleDefinition.ReadModule(file, new ReaderParameters { ReadSymbols = true });

    internal static IEnumerable<(MethodDefinition Method, Instruction Instruction)> Instructions(IEnumerable<TypeDefinition> types) =>
        from type in types
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        select (method, instruction);

    internal static bool IsReadOnlyStruct(TypeReference type) =>
        type.Resolve() is { IsValueType: true } definition &&
        definition.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsReadOnlyAttribute");

    internal static TypeReference Outermost(TypeReference type)
    {
        // A function pointer is a specification of nothing: its parts are looked at one by one.
        if (type is TypeSpecification { ElementType: { } element }) return Outermost(element);
        return type.DeclaringType is { } outer ? Outermost(outer) : type;
    }
}
