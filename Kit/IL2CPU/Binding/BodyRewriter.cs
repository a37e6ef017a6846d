using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace IL2CPU.Binding;

/// <summary>Gives a plug's target its new body.</summary>
internal sealed class BodyRewriter
{
    private readonly DiagnosticBag _diagnostics;

    public BodyRewriter(DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
    }

    /// <summary>Replaces the target's body by the plug.</summary>
    public void Apply(Plug plug)
    {
        if (plug.Target.IsAbstract)
        {
            _diagnostics.Error(ErrorCodes.Unsupported, plug.Method, $"Plug {SignatureText.Full(plug.Method)} in {plug.Method.Module.Name}: "
                + $"its target {SignatureText.Full(plug.Target)} in {plug.Target.Module.Name} is abstract and has no body to replace.");
            return;
        }

        if (plug.AssemblerType is null)
            ReplaceByCall(plug);
        else
            ReplaceByImport(plug.Target, plug.Symbol);
    }

    /// <summary>Fills the body with <c>return new T()</c> after calls of <paramref name="before"/>.</summary>
    public static void ReplaceByNew(MethodDefinition target, MethodDefinition constructor, IEnumerable<MethodDefinition> before)
    {
        ILProcessor il = Clear(target);
        foreach (MethodDefinition method in before)
            il.Emit(OpCodes.Call, target.Module.ImportReference(method));
        il.Emit(OpCodes.Newobj, target.Module.ImportReference(constructor));
        il.Emit(OpCodes.Ret);
    }

    private void ReplaceByCall(Plug plug)
    {
        MethodDefinition target = plug.Target;
        ILProcessor il = Clear(target);
        // The call is all there is: the compiler puts the plug's own body where the target was called.
        target.ImplAttributes |= MethodImplAttributes.AggressiveInlining;

        int next = 0;
        foreach (ParameterDefinition parameter in plug.Method.Parameters)
        {
            if (Attributes.Find(parameter, Attributes.FieldAccess) is { } access)
                EmitFieldAddress(il, plug, parameter, access);
            else
                EmitArgument(il, target, next++, Attributes.Has(parameter, Attributes.ObjectPointerAccess));
        }

        il.Emit(OpCodes.Call, Instantiate(target, target.Module.ImportReference(plug.Method)));
        if (plug.Method.ReturnType.FullName == "System.Void" && target.ReturnType.FullName != "System.Void")
            EmitDefault(il, target);
        il.Emit(OpCodes.Ret);
        target.Body.Optimize();
    }

