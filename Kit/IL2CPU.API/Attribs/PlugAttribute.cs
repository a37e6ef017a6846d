using System;

namespace IL2CPU.API.Attribs;

/// <summary>Marks a class whose public static methods replace methods of another type when the kernel is compiled.</summary>
/// <remarks>
/// A method replaces the target's method of the same name (<c>Ctor</c> and <c>CCtor</c> stand for the constructors);
/// where the target is an instance method, the first parameter is the instance.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PlugAttribute : Attribute
{
    /// <summary>Creates a plug whose target is given by the properties.</summary>
    public PlugAttribute()
    {
    }

    /// <summary>Creates a plug for <paramref name="target"/>.</summary>
    public PlugAttribute(Type target)
    {
        Target = target;
    }

    /// <summary>Creates a plug for the type named <c>"Full.Name, Assembly"</c>.</summary>
    public PlugAttribute(string targetName)
    {
        TargetName = targetName;
    }

    /// <summary>The type whose methods are replaced.</summary>
    public Type? Target { get; set; }

    /// <summary>The full name and assembly of the type, for a type that cannot be named in C#.</summary>
    public string? TargetName { get; set; }

    /// <summary>When true, a target that does not exist is not an error.</summary>
    public bool IsOptional { get; set; }

    /// <summary>When true, the plug serves types that derive from the target too.</summary>
    public bool Inheritable { get; set; }

    /// <summary>The platform that the plug is for.</summary>
    public TargetPlatform TargetPlatform { get; set; }
}

/// <summary>The platforms that a plug can be limited to.</summary>
public enum TargetPlatform
{
    /// <summary>Every platform.</summary>
    x86 = 0,
}
