using System;

namespace IL2CPU.API.Attribs;

/// <summary>Gives a parameter the type that the target's signature has there and that C# cannot name.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FieldTypeAttribute : Attribute
{
    /// <summary>The type's full name and assembly.</summary>
    public string? Name { get; set; }
}
