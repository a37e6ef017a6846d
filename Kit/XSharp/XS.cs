using System;
using XSharp.Assembler.x86;
using static XSharp.XSRegisters;

namespace XSharp;

/// <summary>X#: one method an instruction, emitted into the thread's current assembler.</summary>
/// <remarks>
/// <para>
/// An operand is a register, a number or a label (<see cref="Operand"/>). It stands for itself; with
/// <c>…IsIndirect: true</c> or a <c>…Displacement</c> it stands for the memory at that address. At most one operand of
/// an instruction can be memory.
/// </para>
/// <para>
/// The operation's size is that of the register operand; with none, <c>size</c> says it, 32 bits when left out. What
/// cannot be encoded for the assembler's width is refused with an <see cref="InvalidOperationException"/> when the
/// method is called, not when NASM reads the text.
/// </para>
/// </remarks>
public static partial class XS
{
    private static Assembler.Assembler Current => Assembler.Assembler.CurrentInstance;

    /// <summary>Defines a label; one that begins with a dot belongs to the last label without.</summary>
    public static void Label(string labelName)
    {
        Current.DefineLabel(labelName);
    }

    /// <summary>Writes a comment into the text.</summary>
    public static void Comment(string comment)
    {
        Current.AppendComment(comment);
    }

    /// <summary>Writes a line of NASM source as it is.</summary>
    public static void LiteralCode(string code)
    {
        Current.Append("    " + code);
    }

    /// <summary>Gives a name a value.</summary>
    public static void Const(string name, string value)
    {
        Current.DefineConstant(name, value);
    }

    /// <summary>Declares a name that literal code uses and another object file defines.</summary>
    public static void Extern(string name)
    {
        Current.Extern(name);
    }

    /// <summary>Makes a label visible to the linker.</summary>
    public static void Global(string name)
    {
        Current.Global(name);
    }

    /// <summary>Defines a 32-bit variable.</summary>
    public static void DataMember(string name, uint value = 0)
    {
        Current.DefineData(name, "dd " + value);
    }

    /// <summary>Defines bytes.</summary>
    public static void DataMemberBytes(string name, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Current.DefineData(name, value.Length == 0 ? "" : "db " + string.Join(", ", value));
    }

    private static void Emit(string instruction)
    {
        Current.Append("    " + instruction);
    }

    /// <summary>An instruction with a destination and a source of one size.</summary>
    private static void Binary(
        string mnemonic,
        Operand destination,
        Operand source,
        bool destinationIsIndirect,
        int? destinationDisplacement,
        bool sourceIsIndirect,
        int? sourceDisplacement,
        RegisterSize? size)
    {
        Assembler.Assembler assembler = Current;
        bool toMemory = destinationIsIndirect || destinationDisplacement.HasValue;
        bool fromMemory = sourceIsIndirect || sourceDisplacement.HasValue;
        if (toMemory && fromMemory)
        {
            throw new InvalidOperationException($"{mnemonic}: the destination and the source cannot both be memory.");
        }

        if (!toMemory && destination.Register is null)
        {
            throw new InvalidOperationException($"{mnemonic}: the destination {destination} is not a register; write to memory with destinationIsIndirect.");
        }

        RegisterSize operationSize = OperationSize(
            assembler,
            mnemonic,
            toMemory ? null : destination.Register,
            fromMemory ? null : source.Register,
            size);
        CheckSpecialRegisters(mnemonic, toMemory ? null : destination.Register, fromMemory ? null : source.Register, fromMemory || toMemory, source);

        string left = toMemory
            ? OperandText.SizeWord(assembler, operationSize) + OperandText.Memory(assembler, destination, destinationDisplacement ?? 0)
            : OperandText.Direct(assembler, destination.Register!);
        string right = fromMemory
            ? OperandText.SizeWord(assembler, operationSize) + OperandText.Memory(assembler, source, sourceDisplacement ?? 0)
            : DirectSource(assembler, source, operationSize, fullWidth: mnemonic == "mov" && !toMemory);
        Emit($"{mnemonic} {left}, {right}");
    }

    /// <summary>An instruction with one operand.</summary>
    private static void Unary(string mnemonic, Operand operand, bool isIndirect, int? displacement, RegisterSize? size)
    {
        Assembler.Assembler assembler = Current;
        if (isIndirect || displacement.HasValue)
        {
            string word = OperandText.SizeWord(assembler, size ?? RegisterSize.Int32);
            Emit($"{mnemonic} {word}{OperandText.Memory(assembler, operand, displacement ?? 0)}");
            return;
        }

        if (operand.Register is not (Register8 or Register16 or Register32 or Register64))
        {
            throw new InvalidOperationException($"{mnemonic}: {operand} is neither a general register nor memory.");
        }

        _ = OperationSize(assembler, mnemonic, operand.Register, null, size);
        Emit($"{mnemonic} {OperandText.Direct(assembler, operand.Register)}");
    }

