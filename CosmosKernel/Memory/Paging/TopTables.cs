namespace MemOS.Memory.Paging;

/// <summary>What becomes of the tables that a root points to when they are empty.</summary>
public enum TopTables
{
    /// <summary>They go out of use as all others do.</summary>
    Freed = 0,

    /// <summary>They stay, because the roots of other address spaces point to them too: the kernel's half.</summary>
    Kept,
}
