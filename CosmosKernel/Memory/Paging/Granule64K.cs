namespace MemOS.Memory.Paging;

/// <summary>The 64 KiB granule: pages of 64 KiB, blocks of 512 MiB; addresses of 52 bits where FEAT_LPA is (Arm ARM, D8.2).</summary>
public readonly struct Granule64K : IGranule
{
    /// <inheritdoc/>
    public int Shift => 16;

    /// <inheritdoc/>
    public int RootIndexBits => 6;

    /// <inheritdoc/>
    public int LevelCount => 3;

    /// <summary>64 KiB and 512 MiB.</summary>
    public int LeafLevels => 0b011;

    /// <inheritdoc/>
    public int PhysicalBits => 52;

    /// <summary>None: a table has up to 8192 entries, and only bits 11:2 are ignored in a row.</summary>
    public int TableCountShift => -1;

    /// <inheritdoc/>
    public string NameFor(AddressHalves half) => half == AddressHalves.Lower ? "aarch64-64k-lower" : "aarch64-64k-upper";
}
