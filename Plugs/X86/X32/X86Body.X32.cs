using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <content>
/// x86-32, IL2CPU's convention: arguments pushed from left to right, so that the last is at [EBP + 8]; a result is pushed; ECX other than 0
/// on return says that an exception was thrown. A result takes the place of the arguments: where it is larger than they are together, the caller leaves
/// room for the rest behind them, and they lie higher by as much.
/// </content>
internal abstract partial class X86Body
{
    /// <summary>The bytes of a machine word.</summary>
    protected const uint WordBytes = 4;

    private const string WordDirective = "dd";

    // A name that C could have: linkers then define the symbols of its ends by themselves.
    private const string FixupSection = "memos_fixups progbits alloc noexec nowrite align=4";

    /// <summary>The symbols between which the linker puts the fix-up table.</summary>
    protected const string FixupsStartSymbol = "__start_memos_fixups";

    /// <inheritdoc cref="FixupsStartSymbol"/>
    protected const string FixupsEndSymbol = "__stop_memos_fixups";

    /// <summary>The register of results, as wide as the machine.</summary>
    protected static Register32 Accumulator => EAX;

    /// <summary>The register that belongs to the caller.</summary>
    protected static Register32 Base => EBX;

    /// <summary>The string instructions' counter.</summary>
    protected static Register32 Count => ECX;

    /// <summary>The accumulator's upper half in 64-bit results of 32-bit instructions.</summary>
    protected static Register32 Data => EDX;

    /// <summary>The string instructions' source.</summary>
    protected static Register32 Source => ESI;

    /// <summary>The string instructions' destination.</summary>
    protected static Register32 Destination => EDI;

    /// <summary>The stack pointer.</summary>
    protected static Register32 StackPointer => ESP;

    /// <summary>Loads an argument of a machine word or less.</summary>
    protected void Load(Register target, int index)
    {
        CheckArgument(index, ArgumentSize.Word);
        XS.Set(target, EBP, sourceDisplacement: Offset(index));
    }

    /// <summary>Loads a 64-bit argument into EDX:EAX.</summary>
    protected void LoadLong(int index)
    {
        CheckArgument(index, ArgumentSize.Long);
        XS.Set(EAX, EBP, sourceDisplacement: Offset(index));
        XS.Set(EDX, EBP, sourceDisplacement: Offset(index) + 4);
    }

    /// <summary>Ends a body without a result.</summary>
    protected static void Return()
    {
        XS.Xor(ECX, ECX);
    }

    /// <summary>Ends a body whose result is in the accumulator.</summary>
    protected static void ReturnWord()
    {
        XS.Push(EAX);
        Return();
    }

    /// <summary>Ends a body whose 64-bit result is in EDX:EAX.</summary>
    protected static void ReturnLong()
    {
        XS.Push(EDX);
        XS.Push(EAX);
        Return();
    }

    /// <summary>Pops the instruction pointer and the code segment.</summary>
    protected static void FarReturn()
    {
        XS.LiteralCode("retf");
    }

    /// <summary>Loads FS and GS with the selector in AX.</summary>
    protected static void LoadThreadSegments()
    {
        XS.Set(FS, AX);
        XS.Set(GS, AX);
    }

    /// <summary>Loads the address of a place in the image.</summary>
    protected static void LoadAddress(Register32 target, string label)
    {
        XS.Set(target, label);
    }

    /// <summary>Loads the address of a symbol that the linker defines.</summary>
    protected static void LoadLinkerSymbol(Register32 target, string symbol)
    {
        XS.LiteralCode("extern " + symbol);
        LoadAddress(target, symbol);
    }

    private static void Begin()
    {
        // Arguments lie in memory: nothing to keep track of.
    }

    private int Offset(int index)
    {
        const int LastArgument = 8;
        int offset = LastArgument;
        int argumentBytes = 0;
        for (int i = 0; i < _arguments.Length; i++)
        {
            argumentBytes += BytesOf(_arguments[i]);
            if (i > index)
            {
                offset += BytesOf(_arguments[i]);
            }
        }

        int resultBytes = BytesOf(Result);
        return resultBytes > argumentBytes ? offset + resultBytes - argumentBytes : offset;
    }

    private static int BytesOf(ArgumentSize size)
    {
        return size == ArgumentSize.Long ? 8 : 4;
    }
}
