using System;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <content>
/// x86-64, the System V convention: arguments in RDI, RSI, RDX, RCX, R8, R9, the result in RAX; RBX, RBP, RSP, R12 … R15 are the caller's.
/// </content>
internal abstract partial class X86Body
{
    /// <summary>The bytes of a machine word.</summary>
    protected const uint WordBytes = 8;

    private const string WordDirective = "dq";
    private const string FixupSection = ".fixups progbits alloc noexec nowrite align=8";

    /// <summary>The symbols between which the linker puts the fix-up table.</summary>
    protected const string FixupsStartSymbol = "__fixups_start";

    /// <inheritdoc cref="FixupsStartSymbol"/>
    protected const string FixupsEndSymbol = "__fixups_end";

    private static readonly Register64[] s_words = { RDI, RSI, RDX, RCX, R8, R9 };
    private static readonly Register32[] s_halves = { EDI, ESI, EDX, ECX, R8D, R9D };

    // By register number: what a load has overwritten.
    private readonly bool[] _overwritten = new bool[16];

    /// <summary>The register of results, as wide as the machine.</summary>
    protected static Register64 Accumulator => RAX;

    /// <summary>The register that belongs to the caller.</summary>
    protected static Register64 Base => RBX;

    /// <summary>The string instructions' counter.</summary>
    protected static Register64 Count => RCX;

    /// <summary>The accumulator's upper half in 64-bit results of 32-bit instructions.</summary>
    protected static Register64 Data => RDX;

    /// <summary>The string instructions' source.</summary>
    protected static Register64 Source => RSI;

    /// <summary>The string instructions' destination.</summary>
    protected static Register64 Destination => RDI;

    /// <summary>The stack pointer.</summary>
    protected static Register64 StackPointer => RSP;

    /// <summary>Loads an argument of a machine word or less.</summary>
    protected void Load(Register target, int index)
    {
        CheckArgument(index, ArgumentSize.Word);
        Register source = target.Size == RegisterSize.Long64 ? Arrived(index, s_words) : Arrived(index, s_halves);
        if (source != target)
        {
            XS.Set(target, source);
            _overwritten[target.Number] = true;
        }
    }

    /// <summary>Loads a 64-bit argument into EDX:EAX.</summary>
    protected void LoadLong(int index)
    {
        CheckArgument(index, ArgumentSize.Long);
        Register source = Arrived(index, s_words);
        XS.Set(RAX, source);
        XS.Set(RDX, source);
        XS.ShiftRight(RDX, 32);
        _overwritten[RAX.Number] = true;
        _overwritten[RDX.Number] = true;
    }

    /// <summary>Ends a body without a result.</summary>
    protected static void Return()
    {
        XS.Comment("no result");
    }

    /// <summary>Ends a body whose result is in the accumulator.</summary>
    protected static void ReturnWord()
    {
        XS.Comment("result: accumulator");
    }

    /// <summary>Ends a body whose 64-bit result is in EDX:EAX.</summary>
    protected static void ReturnLong()
    {
        XS.ShiftLeft(RDX, 32);
        XS.Or(RAX, RDX);
    }

    /// <summary>Pops the instruction pointer and the code segment.</summary>
    protected static void FarReturn()
    {
        XS.LiteralCode("retfq");
    }

    /// <summary>Leaves FS and GS: their bases are registers of their own, and a selector would clear them (Intel SDM vol. 3, 3.4.4).</summary>
    protected static void LoadThreadSegments()
    {
        XS.Comment("FS and GS keep their bases");
    }

    /// <summary>Loads the address of a place in the image.</summary>
    protected static void LoadAddress(Register64 target, string label)
    {
        XS.Lea(target, label, sourceIsIndirect: true);
    }

    /// <summary>Loads the address of a symbol that the linker defines.</summary>
    protected static void LoadLinkerSymbol(Register64 target, string symbol)
    {
        LoadAddress(target, symbol);
    }

    private void Begin()
    {
        Array.Clear(_overwritten);
    }

    private Register Arrived(int index, Register[] registers)
    {
        Register register = registers[index];
        if (_overwritten[register.Number])
        {
            throw new InvalidOperationException($"{GetType().Name}: argument {index} is loaded after {register} was overwritten.");
        }

        return register;
    }
}
