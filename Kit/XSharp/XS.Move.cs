using System;
using static XSharp.XSRegisters;

namespace XSharp;

/// <content>Moves between registers, memory and the stack.</content>
public static partial class XS
{
    /// <summary>Moves the source to the destination.</summary>
    public static void Set(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("mov", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Writes a byte to a fixed address.</summary>
    public static void SetByte(uint address, byte value)
    {
        Binary("mov", address, (uint)value, true, null, false, null, RegisterSize.Byte8);
    }

    /// <summary>Moves the source's address, not what lies there, into a register.</summary>
    public static void Lea(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Assembler.Assembler assembler = Current;
        if (destinationIsIndirect || destinationDisplacement.HasValue || destination.Register is not (Register16 or Register32 or Register64))
        {
            throw new InvalidOperationException($"lea: the destination {destination} is not a register of 16 bits or more.");
        }

        _ = sourceIsIndirect; // The source is written as memory with or without it.
        _ = OperationSize(assembler, "lea", destination.Register, null, size);
        Emit($"lea {OperandText.Direct(assembler, destination.Register)}, {OperandText.Memory(assembler, source, sourceDisplacement ?? 0)}");
    }

    /// <summary>Exchanges two operands; with memory, as one step for all processors.</summary>
    public static void Exchange(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null)
    {
        if (source.Register is null)
        {
            throw new InvalidOperationException($"xchg: the source {source} is not a register.");
        }

        Binary("xchg", destination, source, destinationIsIndirect, destinationDisplacement, false, null, null);
    }

    /// <summary>Moves a smaller source into a register and fills the rest with zeros.</summary>
    /// <param name="destination">The register.</param>
    /// <param name="source">A smaller register, or memory.</param>
    /// <param name="sourceIsIndirect">The source is the memory at that address.</param>
    /// <param name="sourceDisplacement">Added to the address.</param>
    /// <param name="size">The size of a source in memory.</param>
    public static void MoveZeroExtend(Operand destination, Operand source, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        (Register target, string from, RegisterSize fromSize) = Extension("movzx", destination, source, sourceIsIndirect, sourceDisplacement, size);
        if (fromSize == RegisterSize.Int32)
        {
            // A 32-bit move clears the upper half; there is no movzx for it.
            Emit($"mov {OperandText.Direct(Current, LowerHalf((Register64)target))}, {from}");
            return;
        }

        Emit($"movzx {OperandText.Direct(Current, target)}, {from}");
    }

    /// <summary>Moves a smaller source into a register and fills the rest with its sign.</summary>
    /// <inheritdoc cref="MoveZeroExtend" path="/param"/>
    public static void MoveSignExtend(Operand destination, Operand source, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        (Register target, string from, RegisterSize fromSize) = Extension("movsx", destination, source, sourceIsIndirect, sourceDisplacement, size);
        Emit($"{(fromSize == RegisterSize.Int32 ? "movsxd" : "movsx")} {OperandText.Direct(Current, target)}, {from}");
    }

    /// <summary>Pushes a register, a number, an address or memory of the machine's width.</summary>
    public static void Push(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Assembler.Assembler assembler = Current;
        RegisterSize natural = OperandText.Natural(assembler);
        CheckStackSize(assembler, "push", size ?? natural);
        if (isIndirect || displacement.HasValue)
        {
            Emit($"push {OperandText.SizeWord(assembler, size ?? natural)}{OperandText.Memory(assembler, operand, displacement ?? 0)}");
        }
        else if (operand.Register is Register register)
        {
            CheckStackRegister(assembler, "push", register, size);
            Emit("push " + OperandText.Direct(assembler, register));
        }
        else
        {
            string word = OperandText.SizeWord(assembler, size ?? natural);
            Emit("push " + word + DirectSource(assembler, operand, size ?? natural, fullWidth: false));
        }
    }

    /// <summary>Pops into a register or memory of the machine's width.</summary>
    public static void Pop(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Assembler.Assembler assembler = Current;
        RegisterSize natural = OperandText.Natural(assembler);
        CheckStackSize(assembler, "pop", size ?? natural);
        if (isIndirect || displacement.HasValue)
        {
            Emit($"pop {OperandText.SizeWord(assembler, size ?? natural)}{OperandText.Memory(assembler, operand, displacement ?? 0)}");
            return;
        }

        if (operand.Register is not Register register || register == CS)
        {
            throw new InvalidOperationException($"pop: {operand} is neither a register that can be popped nor memory.");
        }

        CheckStackRegister(assembler, "pop", register, size);
        Emit("pop " + OperandText.Direct(assembler, register));
    }

    /// <summary>Pushes the flags, in the machine's width.</summary>
    public static void Pushfd()
    {
        Emit(Current.Bits == 64 ? "pushfq" : "pushfd");
    }

    /// <summary>Pops the flags, in the machine's width.</summary>
    public static void Popfd()
    {
        Emit(Current.Bits == 64 ? "popfq" : "popfd");
    }

    /// <summary>Pushes the general registers.</summary>
    /// <remarks>
    /// 32 bits: EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI, as the one instruction does it. 64 bits has no such
    /// instruction: RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8 … R15 are pushed one by one, RSP is not.
    /// </remarks>
    public static void PushAllRegisters()
    {
        if (Current.Bits == 32)
        {
            Emit("pushad");
            return;
        }

        foreach (Register register in s_saved)
        {
            Push(register);
        }
    }

    /// <summary>Pops what <see cref="PushAllRegisters"/> pushed; the pushed stack pointer is dropped.</summary>
    public static void PopAllRegisters()
    {
        if (Current.Bits == 32)
        {
            Emit("popad");
            return;
        }

        for (int i = s_saved.Length - 1; i >= 0; i--)
        {
            Pop(s_saved[i]);
        }
    }

    /// <summary>Stores AL at EDI (RDI) and moves that by one.</summary>
    public static void StoreByteInString()
    {
        Emit("stosb");
    }

    /// <summary>Stores AX at EDI (RDI) and moves that by two.</summary>
    public static void StoreWordInString()
    {
        Emit("stosw");
    }

    private static readonly Register[] s_saved =
    {
        RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15,
    };

    private static (Register Target, string From, RegisterSize FromSize) Extension(
        string mnemonic,
        Operand destination,
        Operand source,
        bool sourceIsIndirect,
        int? sourceDisplacement,
        RegisterSize? size)
    {
        Assembler.Assembler assembler = Current;
        bool fromMemory = sourceIsIndirect || sourceDisplacement.HasValue;
        if (destination.Register is not (Register16 or Register32 or Register64))
        {
            throw new InvalidOperationException($"{mnemonic}: the destination {destination} is not a register of 16 bits or more.");
        }

        if (!fromMemory && source.Register is not (Register8 or Register16 or Register32))
        {
            throw new InvalidOperationException($"{mnemonic}: the source {source} is neither a general register nor memory.");
        }

        if (fromMemory && size is null)
        {
            throw new InvalidOperationException($"{mnemonic}: the size of the source in memory is not said.");
        }

        RegisterSize fromSize = fromMemory ? size!.Value : source.Register!.Size;
        if (fromSize >= destination.Register.Size)
        {
            throw new InvalidOperationException(
                $"{mnemonic}: a source of {(int)fromSize} bits is not smaller than {destination.Register}.");
        }

        _ = OperandText.Direct(assembler, destination.Register);
        string from = fromMemory
            ? OperandText.SizeWord(assembler, fromSize) + OperandText.Memory(assembler, source, sourceDisplacement ?? 0)
            : OperandText.Direct(assembler, source.Register!);
        return (destination.Register, from, fromSize);
    }

    private static void CheckStackSize(Assembler.Assembler assembler, string mnemonic, RegisterSize size)
    {
        if (size != OperandText.Natural(assembler) && size != RegisterSize.Short16)
        {
            throw new InvalidOperationException($"{mnemonic}: {(int)size} bits cannot be moved to or from the stack in {assembler.Bits}-bit code.");
        }
    }

    private static void CheckStackRegister(Assembler.Assembler assembler, string mnemonic, Register register, RegisterSize? size)
    {
        _ = OperandText.Direct(assembler, register);
        bool segment = register is RegisterSegment && (assembler.Bits == 32 || register == FS || register == GS);
        bool general = register is Register16 or Register32 or Register64;
        if (!segment && !general)
        {
            throw new InvalidOperationException($"{mnemonic}: {register} cannot be moved to or from the stack in {assembler.Bits}-bit code.");
        }

        if (general)
        {
            CheckStackSize(assembler, mnemonic, register.Size);
            _ = OperationSize(assembler, mnemonic, register, null, size);
        }
    }
}
