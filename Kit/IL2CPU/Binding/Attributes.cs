using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>Reads the kit's attributes from metadata.</summary>
internal static class Attributes
{
    public const string Plug = "IL2CPU.API.Attribs.PlugAttribute";
    public const string PlugMethod = "IL2CPU.API.Attribs.PlugMethodAttribute";
    public const string PlugField = "IL2CPU.API.Attribs.PlugFieldAttribute";
    public const string FieldAccess = "IL2CPU.API.Attribs.FieldAccessAttribute";
    public const string FieldType = "IL2CPU.API.Attribs.FieldTypeAttribute";
    public const string ObjectPointerAccess = "IL2CPU.API.ObjectPointerAccessAttribute";
    public const string AsmLabel = "IL2CPU.API.Attribs.AsmLabelAttribute";
    public const string BootEntry = "IL2CPU.API.Attribs.BootEntryAttribute";
    public const string Inline = "IL2CPU.API.Attribs.InlineAttribute";
    public const string ForceInclude = "IL2CPU.API.Attribs.ForceIncludeAttribute";

    public static CustomAttribute? Find(ICustomAttributeProvider provider, string fullName)
    {
        return provider.HasCustomAttributes
            ? provider.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == fullName)
            : null;
    }

    public static bool Has(ICustomAttributeProvider provider, string fullName)
    {
        return Find(provider, fullName) is not null;
    }

    /// <summary>The value of a named property, or <paramref name="otherwise"/> when the attribute does not set it.</summary>
    public static T Property<T>(CustomAttribute? attribute, string name, T otherwise)
    {
        if (attribute is null)
            return otherwise;
        foreach (CustomAttributeNamedArgument argument in attribute.Properties)
        {
            if (argument.Name == name)
                return argument.Argument.Value is T value ? value : otherwise;
        }

        return otherwise;
    }

    /// <summary>The [PlugMethod] of a method, or of the property that it is an accessor of.</summary>
    public static CustomAttribute? FindPlugMethod(MethodDefinition method)
    {
        if (Find(method, PlugMethod) is { } own)
            return own;
        if (!method.IsGetter && !method.IsSetter)
            return null;
        PropertyDefinition? property = method.DeclaringType.Properties.FirstOrDefault(p => p.GetMethod == method || p.SetMethod == method);
        return property is null ? null : Find(property, PlugMethod);
    }

    /// <summary>Whether the method has no usable body of its own: a plug must replace it.</summary>
    public static bool IsPlugRequired(MethodDefinition method)
    {
        return Property(FindPlugMethod(method), "PlugRequired", false);
    }
}
