using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

public sealed class TypeRuleTests
{
    private static readonly string[] s_integers = ["UInt64", "Int64", "UInt32", "Int32", "UIntPtr", "IntPtr"];

    /// <summary>Plug points and the processor's own tables: they have the types of its registers and fields.</summary>
    private static readonly string[] s_machineTypes = ["Cpu", "DescriptorTablePointer", "SegmentDescriptor"];

    [Test]
    public void Addresses_frames_pages_and_orders_are_readonly_structs()
    {
        string[] mutable = KernelAssembly.Types
            .Where(type => KernelAssembly.Folder(type) == "Primitives" && type is { IsValueType: true, IsEnum: false })
            .Where(type => !KernelAssembly.IsReadOnlyStruct(type))
            .Select(type => type.FullName)
            .ToArray();
        Assert.That(mutable, Is.Empty);
    }

    [Test]
    public void A_readonly_field_never_holds_a_mutable_struct()
    {
        string[] breaches = KernelAssembly.Types
            .SelectMany(type => type.Fields)
            .Where(field => field.IsInitOnly && field.FieldType.IsValueType && KernelAssembly.IsKernelType(field.FieldType))
            .Where(field => !field.FieldType.Resolve().IsEnum && !KernelAssembly.IsReadOnlyStruct(field.FieldType))
            .Where(field => !KernelAssembly.IsReadOnlyStruct(field.DeclaringType))
            .Select(field => field.FullName)
            .ToArray();
        Assert.That(breaches, Is.Empty);
    }

    [Test]
    public void No_public_method_takes_an_address_as_an_integer()
    {
        string[] breaches = KernelAssembly.Types
            .Where(type => !s_machineTypes.Contains(type.Name))
            .SelectMany(type => type.Methods)
            .Where(method => method.IsPublic)
            .SelectMany(method => method.Parameters.Where(IsRawAddress).Select(parameter => method.FullName + ": " + parameter.Name))
            .ToArray();
        Assert.That(breaches, Is.Empty);
    }

    [Test]
    public void Only_the_frame_table_writes_a_frames_state()
    {
        string[] writers = KernelAssembly.Instructions(KernelAssembly.Types)
            .Where(item => item.Instruction.OpCode.Code is Code.Stfld or Code.Ldflda)
            .Where(item => item.Instruction.Operand is FieldReference { Name: "Header", DeclaringType.Name: "FrameDescriptor" })
            .Where(item => item.Instruction.OpCode.Code == Code.Stfld || !IsReadOnlyMember(item.Method))
            .Select(item => item.Method.DeclaringType.Name)
            .Distinct()
            .ToArray();
        Assert.That(writers, Is.EqualTo(new[] { "FrameTable" }));
    }

    [Test]
    public void The_memory_path_creates_no_object()
    {
        SortedSet<string> breaches = [];
        IEnumerable<TypeDefinition> types = KernelAssembly.Types.Where(type => KernelAssembly.MemoryPath.Contains(KernelAssembly.Folder(type)));
        foreach ((MethodDefinition method, Instruction instruction) in KernelAssembly.Instructions(types))
        {
            if (method.Name == "ToString" || !Allocates(instruction)) continue;
            breaches.Add($"{method.DeclaringType.FullName}.{method.Name}: {instruction.OpCode} {instruction.Operand}");
        }

        Assert.That(breaches, Is.Empty);
    }

    [Test]
    public void The_memory_path_throws_nothing_and_has_no_class_constructor()
    {
        SortedSet<string> breaches = [];
        IEnumerable<TypeDefinition> types = KernelAssembly.Types.Where(type => KernelAssembly.MemoryPath.Contains(KernelAssembly.Folder(type)));
        foreach ((MethodDefinition method, Instruction instruction) in KernelAssembly.Instructions(types))
        {
            if (instruction.OpCode.Code is Code.Throw or Code.Rethrow || method.IsConstructor && method.IsStatic) breaches.Add(method.FullName);
        }

        Assert.That(breaches, Is.Empty);
    }

    [Test]
    public void Every_failed_check_goes_through_KernelAssert()
    {
        string[] breaches = KernelAssembly.Instructions(KernelAssembly.Types)
            .Where(item => item.Instruction.Operand is MethodReference { DeclaringType.FullName: "System.Diagnostics.Debug" or "System.Environment" } called &&
                called.Name is "Assert" or "Fail" or "FailFast")
            .Where(item => item.Instruction.Operand is MethodReference { DeclaringType.Name: not "KernelAssert" })
            .Select(item => item.Method.FullName)
            .ToArray();
        Assert.That(breaches, Is.Empty);
    }

    private static bool IsRawAddress(ParameterDefinition parameter)
    {
        string name = parameter.Name.ToLowerInvariant();
        return s_integers.Contains(parameter.ParameterType.Name) && (name is "addr" or "frame" or "page" || name.EndsWith("address", System.StringComparison.Ordinal));
    }

    private static bool IsReadOnlyMember(MethodDefinition method) =>
        method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsReadOnlyAttribute");

    private static bool Allocates(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Box or Code.Newarr => true,
        Code.Newobj => instruction.Operand is MethodReference constructor && !constructor.DeclaringType.IsValueType,
        Code.Call or Code.Callvirt => instruction.Operand is MethodReference { DeclaringType.FullName: "System.String", Name: "Concat" or "Format" or "Join" },
        _ => false,
    };
}
