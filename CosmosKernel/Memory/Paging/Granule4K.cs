namespace MemOS.Memory.Paging;

/// <summary>The 4 KiB granule: pages of 4 KiB, blocks of 2 MiB and 1 GiB (Arm ARM, D8.2).</summary>
public readonly struct Granule4K : IGranule
{
    /// <inheritdoc/>
    public int Shift => 12;

    /// <inheritdoc/>
    public int RootIndexBits => 9;

    /// <inheritdoc/>
    public int LevelCount => 4;

    /// <summary>4 KiB, 2 MiB and 1 GiB.</summary>
    public int LeafLevels => 0b0111;

    /// <inheritdoc/>
    public int PhysicalBits => 48;

    /// <summary>Bits 11:2 of a table's entry are ignored.</summary>
    public int TableCountShift => 2;

    /// <inheritdoc/>
    public string NameFor(AddressHalves half) => half == AddressHalves.Lower ? "aarch64-4k-lower" : "aarch64-4k-upper";
}