    /// <summary>A shift or rotation by a number or by CL.</summary>
    private static void Shift(
        string mnemonic,
        Operand destination,
        Operand bitCount,
        bool destinationIsIndirect,
        int? destinationDisplacement,
        RegisterSize? size)
    {
        Assembler.Assembler assembler = Current;
        string count = ShiftCount(mnemonic, bitCount);
        if (destinationIsIndirect || destinationDisplacement.HasValue)
        {
            string word = OperandText.SizeWord(assembler, size ?? RegisterSize.Int32);
            Emit($"{mnemonic} {word}{OperandText.Memory(assembler, destination, destinationDisplacement ?? 0)}, {count}");
            return;
        }

        if (destination.Register is not (Register8 or Register16 or Register32 or Register64))
        {
            throw new InvalidOperationException($"{mnemonic}: {destination} is neither a general register nor memory.");
        }

        _ = OperationSize(assembler, mnemonic, destination.Register, null, size);
        Emit($"{mnemonic} {OperandText.Direct(assembler, destination.Register)}, {count}");
    }

    private static string ShiftCount(string mnemonic, Operand bitCount)
    {
        if (bitCount.Register == CL)
        {
            return "cl";
        }

        if (!bitCount.IsValue || bitCount.Value > 63)
        {
            throw new InvalidOperationException($"{mnemonic}: the count {bitCount} is neither CL nor a number below 64.");
        }

        return bitCount.ToString();
    }

    private static string DirectSource(Assembler.Assembler assembler, Operand source, RegisterSize size, bool fullWidth)
    {
        if (source.Register is Register register)
        {
            return OperandText.Direct(assembler, register);
        }

        return source.Label is string label
            ? OperandText.Address(assembler, label)
            : OperandText.Immediate(assembler, source.Value, size, fullWidth);
    }

    /// <summary>The size that the registers agree on, else the one asked for, else 32 bits.</summary>
    private static RegisterSize OperationSize(
        Assembler.Assembler assembler,
        string mnemonic,
        Register? destination,
        Register? source,
        RegisterSize? asked)
    {
        RegisterSize? first = destination is null ? null : OperandText.SizeOf(assembler, destination);
        RegisterSize? second = source is null ? null : OperandText.SizeOf(assembler, source);
        if (first.HasValue && second.HasValue && first != second)
        {
            throw new InvalidOperationException(
                $"{mnemonic}: {destination} has {(int)first} bits, {source} has {(int)second}: the sizes must match.");
        }

        RegisterSize? fixedSize = first ?? second;
        if (fixedSize.HasValue && asked.HasValue && fixedSize != asked)
        {
            throw new InvalidOperationException(
                $"{mnemonic}: {destination ?? source} has {(int)fixedSize} bits, which contradicts the size of {(int)asked} asked for.");
        }

        return fixedSize ?? asked ?? RegisterSize.Int32;
    }

    /// <summary>Segment, control and debug registers are moved to and from general registers, and nothing else.</summary>
    private static void CheckSpecialRegisters(string mnemonic, Register? destination, Register? source, bool withMemory, Operand sourceOperand)
    {
        Register? special = IsSpecial(destination) ? destination : IsSpecial(source) ? source : null;
        if (special is null)
        {
            return;
        }

        bool otherIsGeneral = special == destination
            ? !IsSpecial(source) && (source is not null || withMemory)
            : !IsSpecial(destination);
        bool memoryAllowed = special is RegisterSegment || !withMemory;
        if (mnemonic != "mov" || special is RegisterXMM || !otherIsGeneral || !memoryAllowed || special == CS && special == destination)
        {
            throw new InvalidOperationException(
                $"{mnemonic}: no such instruction between {destination?.Name ?? "memory"} and {source?.Name ?? sourceOperand.ToString()}.");
        }
    }

    private static bool IsSpecial(Register? register)
    {
        return register is RegisterSegment or RegisterControl or RegisterDebug or RegisterXMM;
    }

    private static string Suffix(ConditionalTestEnum condition)
    {
        return condition switch
        {
            ConditionalTestEnum.Overflow => "o",
            ConditionalTestEnum.NoOverflow => "no",
            ConditionalTestEnum.Below => "b",
            ConditionalTestEnum.AboveOrEqual => "ae",
            ConditionalTestEnum.Equal => "e",
            ConditionalTestEnum.NotEqual => "ne",
            ConditionalTestEnum.BelowOrEqual => "be",
            ConditionalTestEnum.Above => "a",
            ConditionalTestEnum.Sign => "s",
            ConditionalTestEnum.NotSign => "ns",
            ConditionalTestEnum.Parity => "p",
            ConditionalTestEnum.NotParity => "np",
            ConditionalTestEnum.LessThan => "l",
            ConditionalTestEnum.GreaterThanOrEqualTo => "ge",
            ConditionalTestEnum.LessThanOrEqualTo => "le",
            ConditionalTestEnum.GreaterThan => "g",
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "Not a condition."),
        };
    }
}
