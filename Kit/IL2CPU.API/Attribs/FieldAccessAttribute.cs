using System;

namespace IL2CPU.API.Attribs;

/// <summary>Gives a plug's method, by reference, a field of the target that C# cannot name.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FieldAccessAttribute : Attribute
{
    /// <summary>The field's name, with or without its type in front.</summary>
    public string? Name { get; set; }
}
