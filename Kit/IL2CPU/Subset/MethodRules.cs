using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace IL2CPU.Subset;

/// <summary>The rules that a method breaks by its signature or its code.</summary>
internal sealed class MethodRules
{
    private static readonly HashSet<string> s_runtimeRaised =
    [
        "System.NullReferenceException", "System.IndexOutOfRangeException", "System.InvalidCastException", "System.ArrayTypeMismatchException",
    ];

    private readonly MethodDefinition _method;
    private readonly List<SubsetFinding> _findings;

    private MethodRules(MethodDefinition method, List<SubsetFinding> findings)
    {
        _method = method;
        _findings = findings;
    }

    public static void Check(MethodDefinition method, List<SubsetFinding> findings)
    {
        MethodRules rules = new(method, findings);
        rules.CheckSignature();
        if (!method.HasBody)
            return;
        rules.CheckHandlers();
        rules.CheckIteratorFinally();
        foreach (Instruction instruction in method.Body.Instructions)
            rules.CheckInstruction(instruction);
    }

    private void CheckSignature()
    {
        IEnumerable<TypeReference> types = _method.Parameters.Select(p => p.ParameterType).Append(_method.ReturnType);
        if (types.Any(TypeRules.HasManyDimensions) || (_method.HasBody && _method.Body.Variables.Any(v => TypeRules.HasManyDimensions(v.VariableType))))
            Add(SubsetRule.MultiDimensionalArray, null, "array of several dimensions");
    }

    private void CheckHandlers()
    {
        foreach (ExceptionHandler handler in _method.Body.ExceptionHandlers)
        {
            switch (handler.HandlerType)
            {
                case ExceptionHandlerType.Catch:
                    CheckCatch(handler);
                    break;
                case ExceptionHandlerType.Filter:
                    Add(SubsetRule.Filter, handler.FilterStart, "exception filter");
                    break;
                case ExceptionHandlerType.Finally or ExceptionHandlerType.Fault when !IsCompilersOwn(handler):
                    Add(SubsetRule.Finally, handler.HandlerStart, handler.HandlerType == ExceptionHandlerType.Finally ? "finally" : "fault handler");
                    break;
            }
        }
    }

    /// <summary>An iterator's finally block is a method of its own, which the iterator's handlers call.</summary>
    private void CheckIteratorFinally()
    {
        if (IsIteratorFinally(_method.Name) && !OnlyDisposesEnumerator(_method.Body.Instructions))
            Add(SubsetRule.Finally, _method.Body.Instructions[0], "finally of an iterator");
    }

    private void CheckCatch(ExceptionHandler handler)
    {
        string caught = handler.CatchType.FullName;
        bool isFirst = _method.Body.ExceptionHandlers.First(h => h.TryStart == handler.TryStart && h.TryEnd == handler.TryEnd) == handler;
        if (s_runtimeRaised.Contains(caught))
            Add(SubsetRule.RuntimeRaised, handler.HandlerStart, $"catches {caught}");
        else if (caught is not ("System.Exception" or "System.Object") || !isFirst)
            Add(SubsetRule.CatchByType, handler.HandlerStart, isFirst ? $"catches {caught}" : $"a further clause, {caught}");
    }

    private void CheckInstruction(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Rethrow:
                Add(SubsetRule.Rethrow, instruction, "rethrow");
                break;
            case Code.Localloc:
                Add(SubsetRule.StackAllocation, instruction, "stackalloc");
                break;
            case Code.Constrained when instruction.Operand is GenericParameter { HasNotNullableValueTypeConstraint: false } parameter:
                Add(SubsetRule.ConstrainedCall, instruction, $"call on the type parameter {parameter.Name}");
                break;
        }

