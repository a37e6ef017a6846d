namespace MemOS.Memory.Paging;

/// <summary>Which pages a range is mapped with.</summary>
public enum LargePages
{
    /// <summary>The largest that fit and that the machine has.</summary>
    WhereTheyFit = 0,

    /// <summary>The smallest only: pages will be unmapped or protected one by one.</summary>
    Never,

    /// <summary>The smallest and those of the next size, 2 MiB where the smallest have 4 KiB: parts will be split off.</summary>
    UpToNextSize,
}
