namespace MemOS.Memory.Paging;

/// <summary>What becomes of the tables that a root points to when they are empty.</summary>
public enum TopTables
{
    /// <summary>They go out of use as all others do.</summary>
    Freed = 0,

    /// <summary>They stay, because the roots of other address spaces point to them too: the kernel's half.</summary>
    Kept,

    /// <summary>
    /// Those of the lower half go out of use as all others do; those of the upper half belong to another root, whose mapper alone changes
    /// them: an address space of its own lower half and the kernel's.
    /// </summary>
    UpperShared,
}
