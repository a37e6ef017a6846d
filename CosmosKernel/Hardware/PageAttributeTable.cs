namespace MemOS.Hardware;

/// <summary>The page attribute table that MemOS sets: the processor's own at reset, with write combining as entry 5.</summary>
/// <remarks>
/// Intel SDM vol. 3A, 13.12.4: at reset entries 0 to 3 are write back, write through, uncached minus, uncached, and 4 to 7 the same again.
/// Entry 5 is write through until it is set, so a page mapped too early is slow, not wrong.
/// </remarks>
public static class PageAttributeTable
{
    /// <summary>The model-specific register.</summary>
    public const uint Register = 0x277;

    /// <summary>The register's value at reset.</summary>
    public const ulong ResetValue = 0x0007_0406_0007_0406;

    /// <summary>The value that MemOS writes: 1, write combining, as entry 5.</summary>
    public const ulong Value = 0x0007_0106_0007_0406;

    /// <summary>The number of a memory type (table 13-10).</summary>
    public const byte Uncached = 0;

    /// <inheritdoc cref="Uncached"/>
    public const byte WriteCombining = 1;

    /// <inheritdoc cref="Uncached"/>
    public const byte WriteThrough = 4;

    /// <inheritdoc cref="Uncached"/>
    public const byte WriteBack = 6;

    /// <summary>The memory type that a register's value <paramref name="types"/> gives a page of 4 KiB (table 13-11).</summary>
    /// <param name="types">Of the register, a byte a type.</param>
    /// <param name="entry">The page's: PWT is bit 3, PCD bit 4, PAT bit 7.</param>
    public static byte TypeOf(ulong types, ulong entry)
    {
        int index = (int)((entry >> 3 & 0b11) | (entry >> 7 & 1) << 2);
        return (byte)(types >> (8 * index));
    }
}
