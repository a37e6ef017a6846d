using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

public sealed class FolderTests
{
    [Test]
    public void Every_type_lies_in_a_known_folder()
    {
        string[] unknown = KernelAssembly.Types
            .Select(KernelAssembly.Folder)
            .Where(folder => folder.Length != 0 && !KernelAssembly.Folders.Contains(folder))
            .Distinct()
            .ToArray();
        Assert.That(unknown, Is.Empty);
    }

    [Test]
    public void A_folder_uses_only_folders_above_it()
    {
        SortedSet<string> breaches = [];
        foreach (TypeDefinition type in KernelAssembly.Types)
        {
            int rank = Rank(KernelAssembly.Folder(type));
            foreach (TypeReference used in UsedTypes(type))
            {
                if (Rank(KernelAssembly.Folder(used)) > rank) breaches.Add($"{type.FullName} uses {used.FullName}");
            }
        }

        Assert.That(breaches, Is.Empty);
    }

    [Test]
    public void The_test_sees_uses_in_bodies_signatures_and_generic_arguments()
    {
        TypeDefinition type = KernelAssembly.Types.Single(candidate => candidate.Name == "PhysicalMemory`2");
        string[] used = UsedTypes(type).Select(use => use.Name).Distinct().ToArray();
        Assert.That(used, Does.Contain("IPhysicalMemory"), "a constraint");
        Assert.That(used, Does.Contain("ZonePlanner"), "a local");
        Assert.That(used, Does.Contain("MemoryMap"), "a parameter");
        Assert.That(used, Does.Contain("ZoneSet"), "a field");
    }

    private static int Rank(string folder) =>
        folder.Length == 0 ? int.MaxValue : Array.IndexOf(KernelAssembly.Folders, folder);

    private static IEnumerable<TypeReference> UsedTypes(TypeDefinition type)
    {
        List<TypeReference> used = [];
        if (type.BaseType != null) Collect(type.BaseType, used);
        foreach (InterfaceImplementation implemented in type.Interfaces) Collect(implemented.InterfaceType, used);
        foreach (GenericParameter parameter in type.GenericParameters) CollectConstraints(parameter, used);
        foreach (FieldDefinition field in type.Fields) Collect(field.FieldType, used);
        foreach (MethodDefinition method in type.Methods)
        {
            Collect(method.ReturnType, used);
            foreach (ParameterDefinition parameter in method.Parameters) Collect(parameter.ParameterType, used);
            foreach (GenericParameter parameter in method.GenericParameters) CollectConstraints(parameter, used);
            if (method.HasBody) CollectBody(method.Body, used);
        }

        return used.Where(KernelAssembly.IsKernelType);
    }

    private static void CollectBody(MethodBody body, List<TypeReference> used)
    {
        foreach (VariableDefinition variable in body.Variables) Collect(variable.VariableType, used);
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.Operand is TypeReference type) Collect(type, used);
            else if (instruction.Operand is MemberReference { DeclaringType: not null } member) Collect(member.DeclaringType, used);
        }
    }

    private static void CollectConstraints(GenericParameter parameter, List<TypeReference> used)
    {
        foreach (GenericParameterConstraint constraint in parameter.Constraints) Collect(constraint.ConstraintType, used);
    }

    private static void Collect(TypeReference type, List<TypeReference> used)
    {
        if (type is GenericInstanceType generic)
        {
            foreach (TypeReference argument in generic.GenericArguments) Collect(argument, used);
        }

        if (type is FunctionPointerType pointer)
        {
            Collect(pointer.ReturnType, used);
            foreach (ParameterDefinition parameter in pointer.Parameters) Collect(parameter.ParameterType, used);
        }
        else if (type is TypeSpecification specification) Collect(specification.ElementType, used);
        else if (type is not GenericParameter) used.Add(type);
    }
}
