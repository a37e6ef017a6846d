using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IL2CPU.Binding;

/// <summary>
/// The attributes by which <c>ilc</c> knows imports and exports of symbols. It recognises them by full name, so an assembly that
/// has none gets its own.
/// </summary>
internal static class RuntimeAttributes
{
    public const string Import = "RuntimeImportAttribute";
    public const string Export = "RuntimeExportAttribute";

    private const string Namespace = "System.Runtime";

    /// <summary>The attribute with a symbol, ready to be added to a method of <paramref name="module"/>.</summary>
    public static CustomAttribute Create(ModuleDefinition module, string name, string symbol)
    {
        TypeDefinition type = module.GetType(Namespace, name) ?? Inject(module, name);
        MethodDefinition constructor = type.Methods.Single(m => m.IsConstructor && !m.IsStatic && m.Parameters.Count == 1);
        return new CustomAttribute(constructor)
        {
            ConstructorArguments = { new CustomAttributeArgument(module.TypeSystem.String, symbol) },
        };
    }

    private static TypeDefinition Inject(ModuleDefinition module, string name)
    {
        TypeReference baseType = new("System", "Attribute", module, module.TypeSystem.CoreLibrary);
        TypeDefinition type = new(Namespace, name, TypeAttributes.NotPublic | TypeAttributes.Sealed | TypeAttributes.Class, baseType);
        MethodDefinition constructor = new(".ctor", MethodAttributes.Public | MethodAttributes.HideBySig
            | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName, module.TypeSystem.Void);
        constructor.Parameters.Add(new ParameterDefinition("symbol", ParameterAttributes.None, module.TypeSystem.String));
        ILProcessor il = constructor.Body.GetILProcessor();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, new MethodReference(".ctor", module.TypeSystem.Void, baseType) { HasThis = true });
        il.Emit(OpCodes.Ret);
        type.Methods.Add(constructor);
        module.Types.Add(type);
        return type;
    }
}
