namespace MemOS.Memory.Paging;

/// <summary>AArch64's translation granule, the size of its smallest pages and of its tables, as a struct type parameter.</summary>
public interface IGranule
{
    /// <summary>log2 of the granule's size.</summary>
    int Shift { get; }

    /// <summary>log2 of the number of entries in the root.</summary>
    int RootIndexBits { get; }

    /// <summary>The number of levels for addresses of 48 bits.</summary>
    int LevelCount { get; }

    /// <summary>Bit n is set when a table at level n can map pages or blocks.</summary>
    int LeafLevels { get; }

    /// <summary>The width of a physical address.</summary>
    int PhysicalBits { get; }

    /// <summary><inheritdoc cref="IPagingFormat.TableCountShift"/></summary>
    int TableCountShift { get; }

    /// <summary>The format's name for <paramref name="half"/>.</summary>
    string NameFor(AddressHalves half);
}
