using System;
using XSharp;
using XSharp.Assembler;

namespace MemOS.Plugs.X86;

/// <summary>An X# body written once for x86-32 and x86-64.</summary>
/// <remarks>
/// <para>
/// The two machines differ in where the arguments lie and how a result goes back; X64/ and X32/ hold one half of this class each, with the
/// same members, and the project compiles one of them. A body loads its arguments by their number into registers of its choice, works
/// there, and ends with one of the Return methods. 32-bit registers (EAX, ECX, EDX …) are the same on both; for a machine word a
/// body says <c>Accumulator</c>, <c>Count</c>, <c>Data</c>, <c>Source</c>, <c>Destination</c>.
/// </para>
/// <para>
/// On x86-64 arguments arrive in registers, so that a load can destroy an argument not loaded yet: load the later arguments
/// first. <see cref="X86Body"/> refuses a body that loads an argument it has overwritten by a load.
/// </para>
/// <para>
/// <b>Probes.</b> <see cref="Fixup"/> adds a pair of labels to the fix-up table, the section that
/// <c>MemOS.Hardware.FaultRecovery</c> searches; the protocol is told there. At the second label EAX holds the outcome and everything else is as
/// at the fault. The first label is the faulting instruction, or the instruction behind a call: then the fault is that of the
/// called code's first instruction, and the body drops the return address that the call pushed.
/// </para>
/// </remarks>
internal abstract partial class X86Body : AssemblerMethod
{
    private readonly ArgumentSize[] _arguments;

    /// <summary>Creates a body for a method with these arguments.</summary>
    protected X86Body(params ArgumentSize[] arguments)
    {
        _arguments = arguments;
    }

    /// <inheritdoc/>
    public sealed override void AssembleNew(Assembler aAssembler, object aMethodInfo)
    {
        Begin();
        Emit();
    }

    /// <summary>How large the result is, where it is larger than a machine word: on x86-32 that moves the arguments.</summary>
    protected virtual ArgumentSize Result => ArgumentSize.Word;

    /// <summary>Emits the body by calls of X#.</summary>
    protected abstract void Emit();

    /// <summary>Says that a fault at one label goes on at the other. Both are labels of this body.</summary>
    protected static void Fixup(string place, string recovery)
    {
        XS.LiteralCode($"[section {FixupSection}]");
        XS.LiteralCode($"{WordDirective} {place}, {recovery}");
        XS.LiteralCode("__SECT__");
    }

    private void CheckArgument(int index, ArgumentSize size)
    {
        if (_arguments[index] != size)
        {
            throw new InvalidOperationException($"{GetType().Name}: argument {index} is a {_arguments[index]}, loaded as a {size}.");
        }
    }
}
