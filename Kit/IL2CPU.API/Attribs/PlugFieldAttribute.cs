using System;

namespace IL2CPU.API.Attribs;

/// <summary>Adds or replaces a field of the plug's target.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PlugFieldAttribute : Attribute
{
    /// <summary>The field's identifier.</summary>
    public string? FieldId { get; set; }

    /// <summary>When true, the value is kept outside the object.</summary>
    public bool IsExternalValue { get; set; }

    /// <summary>The field's type.</summary>
    public Type? FieldType { get; set; }
}
