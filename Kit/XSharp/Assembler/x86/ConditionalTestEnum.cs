namespace XSharp.Assembler.x86;

/// <summary>The conditions of a jump or a byte set; the value is the condition's code in the instruction.</summary>
public enum ConditionalTestEnum : byte
{
    /// <summary>OF set.</summary>
    Overflow = 0,

    /// <summary>OF clear.</summary>
    NoOverflow = 1,

    /// <summary>Unsigned less; also: the carry flag is set.</summary>
    Below = 2,

    /// <inheritdoc cref="Below"/>
    NotAboveOrEqual = Below,

    /// <summary>Unsigned greater or equal; also: the carry flag is clear.</summary>
    AboveOrEqual = 3,

    /// <inheritdoc cref="AboveOrEqual"/>
    NotBelow = AboveOrEqual,

    /// <summary>ZF set.</summary>
    Equal = 4,

    /// <inheritdoc cref="Equal"/>
    Zero = Equal,

    /// <summary>ZF clear.</summary>
    NotEqual = 5,

    /// <inheritdoc cref="NotEqual"/>
    NotZero = NotEqual,

    /// <summary>Unsigned less or equal.</summary>
    BelowOrEqual = 6,

    /// <inheritdoc cref="BelowOrEqual"/>
    NotAbove = BelowOrEqual,

    /// <summary>Unsigned greater.</summary>
    Above = 7,

    /// <inheritdoc cref="Above"/>
    NotBelowOrEqual = Above,

    /// <summary>SF set.</summary>
    Sign = 8,

    /// <summary>SF clear.</summary>
    NotSign = 9,

    /// <summary>PF set.</summary>
    Parity = 10,

    /// <inheritdoc cref="Parity"/>
    ParityEven = Parity,

    /// <summary>PF clear.</summary>
    NotParity = 11,

    /// <inheritdoc cref="NotParity"/>
    ParityOdd = NotParity,

    /// <summary>Signed less.</summary>
    LessThan = 12,

    /// <inheritdoc cref="LessThan"/>
    NotGreaterThanOrEqualTo = LessThan,

    /// <summary>Signed greater or equal.</summary>
    GreaterThanOrEqualTo = 13,

    /// <inheritdoc cref="GreaterThanOrEqualTo"/>
    NotLessThan = GreaterThanOrEqualTo,

    /// <summary>Signed less or equal.</summary>
    LessThanOrEqualTo = 14,

    /// <inheritdoc cref="LessThanOrEqualTo"/>
    NotGreaterThan = LessThanOrEqualTo,

    /// <summary>Signed greater.</summary>
    GreaterThan = 15,

    /// <inheritdoc cref="GreaterThan"/>
    NotLessThanOrEqualTo = GreaterThan,
}
