using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Subset;

/// <summary>The rules that a type breaks by its declaration.</summary>
internal static class TypeRules
{
    public static void Check(TypeDefinition type, List<SubsetFinding> findings)
    {
        if (IsRecord(type))
            findings.Add(At(SubsetRule.Record, type, "", "is a record"));
        foreach (FieldDefinition field in type.Fields.Where(f => HasManyDimensions(f.FieldType)))
            findings.Add(At(SubsetRule.MultiDimensionalArray, type, field.Name, $"field of type {field.FieldType.Name}"));
        if (type.IsInterface)
            CheckInterface(type, findings);
    }

    /// <summary>Whether the type is, or is made of, an array of several dimensions.</summary>
    public static bool HasManyDimensions(TypeReference? type)
    {
        return type switch
        {
            ArrayType array => !array.IsVector || HasManyDimensions(array.ElementType),
            GenericInstanceType generic => generic.GenericArguments.Any(HasManyDimensions),
            TypeSpecification specification => HasManyDimensions(specification.ElementType),
            _ => false,
        };
    }

    private static void CheckInterface(TypeDefinition type, List<SubsetFinding> findings)
    {
        // A static member of an interface with a body and no override is an ordinary method.
        foreach (MethodDefinition method in type.Methods.Where(m => !m.IsConstructor))
        {
            SourceLocation location = SourceLocation.Of(method);
            if (method.IsStatic && method.IsVirtual)
                findings.Add(new SubsetFinding(SubsetRule.StaticAbstract, location.File, location.Line, type.FullName, method.Name, "static abstract or virtual member"));
            else if (!method.IsStatic && method.HasBody)
                findings.Add(new SubsetFinding(SubsetRule.DefaultInterfaceMethod, location.File, location.Line, type.FullName, method.Name, "interface method with a body"));
        }
    }

    /// <summary>What the compiler gives records alone: a copying method in classes, a printing one in both.</summary>
    private static bool IsRecord(TypeDefinition type)
    {
        return type.Methods.Any(m => m.Name == "<Clone>$")
            || type.Methods.Any(m => m.Name == "PrintMembers" && m.CustomAttributes.Any(a => a.AttributeType.Name == "CompilerGeneratedAttribute"));
    }

    private static SubsetFinding At(SubsetRule rule, TypeDefinition type, string member, string detail)
    {
        SourceLocation location = SourceLocation.Of(type);
        return new SubsetFinding(rule, location.File, location.Line, type.FullName, member, detail);
    }
}
