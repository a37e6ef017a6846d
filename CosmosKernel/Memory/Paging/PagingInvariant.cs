namespace MemOS.Memory.Paging;

/// <summary>The invariants of a <see cref="PageMapper{TMemory,TFormat,TFrames}"/>'s tables.</summary>
public enum PagingInvariant
{
    /// <summary>None is broken.</summary>
    None = 0,

    /// <summary>I1: a linked table, the root and kept tables apart, has a present entry.</summary>
    LinkedTablesAreNotEmpty,

    /// <summary>I2: a table's count of present entries is right.</summary>
    EntryCountsAreRight,

    /// <summary>I3: no present entry has a reserved bit set.</summary>
    NoReservedBitIsSet,

    /// <summary>I4: no page is writable and executable.</summary>
    NothingIsWritableAndExecutable,

    /// <summary>I5: page 0 is not mapped.</summary>
    PageZeroIsNotMapped,

    /// <summary>I6: as many tables are linked as the mapper says.</summary>
    TableCountIsRight,

    /// <summary>I7: the recursive directory, where there is one, shows the tables.</summary>
    RecursionShowsTables,
}
