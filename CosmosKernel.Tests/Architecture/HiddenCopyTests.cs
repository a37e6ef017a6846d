using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

/// <summary>
/// No method changes a copy that nobody wrote. Where a struct is read only (a field seen from a <c>readonly</c> member, an <c>in</c>
/// parameter, a <c>ref readonly</c>), a call of a member that is not <c>readonly</c> works on a copy that the compiler makes without a
/// word: what the call changes is lost.
/// </summary>
public sealed class HiddenCopyTests
{
    [Test]
    public void No_member_that_may_change_a_struct_is_called_on_a_hidden_copy()
    {
        string[] breaches = [.. KernelAssembly.Types.SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(CallsOnCopies)];
        Assert.That(breaches, Is.Empty);
    }

    [Test]
    public void The_search_finds_hidden_copies_and_no_others()
    {
        using ModuleDefinition module = KernelAssembly.Read(typeof(Counter).Assembly.Location);
        string[] copying = [.. module.GetType(typeof(Holder).FullName!.Replace('+', '/')).Methods.Where(method => CallsOnCopies(method).Any()).Select(method => method.Name)];
        Assert.That(copying, Is.EquivalentTo(new[] { nameof(Holder.OnField), nameof(Holder.OnParameter), nameof(Holder.OnReference), nameof(Holder.OnTypeParameter) }));
    }

    private static IEnumerable<string> CallsOnCopies(MethodDefinition method)
    {
        if (!method.HasBody) return [];
        HashSet<int> named = [.. method.DebugInformation.GetScopes().SelectMany(scope => scope.Variables).Select(variable => variable.Index)];
        return from instruction in method.Body.Instructions
               where IsCopied(instruction, method.Body, named)
               let call = CallOn(instruction.Next)
               where call is not null && MayChange((MethodReference)call.Operand, call.Previous)
               select $"{method.DeclaringType.FullName}.{method.Name} calls {((MethodReference)call.Operand).FullName}";
    }

    /// <summary>Whether a variable without a name is set to a field's or a reference's value and its address taken at once.</summary>
    private static bool IsCopied(Instruction store, MethodBody body, HashSet<int> named)
    {
        return store.Previous?.OpCode.Code is Code.Ldfld or Code.Ldsfld or Code.Ldobj
            && store.Next?.OpCode.Code is Code.Ldloca or Code.Ldloca_S
            && VariableStoredBy(store, body) is { } variable
            && store.Next.Operand == variable
            && !named.Contains(variable.Index);
    }

    private static VariableDefinition? VariableStoredBy(Instruction instruction, MethodBody body) => instruction.OpCode.Code switch
    {
        Code.Stloc_0 => body.Variables[0],
        Code.Stloc_1 => body.Variables[1],
        Code.Stloc_2 => body.Variables[2],
        Code.Stloc_3 => body.Variables[3],
        Code.Stloc or Code.Stloc_S => (VariableDefinition)instruction.Operand,
        _ => null,
    };

    /// <summary>The call of which the value that <paramref name="load"/> puts on the stack is the receiver.</summary>
    private static Instruction? CallOn(Instruction load)
    {
        int above = 0;
        for (Instruction? instruction = load.Next; instruction is not null; instruction = instruction.Next)
        {
            above -= StackUse.Pops(instruction);
            if (above < 0) return instruction.OpCode.Code is Code.Call or Code.Callvirt ? instruction : null;
            above += StackUse.Pushes(instruction);
        }

        return null;
    }

    /// <summary>
    /// Whether the member is one of a struct and not <c>readonly</c>. Behind a type parameter, whether it is in any struct of the same assembly that
    /// could stand there.
    /// </summary>
    private static bool MayChange(MethodReference called, Instruction prefix)
    {
        if (!called.HasThis || called.DeclaringType.GetElementType().Resolve() is not { } type) return false;
        if (type.IsValueType) return called.Resolve() is { } method && !IsReadOnly(method);
        if (prefix.OpCode.Code != Code.Constrained || !type.IsInterface) return false;
        return type.Module.GetTypes()
            .Where(candidate => candidate.IsValueType && candidate.Interfaces.Any(implemented => implemented.InterfaceType.GetElementType() == type))
            .SelectMany(candidate => candidate.Methods)
            .Any(method => method.Name == called.Name && !IsReadOnly(method));
    }

    private static bool IsReadOnly(MethodDefinition method) =>
        KernelAssembly.IsReadOnlyStruct(method.DeclaringType) || method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsReadOnlyAttribute");

    private interface ICounter
    {
        int Next();
    }

    private struct Counter : ICounter
    {
        private int _value;

        public readonly int Value => _value;

        public int Next() => ++_value;
    }

    /// <summary>What must be found, and what must not.</summary>
    private struct Holder
    {
        private Counter _counter;

        public readonly int OnField() => _counter.Next();

        public static int OnParameter(in Counter counter) => counter.Next();

        public static int OnReference(ref readonly Counter counter) => counter.Next();

        public static int OnTypeParameter<T>(in T counter) where T : struct, ICounter => counter.Next();

        public int OnItself() => _counter.Next();

        public readonly int OnNamedCopy()
        {
            Counter copy = _counter;
            return copy.Next();
        }

        public readonly int OnReadOnlyMember() => _counter.Value;
    }
}
