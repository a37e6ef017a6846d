namespace MemOS.Memory.Paging;

/// <summary>The lower half, whose root AArch64 has in TTBR0.</summary>
public readonly struct LowerHalf : IAddressHalf
{
    /// <inheritdoc/>
    public AddressHalves Half => AddressHalves.Lower;
}
