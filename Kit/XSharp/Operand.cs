using static XSharp.XSRegisters;

namespace XSharp;

/// <summary>What an instruction works on: a register, a number or the address that a label stands for.</summary>
/// <remarks>
/// The conversions let one method an instruction take every form: <c>XS.Set(EAX, 5)</c>, <c>XS.Set(EAX, EBX)</c>,
/// <c>XS.Set(EAX, "label")</c>. Whether the operand itself or the memory it points at is meant is said by the
/// instruction's <c>…IsIndirect</c> and <c>…Displacement</c> parameters.
/// </remarks>
public readonly struct Operand
{
    private Operand(Register? register, string? label, ulong value)
    {
        Register = register;
        Label = label;
        Value = value;
    }

    internal Register? Register { get; }

    internal string? Label { get; }

    internal ulong Value { get; }

    internal bool IsValue => Register is null && Label is null;

    /// <summary>A register.</summary>
    public static implicit operator Operand(Register register)
    {
        return new Operand(register, null, 0);
    }

    /// <summary>The address of a label.</summary>
    public static implicit operator Operand(string label)
    {
        return new Operand(null, label, 0);
    }

    /// <summary>A number.</summary>
    public static implicit operator Operand(uint value)
    {
        return new Operand(null, null, value);
    }

    /// <summary>A number that needs more than 32 bits.</summary>
    public static implicit operator Operand(ulong value)
    {
        return new Operand(null, null, value);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return Register?.Name ?? Label ?? "0x" + Value.ToString("X");
    }
}
