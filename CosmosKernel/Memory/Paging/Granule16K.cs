namespace MemOS.Memory.Paging;

/// <summary>The 16 KiB granule: pages of 16 KiB, blocks of 32 MiB (Arm ARM, D8.2).</summary>
public readonly struct Granule16K : IGranule
{
    /// <inheritdoc/>
    public int Shift => 14;

    /// <inheritdoc/>
    public int RootIndexBits => 1;

    /// <inheritdoc/>
    public int LevelCount => 4;

    /// <summary>16 KiB and 32 MiB.</summary>
    public int LeafLevels => 0b0011;

    /// <inheritdoc/>
    public int PhysicalBits => 48;

    /// <summary>None: a table has up to 2048 entries, and only bits 11:2 are ignored in a row.</summary>
    public int TableCountShift => -1;

    /// <inheritdoc/>
    public string NameFor(AddressHalves half) => half == AddressHalves.Lower ? "aarch64-16k-lower" : "aarch64-16k-upper";
}
