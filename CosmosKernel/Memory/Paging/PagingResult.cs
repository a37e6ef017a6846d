namespace MemOS.Memory.Paging;

/// <summary>How an operation on page tables ended. Anything but <see cref="Ok"/> has changed nothing.</summary>
public enum PagingResult
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>A page of the range is mapped already.</summary>
    AlreadyMapped,

    /// <summary>A page of the range is not mapped.</summary>
    NotMapped,

    /// <summary>An address or a size is not a multiple of the page size.</summary>
    Misaligned,

    /// <summary>An address is not one of the format's virtual addresses, or a range leaves them.</summary>
    NonCanonical,

    /// <summary>The physical range does not fit in the format's physical addresses.</summary>
    PhysicalOutOfRange,

    /// <summary>The page would be writable and executable at once.</summary>
    WritableAndExecutable,

    /// <summary>The range has page 0, which is never mapped.</summary>
    NullPage,

    /// <summary>There is no frame for a page table.</summary>
    OutOfTables,

    /// <summary>The operation means a part of a larger page: split that first.</summary>
    InsideLargePage,

    /// <summary>The format, or this machine, has no page of this size.</summary>
    SizeNotSupported,

    /// <summary>The range does not lie in the half that is the address space's own.</summary>
    OtherHalf,

    /// <summary>The pages do not make one larger page: their frames are not in a row from a multiple of its size on, or their flags differ.</summary>
    NotUniform,

    /// <summary>The tables themselves are seen there: the recursive directory.</summary>
    ShowsTables,

    /// <summary>An entry on the way has a bit set that must be 0.</summary>
    ReservedBitSet,
}
