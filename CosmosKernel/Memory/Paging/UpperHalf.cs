namespace MemOS.Memory.Paging;

/// <summary>The upper half, whose root AArch64 has in TTBR1.</summary>
public readonly struct UpperHalf : IAddressHalf
{
    /// <inheritdoc/>
    public AddressHalves Half => AddressHalves.Upper;
}
