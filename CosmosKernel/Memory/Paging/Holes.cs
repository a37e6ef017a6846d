namespace MemOS.Memory.Paging;

/// <summary>What an operation on a mapped range does about pages in it that are not mapped.</summary>
public enum Holes
{
    /// <summary>The operation is refused.</summary>
    Refused = 0,

    /// <summary>They are passed over.</summary>
    Skipped,
}
