using static XSharp.XSRegisters;

namespace XSharp;

/// <content>Arithmetic, logic, comparison.</content>
public static partial class XS
{
    /// <summary>Adds the source to the destination.</summary>
    public static void Add(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("add", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Adds the source and the carry flag to the destination.</summary>
    public static void AddWithCarry(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("adc", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Subtracts the source from the destination.</summary>
    public static void Sub(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("sub", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Subtracts the source and the carry flag from the destination.</summary>
    public static void SubWithCarry(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("sbb", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Bitwise and.</summary>
    public static void And(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("and", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Bitwise or.</summary>
    public static void Or(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("or", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Bitwise exclusive or.</summary>
    public static void Xor(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("xor", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Subtracts, keeping only the flags.</summary>
    public static void Compare(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("cmp", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Bitwise and, keeping only the flags.</summary>
    public static void Test(Operand destination, Operand source, bool sourceIsIndirect = false, int? sourceDisplacement = null, RegisterSize? size = null)
    {
        Binary("test", destination, source, false, null, sourceIsIndirect, sourceDisplacement, size);
    }

    /// <summary>Adds one; the carry flag stays.</summary>
    public static void Increment(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("inc", operand, isIndirect, displacement, size);
    }

    /// <summary>Subtracts one; the carry flag stays.</summary>
    public static void Decrement(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("dec", operand, isIndirect, displacement, size);
    }

    /// <summary>Changes the sign.</summary>
    public static void Negate(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("neg", operand, isIndirect, displacement, size);
    }

    /// <summary>Inverts every bit.</summary>
    public static void Not(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("not", operand, isIndirect, displacement, size);
    }

    /// <summary>Multiplies the accumulator, unsigned; the upper half of the product goes to EDX (RDX, DX, AH).</summary>
    public static void Multiply(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("mul", operand, isIndirect, displacement, size);
    }

    /// <summary>Divides EDX:EAX (RDX:RAX, DX:AX, AX), unsigned; quotient in the accumulator, remainder in the upper half.</summary>
    public static void Divide(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("div", operand, isIndirect, displacement, size);
    }

    /// <summary>Divides EDX:EAX (RDX:RAX, DX:AX, AX), signed; quotient in the accumulator, remainder in the upper half.</summary>
    public static void IntegerDivide(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null)
    {
        Unary("idiv", operand, isIndirect, displacement, size);
    }

    /// <summary>Multiplies a register, signed, keeping the product's lower half.</summary>
    public static void IntegerMultiply(Operand destination, Operand source, bool sourceIsIndirect = false, int? sourceDisplacement = null)
    {
        Binary("imul", destination, source, false, null, sourceIsIndirect, sourceDisplacement, null);
    }

    /// <summary>Extends the accumulator's sign into the double width, as a signed division wants it.</summary>
    /// <param name="size">The accumulator's size before.</param>
    public static void SignExtendAX(RegisterSize size)
    {
        Emit(size switch
        {
            RegisterSize.Byte8 => "cbw",
            RegisterSize.Short16 => "cwd",
            RegisterSize.Int32 => "cdq",
            RegisterSize.Long64 when Current.Bits == 64 => "cqo",
            _ => throw new System.InvalidOperationException($"No sign extension of {(int)size} bits in {Current.Bits}-bit code."),
        });
    }

    /// <summary>Shifts left by a number or CL.</summary>
    public static void ShiftLeft(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("shl", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Shifts right by a number or CL, filling with zeros.</summary>
    public static void ShiftRight(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("shr", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Shifts left by a number or CL.</summary>
    public static void ShiftLeftArithmetic(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("sal", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Shifts right by a number or CL, filling with the sign.</summary>
    public static void ShiftRightArithmetic(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("sar", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Rotates left.</summary>
    public static void RotateLeft(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("rol", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Rotates right.</summary>
    public static void RotateRight(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("ror", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Rotates right through the carry flag.</summary>
    public static void RotateThroughCarryRight(Operand destination, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null, RegisterSize? size = null)
    {
        Shift("rcr", destination, bitCount, destinationIsIndirect, destinationDisplacement, size);
    }

    /// <summary>Shifts the destination left and fills it with the upper bits of the source.</summary>
    public static void ShiftLeftDouble(Operand destination, Operand source, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null)
    {
        ShiftDouble("shld", destination, source, bitCount, destinationIsIndirect, destinationDisplacement);
    }

    /// <summary>Shifts the destination right and fills it with the lower bits of the source.</summary>
    public static void ShiftRightDouble(Operand destination, Operand source, Operand bitCount, bool destinationIsIndirect = false, int? destinationDisplacement = null)
    {
        ShiftDouble("shrd", destination, source, bitCount, destinationIsIndirect, destinationDisplacement);
    }

    private static void ShiftDouble(string mnemonic, Operand destination, Operand source, Operand bitCount, bool destinationIsIndirect, int? destinationDisplacement)
    {
        Assembler.Assembler assembler = Current;
        if (source.Register is not (Register16 or Register32 or Register64))
        {
            throw new System.InvalidOperationException($"{mnemonic}: the source {source} is not a register of 16 bits or more.");
        }

        bool toMemory = destinationIsIndirect || destinationDisplacement.HasValue;
        if (!toMemory && destination.Register is not (Register16 or Register32 or Register64))
        {
            throw new System.InvalidOperationException($"{mnemonic}: the destination {destination} is neither a register of 16 bits or more nor memory.");
        }

        RegisterSize size = OperationSize(assembler, mnemonic, toMemory ? null : destination.Register, source.Register, null);
        string left = toMemory
            ? OperandText.SizeWord(assembler, size) + OperandText.Memory(assembler, destination, destinationDisplacement ?? 0)
            : OperandText.Direct(assembler, destination.Register!);
        Emit($"{mnemonic} {left}, {OperandText.Direct(assembler, source.Register)}, {ShiftCount(mnemonic, bitCount)}");
    }
}
