using System;
using System.Globalization;
using static XSharp.XSRegisters;

namespace XSharp;

/// <summary>Checks operands against the machine's width and writes them as NASM reads them.</summary>
internal static class OperandText
{
    /// <summary>The size of a pointer, of a push and of a control register.</summary>
    public static RegisterSize Natural(Assembler.Assembler assembler)
    {
        return assembler.Bits == 64 ? RegisterSize.Long64 : RegisterSize.Int32;
    }

    public static RegisterSize SizeOf(Assembler.Assembler assembler, Register register)
    {
        return register is RegisterControl or RegisterDebug ? Natural(assembler) : register.Size;
    }

    /// <summary>A register used as it is, in lower case.</summary>
    public static string Direct(Assembler.Assembler assembler, Register register)
    {
        if (register.Requires64Bit && assembler.Bits != 64)
        {
            throw new InvalidOperationException($"{register.Name} exists in 64-bit code only; this body is assembled for 32 bits.");
        }

        return register.Name.ToLowerInvariant();
    }

    /// <summary>The address a label stands for.</summary>
    public static string Address(Assembler.Assembler assembler, string label)
    {
        assembler.Reference(label);
        return label;
    }

    /// <summary>The memory at an operand plus a displacement, without a size in front.</summary>
    public static string Memory(Assembler.Assembler assembler, Operand place, int displacement)
    {
        if (place.Register is Register register)
        {
            if (register is not (Register32 or Register64) || register.Size != Natural(assembler))
            {
                throw new InvalidOperationException(
                    $"{register.Name} cannot hold an address in {assembler.Bits}-bit code.");
            }

            return "[" + Direct(assembler, register) + Signed(displacement) + "]";
        }

        if (place.Label is string label)
        {
            return (assembler.Bits == 64 ? "[rel " : "[") + Address(assembler, label) + Signed(displacement) + "]";
        }

        ulong limit = assembler.Bits == 64 ? int.MaxValue : uint.MaxValue;
        if (place.Value > limit)
        {
            throw new InvalidOperationException($"The address {place} does not fit an instruction of {assembler.Bits}-bit code.");
        }

        return (assembler.Bits == 64 ? "[abs " : "[") + Hex(place.Value) + Signed(displacement) + "]";
    }

    /// <summary>A number, checked against the size of the operation it is used in.</summary>
    /// <param name="assembler">The assembler emitted into.</param>
    /// <param name="value">The number.</param>
    /// <param name="size">The operation's size.</param>
    /// <param name="fullWidth">True for the one form that takes 64 bits: a move into a register.</param>
    public static string Immediate(Assembler.Assembler assembler, ulong value, RegisterSize size, bool fullWidth)
    {
        CheckSize(assembler, size);
        bool fits = size switch
        {
            RegisterSize.Byte8 => value <= byte.MaxValue,
            RegisterSize.Short16 => value <= ushort.MaxValue,
            RegisterSize.Int32 => value <= uint.MaxValue,
            // Other instructions hold 32 bits and extend their sign.
            _ => fullWidth || value <= int.MaxValue || value >= unchecked((ulong)int.MinValue),
        };
        if (!fits)
        {
            throw new InvalidOperationException($"The number {Hex(value)} does not fit an operation of {(int)size} bits.");
        }

        return Hex(value);
    }

    /// <summary>NASM's word for a memory operand's size, with a space behind.</summary>
    public static string SizeWord(Assembler.Assembler assembler, RegisterSize size)
    {
        CheckSize(assembler, size);
        return size switch
        {
            RegisterSize.Byte8 => "byte ",
            RegisterSize.Short16 => "word ",
            RegisterSize.Int32 => "dword ",
            RegisterSize.Long64 => "qword ",
            _ => throw new InvalidOperationException($"An operation of {(int)size} bits is not one of the general instructions."),
        };
    }

    private static void CheckSize(Assembler.Assembler assembler, RegisterSize size)
    {
        if (size == RegisterSize.Long64 && assembler.Bits != 64)
        {
            throw new InvalidOperationException("An operation of 64 bits exists in 64-bit code only; this body is assembled for 32 bits.");
        }
    }

    private static string Signed(int displacement)
    {
        return displacement switch
        {
            0 => "",
            < 0 => " - " + (-(long)displacement).ToString(CultureInfo.InvariantCulture),
            _ => " + " + displacement.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string Hex(ulong value)
    {
        return value < 10 ? value.ToString(CultureInfo.InvariantCulture) : "0x" + value.ToString("X", CultureInfo.InvariantCulture);
    }
}
