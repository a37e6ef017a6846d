using System;

namespace IL2CPU.API.Attribs;

/// <summary>Says how a method of a plug replaces its target, or that a method must be replaced.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property)]
public sealed class PlugMethodAttribute : Attribute
{
    /// <summary>The target's signature, for a target that C# parameters cannot express.</summary>
    public string? Signature { get; set; }

    /// <summary>When false, the method is not a plug.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The <c>AssemblerMethod</c> that emits the body.</summary>
    public Type? Assembler { get; set; }

    /// <summary>When true, a missing target is not an error.</summary>
    public bool IsOptional { get; set; }

    /// <summary>When true, the method replaces every overload of its name.</summary>
    public bool IsWildcard { get; set; }

    /// <summary>With <see cref="IsWildcard"/>: the parameters must match.</summary>
    public bool WildcardMatchParameters { get; set; }

    /// <summary>On a target: it has no body of its own, a plug must replace it.</summary>
    public bool PlugRequired { get; set; }
}
