using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using Mono.Cecil;
using Mono.Cecil.Cil;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

/// <summary>
/// No PendingFlush is dropped. The compiler refuses a call whose value is not taken (CA1806 in .editorconfig); here the IL is searched
/// for a value that is thrown away (<c>_ = …</c>) or kept in a variable that nobody reads.
/// </summary>
[TestFixture]
public sealed class PendingFlushUseTests
{
    private const string TypeName = "MemOS.Memory.Paging.PendingFlush";

    [TestCase("CosmosKernel.dll")]
    [TestCase("MemOS.Plugs.dll")]
    public void No_flush_is_dropped(string assembly)
    {
        string path = System.IO.Path.Combine(TestContext.CurrentContext.TestDirectory, assembly);
        Assert.That(DroppedIn(path, type => true), Is.Empty);
    }

    [Test]
    public void The_search_finds_what_is_dropped()
    {
        string[] dropped = [.. DroppedIn(typeof(Dropper).Assembly.Location, type => type.Name == nameof(Dropper))];
        Assert.That(dropped, Is.EquivalentTo(new[] { nameof(Dropper.Discard), nameof(Dropper.Forget) }));
    }

    private static IEnumerable<string> DroppedIn(string path, System.Func<TypeDefinition, bool> isWanted)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(path);
        foreach (TypeDefinition type in assembly.MainModule.GetTypes().Where(isWanted))
        {
            foreach (MethodDefinition method in type.Methods.Where(method => method.HasBody && Drops(method.Body))) yield return method.Name;
        }
    }

    private static bool Drops(MethodBody body) =>
        body.Instructions.Any(instruction => IsThrownAway(instruction)) || body.Variables.Any(variable => IsForgotten(body, variable));

    private static bool IsThrownAway(Instruction instruction) =>
        instruction.Operand is MethodReference { ReturnType.FullName: TypeName } && instruction.Next?.OpCode.Code == Code.Pop;

    private static bool IsForgotten(MethodBody body, VariableDefinition variable) =>
        variable.VariableType.FullName == TypeName && !body.Instructions.Any(instruction => Reads(instruction, variable.Index));

    private static bool Reads(Instruction instruction, int variable) => instruction.OpCode.Code switch
    {
        Code.Ldloc_0 => variable == 0,
        Code.Ldloc_1 => variable == 1,
        Code.Ldloc_2 => variable == 2,
        Code.Ldloc_3 => variable == 3,
        // `default` writes a variable through its address.
        Code.Ldloc or Code.Ldloc_S or Code.Ldloca or Code.Ldloca_S =>
            ((VariableDefinition)instruction.Operand).Index == variable && instruction.Next.OpCode.Code != Code.Initobj,
        _ => false,
    };

    /// <summary>What must be found, and what must not.</summary>
    private static class Dropper
    {
        public static void Discard() => _ = Change();

        public static void Forget()
        {
#pragma warning disable IDE0059 // This is what the test is about.
            PendingFlush forgotten = Change();
#pragma warning restore IDE0059
        }

        public static bool Keep()
        {
            PendingFlush kept = Change();
            return kept.IsNone;
        }

        private static PendingFlush Change() => PendingFlush.Page(VirtAddr.Zero, 12, FlushScope.Global);
    }
}
