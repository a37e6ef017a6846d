using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>Types and signatures as text that is equal exactly when they mean the same.</summary>
/// <remarks>
/// A type is named by its full name, without the assembly: the same type is seen through a facade in one assembly and in its
/// home in another. Custom modifiers are left out. Generic parameters are positions, <c>!0</c> of a type and
/// <c>!!0</c> of a method.
/// </remarks>
public static class SignatureText
{
    /// <summary>The text of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="typeArity">
    /// In a plug's generic method, how many of its first generic parameters stand for those of the target's type.
    /// </param>
    public static string Of(TypeReference type, int typeArity = 0)
    {
        return type switch
        {
            GenericParameter { Type: GenericParameterType.Type } p => $"!{p.Position}",
            GenericParameter p when p.Position < typeArity => $"!{p.Position}",
            GenericParameter p => $"!!{p.Position - typeArity}",
            GenericInstanceType g => Of(g.ElementType) + "<" + string.Join(",", g.GenericArguments.Select(a => Of(a, typeArity))) + ">",
            ArrayType a => Of(a.ElementType, typeArity) + (a.IsVector ? "[]" : "[" + new string(',', a.Rank - 1) + "]"),
            ByReferenceType b => Of(b.ElementType, typeArity) + "&",
            PointerType p => Of(p.ElementType, typeArity) + "*",
            FunctionPointerType f => $"method {Of(f.ReturnType, typeArity)} *({Parameters(f.Parameters, typeArity)})",
            TypeSpecification s => Of(s.ElementType, typeArity),
            _ => type.FullName,
        };
    }

    /// <summary>The text of a method's own signature: <c>Return Name(Parameters)</c>.</summary>
    public static string Of(MethodReference method)
    {
        return $"{Of(method.ReturnType)} {method.Name}({Parameters(method.Parameters, 0)})";
    }

    /// <summary>The method with its declaring type: <c>Namespace.Type.Method(Parameters)</c>, for messages and lists.</summary>
    public static string Full(MethodReference method)
    {
        string generic = method.HasGenericParameters ? "<" + string.Join(",", method.GenericParameters.Select(p => p.Name)) + ">" : "";
        return $"{method.DeclaringType.FullName}.{method.Name}{generic}({Parameters(method.Parameters, 0)})";
    }

    private static string Parameters(IEnumerable<ParameterDefinition> parameters, int typeArity)
    {
        return string.Join(",", parameters.Select(p => Of(p.ParameterType, typeArity)));
    }
}
