using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>Decides which methods of a type a plug's method replaces.</summary>
/// <remarks>
/// The names must agree, where <c>Ctor</c> and <c>CCtor</c> stand for the constructors and <c>_</c> may stand for a dot of an
/// explicit implementation's name. Then the plug's parameters, without those that give access to a field, must be the target's, with the
/// instance in front; <c>void*</c> stands for any pointer. A generic plug's first type parameters are those of the target's type.
/// </remarks>
public sealed class TargetMatcher
{
    private readonly MethodDefinition _plug;
    private readonly List<ParameterDefinition> _parameters;
    private readonly string? _signature;
    private readonly bool _matchParameters;

    /// <summary>Creates a matcher for a plug's method.</summary>
    public TargetMatcher(MethodDefinition plug, CustomAttribute? settings)
    {
        _plug = plug;
        _parameters = plug.Parameters.Where(p => !Attributes.Has(p, Attributes.FieldAccess)).ToList();
        _signature = Attributes.Property<string?>(settings, "Signature", null);
        IsWildcard = Attributes.Property(settings, "IsWildcard", false);
        _matchParameters = !IsWildcard || Attributes.Property(settings, "WildcardMatchParameters", false);
        TargetName = plug.Name switch
        {
            "Ctor" => ".ctor",
            "CCtor" => ".cctor",
            string name => name,
        };
    }

    /// <summary>Whether the plug replaces every overload of its name.</summary>
    public bool IsWildcard { get; }

    /// <summary>The name that the target has in metadata.</summary>
    public string TargetName { get; }

    /// <summary>The methods of <paramref name="type"/> that the plug replaces.</summary>
    public IEnumerable<MethodDefinition> Matches(TypeDefinition type)
    {
        return _signature is not null
            ? type.Methods.Where(m => SignatureMatches(m, _signature))
            : CandidatesByName(type).Where(IsMatch);
    }

    /// <summary>The methods of <paramref name="type"/> with the plug's name, whatever their signature.</summary>
    public IEnumerable<MethodDefinition> CandidatesByName(TypeDefinition type)
    {
        return type.Methods.Where(m => m.Name == TargetName || m.Name == _plug.Name
            || (m.Name.Contains('.') && !m.IsConstructor && m.Name.Replace('.', '_') == _plug.Name));
    }

    /// <summary>The target's signature that the plug's method asks for, for messages.</summary>
    public string ExpectedTarget()
    {
        if (_signature is not null)
            return _signature;
        bool hasThis = _parameters.Count > 0 && _parameters[0].Name == "aThis";
        IEnumerable<string> parameters = _parameters.Skip(hasThis ? 1 : 0).Select(p => ParameterText(p, 0));
        return $"{(hasThis ? "" : "static ")}{SignatureText.Of(_plug.ReturnType)} {TargetName}({string.Join(",", parameters)})";
    }

    /// <summary>The type that the plug's parameter stands for in the target's signature.</summary>
    internal static string ParameterText(ParameterDefinition parameter, int typeArity)
    {
        CustomAttribute? fieldType = Attributes.Find(parameter, Attributes.FieldType);
        if (Attributes.Property<string?>(fieldType, "Name", null) is { } name)
            return name.Split(',')[0].Trim().Replace('+', '/');
        return SignatureText.Of(parameter.ParameterType, typeArity);
    }

    private static bool SignatureMatches(MethodDefinition method, string signature)
    {
        string text = SignatureText.Of(method);
        string wanted = signature.Replace(", ", ",", StringComparison.Ordinal).Trim();
        return text == wanted || text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..] == wanted;
    }

    private bool IsMatch(MethodDefinition target)
    {
        int typeArity = target.DeclaringType.GenericParameters.Count;
        int arity = typeArity + target.GenericParameters.Count;
        if (_plug.GenericParameters.Count != arity && !(IsWildcard && _plug.GenericParameters.Count == 0))
            return false;
        if (!ReturnMatches(target, typeArity))
            return false;

        int plugIndex = 0;
        if (target.HasThis && !TakesInstance(target, ref plugIndex))
            return false;

        List<ParameterDefinition> rest = _parameters.Skip(plugIndex).ToList();
        if (_matchParameters ? rest.Count != target.Parameters.Count : rest.Count > target.Parameters.Count)
            return false;
        return rest.Zip(target.Parameters).All(pair => ParameterMatches(pair.First, pair.Second.ParameterType, typeArity));
    }

    private bool ReturnMatches(MethodDefinition target, int typeArity)
    {
        return TypesMatch(SignatureText.Of(_plug.ReturnType, typeArity), SignatureText.Of(target.ReturnType))
            || (IsWildcard && !_matchParameters && _plug.ReturnType.FullName == "System.Void");
    }

    private bool TakesInstance(MethodDefinition target, ref int plugIndex)
    {
        if (_parameters.Count == 0)
            return IsWildcard && !_matchParameters;
        plugIndex = 1;
        ParameterDefinition instance = _parameters[0];
        if (Attributes.Has(instance, Attributes.ObjectPointerAccess))
            return true;
        string given = ParameterText(instance, target.DeclaringType.GenericParameters.Count);
        string own = OwnType(target.DeclaringType);
        if (target.DeclaringType.IsValueType)
            return given == own + "&" || given == own + "*" || given == "System.Void*" || given == "System.IntPtr";
        return given == own || given == "System.Object" || BaseNames(target.DeclaringType).Contains(given);
    }

    private static bool ParameterMatches(ParameterDefinition plug, TypeReference target, int typeArity)
    {
        return Attributes.Has(plug, Attributes.ObjectPointerAccess)
            ? !target.IsValueType
            : TypesMatch(ParameterText(plug, typeArity), SignatureText.Of(target));
    }

    /// <summary><c>void*</c> stands for a pointer to a type that the plug cannot name.</summary>
    private static bool TypesMatch(string plug, string target)
    {
        return plug == target || (plug == "System.Void*" && target.EndsWith('*'));
    }

    private static string OwnType(TypeDefinition type)
    {
        return type.HasGenericParameters
            ? type.FullName + "<" + string.Join(",", type.GenericParameters.Select(p => $"!{p.Position}")) + ">"
            : type.FullName;
    }

    private static IEnumerable<string> BaseNames(TypeDefinition type)
    {
        for (TypeReference? current = type.BaseType; current is not null; current = current.Resolve()?.BaseType)
            yield return SignatureText.Of(current);
    }
}
