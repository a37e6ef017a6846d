using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>A class marked [Plug] with the type that one of its attributes names.</summary>
/// <param name="Class">The class whose methods replace the target's.</param>
/// <param name="Target">The type whose methods are replaced.</param>
/// <param name="IsOptional">A missing target is not an error.</param>
/// <param name="Inheritable">The plug serves the target's derived types too.</param>
public sealed record PlugClass(TypeDefinition Class, TypeDefinition Target, bool IsOptional, bool Inheritable);

/// <summary>A plug's method and the method that it replaces.</summary>
/// <param name="Method">The plug's method.</param>
/// <param name="Target">The method that is replaced.</param>
/// <param name="AssemblerType">The <c>AssemblerMethod</c> that emits the body, or null for a managed plug.</param>
/// <param name="IsWildcard">The plug replaces every overload and takes only the parameters that it declares.</param>
public sealed record Plug(MethodDefinition Method, MethodDefinition Target, TypeDefinition? AssemblerType, bool IsWildcard)
{
    /// <summary>The symbol of an assembler plug's body.</summary>
    public string Symbol => SymbolNames.OfPlug(Target);

    /// <summary>The simple name of the assembly that the plug is in.</summary>
    public string AssemblyName => Method.Module.Assembly.Name.Name;
}