    private static void EmitArgument(ILProcessor il, MethodDefinition target, int index, bool asAddress)
    {
        ParameterDefinition parameter = target.HasThis
            ? index == 0 ? target.Body.ThisParameter : target.Parameters[index - 1]
            : target.Parameters[index];
        if (!asAddress)
        {
            il.Emit(OpCodes.Ldarg, parameter);
            return;
        }

        // The reference is read as the native integer that it is in its slot.
        il.Emit(OpCodes.Ldarga, parameter);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldind_I);
    }

    private void EmitFieldAddress(ILProcessor il, Plug plug, ParameterDefinition parameter, CustomAttribute access)
    {
        MethodDefinition target = plug.Target;
        string name = Attributes.Property<string?>(access, "Name", null) ?? parameter.Name;
        // "Namespace.Type Namespace.Owner.field" is the long form; the field's name is what follows the last space and dot.
        string shortName = name[(name.LastIndexOfAny([' ', '.']) + 1)..];
        FieldDefinition? field = FindField(target.DeclaringType, shortName);
        if (field is null || (!field.IsStatic && !target.HasThis))
        {
            string why = field is null ? "no such field" : "the field belongs to an instance and the target is static";
            _diagnostics.Error(ErrorCodes.MissingField, plug.Method, $"Plug {SignatureText.Full(plug.Method)} in {plug.Method.Module.Name}: "
                + $"parameter '{parameter.Name}' wants the field '{name}' of {target.DeclaringType.FullName} in {target.Module.Name}: {why}.");
            return;
        }

        string wanted = TargetMatcher.ParameterText(parameter, target.DeclaringType.GenericParameters.Count).TrimEnd('&', '*');
        string actual = SignatureText.Of(field.FieldType);
        if (wanted != actual && wanted != "System.Void")
        {
            _diagnostics.Error(ErrorCodes.MissingField, plug.Method, $"Plug {SignatureText.Full(plug.Method)} in {plug.Method.Module.Name}: "
                + $"parameter '{parameter.Name}' is '{wanted}', the field '{field.FullName}' is '{actual}'.");
            return;
        }

        FieldReference reference = FieldInOwnInstance(field, target);
        if (!field.IsStatic)
            il.Emit(OpCodes.Ldarg_0);
        il.Emit(field.IsStatic ? OpCodes.Ldsflda : OpCodes.Ldflda, reference);
    }

    private static FieldDefinition? FindField(TypeDefinition? type, string name)
    {
        while (type is not null)
        {
            if (type.Fields.FirstOrDefault(f => f.Name == name) is { } field)
                return field;
            type = type.BaseType?.Resolve();
        }

        return null;
    }

    private static FieldReference FieldInOwnInstance(FieldDefinition field, MethodDefinition target)
    {
        FieldReference reference = target.Module.ImportReference(field, target);
        return field.DeclaringType.HasGenericParameters && field.DeclaringType == target.DeclaringType
            ? new FieldReference(field.Name, reference.FieldType, OwnInstance(target.DeclaringType))
            : reference;
    }

    private static void EmitDefault(ILProcessor il, MethodDefinition target)
    {
        VariableDefinition local = new(target.ReturnType);
        target.Body.Variables.Add(local);
        target.Body.InitLocals = true;
        il.Emit(OpCodes.Ldloc, local);
    }

    /// <summary>The plug's generic method over the type parameters of the target's type, then of the target.</summary>
    private static MethodReference Instantiate(MethodDefinition target, MethodReference plug)
    {
        if (!plug.HasGenericParameters)
            return plug;
        GenericInstanceMethod instance = new(plug);
        foreach (GenericParameter parameter in target.DeclaringType.GenericParameters.Concat(target.GenericParameters))
            instance.GenericArguments.Add(parameter);
        return instance;
    }

    private static TypeReference OwnInstance(TypeDefinition type)
    {
        GenericInstanceType instance = new(type);
        foreach (GenericParameter parameter in type.GenericParameters)
            instance.GenericArguments.Add(parameter);
        return instance;
    }

    private static void ReplaceByImport(MethodDefinition target, string symbol)
    {
        MakeBodiless(target);
        target.Body = null;
        target.ImplAttributes |= MethodImplAttributes.InternalCall;
        target.CustomAttributes.Add(RuntimeAttributes.Create(target.Module, RuntimeAttributes.Import, symbol));
    }

    private static ILProcessor Clear(MethodDefinition target)
    {
        MakeBodiless(target);
        target.Body = new MethodBody(target);
        return target.Body.GetILProcessor();
    }

    /// <summary>Takes away all that says how the method was implemented: extern, P/Invoke, intrinsic, symbols.</summary>
    private static void MakeBodiless(MethodDefinition target)
    {
        target.ImplAttributes &= ~(MethodImplAttributes.InternalCall | MethodImplAttributes.NoInlining
            | MethodImplAttributes.AggressiveInlining | MethodImplAttributes.CodeTypeMask | MethodImplAttributes.Synchronized);
        target.PInvokeInfo = null;
        target.IsPInvokeImpl = false;
        if (target.HasBody && target.Body is not null)
        {
            target.DebugInformation.SequencePoints.Clear();
            target.DebugInformation.Scope = null;
        }

        foreach (CustomAttribute attribute in target.CustomAttributes.ToList())
        {
            if (attribute.AttributeType.Name is "IntrinsicAttribute" or "RuntimeImportAttribute" or "LibraryImportAttribute")
                _ = target.CustomAttributes.Remove(attribute);
        }
    }
}
