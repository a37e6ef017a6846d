using System;
using XSharp.Assembler.x86;
using static XSharp.XSRegisters;

namespace XSharp;

/// <content>Jumps, calls, returns.</content>
public static partial class XS
{
    /// <summary>Jumps to a label, to the address in a register or to the address in memory.</summary>
    public static void Jump(Operand target, bool isIndirect = false, int? displacement = null)
    {
        Transfer("jmp", target, isIndirect, displacement);
    }

    /// <summary>Jumps when the flags fulfil the condition.</summary>
    public static void Jump(ConditionalTestEnum condition, string label)
    {
        Emit($"j{Suffix(condition)} {OperandText.Address(Current, label)}");
    }

    /// <summary>Calls a label, the address in a register or the address in memory.</summary>
    public static void Call(Operand target, bool isIndirect = false, int? displacement = null)
    {
        Transfer("call", target, isIndirect, displacement);
    }

    /// <summary>Sets a byte to 1 when the flags fulfil the condition, else to 0.</summary>
    public static void SetByteOnCondition(ConditionalTestEnum condition, Operand destination, bool isIndirect = false, int? displacement = null)
    {
        if (!isIndirect && !displacement.HasValue && destination.Register is not Register8)
        {
            throw new InvalidOperationException($"set: {destination} is neither a register of 8 bits nor memory.");
        }

        Unary("set" + Suffix(condition), destination, isIndirect, displacement, RegisterSize.Byte8);
    }

    /// <summary>Returns to the caller.</summary>
    public static void Return()
    {
        Emit("ret");
    }

    /// <summary>Returns to the caller and drops that many bytes of arguments.</summary>
    public static void Return(ushort byteCount)
    {
        Emit("ret " + byteCount);
    }

    /// <summary>Returns from an interrupt, in the machine's width.</summary>
    public static void InterruptReturn()
    {
        Emit(Current.Bits == 64 ? "iretq" : "iretd");
    }

    /// <summary>Jumps to a label in another code segment; 64-bit code has no such instruction.</summary>
    public static void JumpToSegment(ushort segment, string targetLabel)
    {
        if (Current.Bits != 32)
        {
            throw new InvalidOperationException("A jump to a segment and an address exists in 32-bit code only; push both and return far.");
        }

        Emit($"jmp 0x{segment:X}:{OperandText.Address(Current, targetLabel)}");
    }

    private static void Transfer(string mnemonic, Operand target, bool isIndirect, int? displacement)
    {
        Assembler.Assembler assembler = Current;
        if (isIndirect || displacement.HasValue)
        {
            Emit($"{mnemonic} {OperandText.SizeWord(assembler, OperandText.Natural(assembler))}{OperandText.Memory(assembler, target, displacement ?? 0)}");
        }
        else if (target.Label is string label)
        {
            Emit($"{mnemonic} {OperandText.Address(assembler, label)}");
        }
        else if (target.Register is (Register32 or Register64) and Register register && register.Size == OperandText.Natural(assembler))
        {
            Emit($"{mnemonic} {OperandText.Direct(assembler, register)}");
        }
        else
        {
            throw new InvalidOperationException($"{mnemonic}: {target} is neither a label nor a register that holds an address in {assembler.Bits}-bit code.");
        }
    }
}
