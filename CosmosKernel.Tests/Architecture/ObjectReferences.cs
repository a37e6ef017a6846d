using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace MemOS.Tests.Architecture;

/// <summary>Finds object references in what a variable holds by value.</summary>
internal static class ObjectReferences
{
    /// <summary>The ways to the references, as <c>_layout.Name</c>; none when the variable holds plain values only.</summary>
    internal static IEnumerable<string> In(TypeReference type)
    {
        if (type is RequiredModifierType modified) return In(modified.ElementType);
        if (type.IsPrimitive || type is PointerType or FunctionPointerType) return [];
        if (!type.IsValueType) return [""];
        TypeDefinition? definition = type.Resolve();
        if (definition is null) return ["?"];
        return definition.IsEnum ? [] : InFields(type, definition);
    }

    private static IEnumerable<string> InFields(TypeReference type, TypeDefinition definition) =>
        from field in definition.Fields
        where !field.IsStatic
        from rest in In(Close(field.FieldType, type))
        select "." + field.Name + rest;

    /// <summary>A field's type with the arguments of the type that it is a field of.</summary>
    private static TypeReference Close(TypeReference field, TypeReference owner)
    {
        if (owner is not GenericInstanceType arguments) return field;
        if (field is GenericParameter parameter) return arguments.GenericArguments[parameter.Position];
        if (field is not GenericInstanceType open) return field;
        GenericInstanceType closed = new(open.ElementType);
        foreach (TypeReference argument in open.GenericArguments) closed.GenericArguments.Add(Close(argument, owner));
        return closed;
    }
}
