using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>Adds or retypes a field of a plug's target, as [PlugField] says.</summary>
internal sealed class FieldRewriter
{
    private readonly DiagnosticBag _diagnostics;

    public FieldRewriter(DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
    }

    /// <summary>Applies one attribute of <paramref name="plugClass"/> to <paramref name="target"/>.</summary>
    public void Apply(TypeDefinition target, CustomAttribute attribute, TypeDefinition plugClass)
    {
        string? id = Attributes.Property<string?>(attribute, "FieldId", null);
        TypeReference? type = Attributes.Property<TypeReference?>(attribute, "FieldType", null);
        if (string.IsNullOrEmpty(id) || type is null || Attributes.Property(attribute, "IsExternalValue", false))
        {
            _diagnostics.Error(ErrorCodes.Unsupported, plugClass, $"Plug {plugClass.FullName} in {plugClass.Module.Name} for {target.FullName}: "
                + "[PlugField] needs FieldId and FieldType; values outside the object (IsExternalValue) are not supported.");
            return;
        }

        string name = id[(id.LastIndexOfAny([' ', '.']) + 1)..];
        TypeReference imported = target.Module.ImportReference(type);
        if (target.Fields.FirstOrDefault(f => f.Name == name) is { } existing)
            existing.FieldType = imported;
        else
            target.Fields.Add(new FieldDefinition(name, FieldAttributes.Assembly, imported));
    }
}