        switch (instruction.Operand)
        {
            case MethodReference called:
                CheckCall(instruction, called);
                break;
            case TypeReference type when TypeRules.HasManyDimensions(type):
                Add(SubsetRule.MultiDimensionalArray, instruction, type.Name);
                break;
        }
    }

    private void CheckCall(Instruction instruction, MethodReference called)
    {
        string type = called.DeclaringType.FullName;
        if (type is "System.IntPtr" or "System.UIntPtr" && called.Name == "get_Size")
            Add(SubsetRule.PointerSize, instruction, $"{type}.Size");
        else if (type == "System.Delegate" && called.Name is "Combine" or "Remove" or "RemoveAll")
            Add(SubsetRule.MulticastDelegate, instruction, $"Delegate.{called.Name}");
        else if (TypeRules.HasManyDimensions(called.DeclaringType))
            Add(SubsetRule.MultiDimensionalArray, instruction, called.DeclaringType.Name);
    }

    /// <summary>Whether the handler is one that the C# compiler makes for <c>foreach</c> or for the frame of an iterator.</summary>
    private bool IsCompilersOwn(ExceptionHandler handler)
    {
        List<Instruction> code = [];
        for (Instruction? i = handler.HandlerStart; i is not null && i != handler.HandlerEnd; i = i.Next)
            code.Add(i);
        bool isIteratorFrame = code.All(i => i.OpCode.Code is Code.Ldarg_0 or Code.Endfinally || i.Operand is MethodReference { Name: "System.IDisposable.Dispose" }
            || (i.Operand is MethodReference called && IsIteratorFinally(called.Name)));
        return isIteratorFrame || OnlyDisposesEnumerator(code);
    }

    /// <summary>
    /// Whether all that happens is the disposal of an enumerator. When an exception goes past it nothing is lost, since enumerators of
    /// the class library's collections hold nothing, and iterators that hold something have a finally of their own, which is found where
    /// it is written.
    /// </summary>
    private bool OnlyDisposesEnumerator(ICollection<Instruction> code)
    {
        bool disposes = code.Any(IsDispose);
        bool onlyDisposes = code.All(i => i.OpCode.Code is Code.Constrained or Code.Endfinally or Code.Isinst or Code.Nop or Code.Ret or Code.Ldc_I4_M1
            || i.OpCode.FlowControl is FlowControl.Cond_Branch
            || IsLocalAccess(i)
            || IsDispose(i));
        return disposes && onlyDisposes && code.Any(IsEnumeratorAccess);
    }

    private static bool IsDispose(Instruction instruction)
    {
        return instruction.Operand is MethodReference { Name: "Dispose", HasParameters: false };
    }

    private static bool IsIteratorFinally(string name)
    {
        return name.StartsWith("<>m__Finally", StringComparison.Ordinal);
    }

    private bool IsEnumeratorAccess(Instruction instruction)
    {
        TypeReference? type = instruction.Operand switch
        {
            VariableDefinition variable => variable.VariableType,
            FieldReference field => field.FieldType,
            _ => IndexOfLocal(instruction) is >= 0 and int index ? _method.Body.Variables[index].VariableType : null,
        };
        return type is not null && type.GetElementType().Name.Split('`')[0].EndsWith("Enumerator", StringComparison.Ordinal);
    }

    private static bool IsLocalAccess(Instruction instruction)
    {
        return instruction.Operand is VariableDefinition or FieldReference || IndexOfLocal(instruction) >= 0
            || instruction.OpCode.Code is Code.Ldarg_0;
    }

    private static int IndexOfLocal(Instruction instruction)
    {
        return instruction.OpCode.Code switch
        {
            Code.Ldloc_0 or Code.Stloc_0 => 0,
            Code.Ldloc_1 or Code.Stloc_1 => 1,
            Code.Ldloc_2 or Code.Stloc_2 => 2,
            Code.Ldloc_3 or Code.Stloc_3 => 3,
            _ => -1,
        };
    }

    private void Add(SubsetRule rule, Instruction? at, string detail)
    {
        SourceLocation location = LineOf(at) ?? SourceLocation.Of(_method);
        _findings.Add(new SubsetFinding(rule, location.File, location.Line, _method.DeclaringType.FullName, _method.Name, detail));
    }

    private SourceLocation? LineOf(Instruction? at)
    {
        if (at is null)
            return null;
        SequencePoint? point = _method.DebugInformation.SequencePoints.LastOrDefault(p => p.Offset <= at.Offset && !p.IsHidden);
        return point is null ? null : new SourceLocation(point.Document.Url, point.StartLine);
    }
}
