namespace MemOS.Memory.KernelSpace;

/// <summary>How an operation on the kernel's address space ended. Anything but <see cref="Ok"/> has changed nothing.</summary>
public enum KernelSpaceResult
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The size is 0 or more than the window has.</summary>
    BadSize,

    /// <summary>No run of free addresses is long enough.</summary>
    OutOfAddresses,

    /// <summary>All records of ranges are in use.</summary>
    OutOfRecords,

    /// <summary>There are not enough frames.</summary>
    OutOfFrames,

    /// <summary>There is no frame for a page table.</summary>
    OutOfTables,

    /// <summary>Pages that are writable and executable at once, or the user's, are not the kernel's.</summary>
    BadFlags,

    /// <summary>The physical addresses do not exist.</summary>
    PhysicalOutOfRange,

    /// <summary>No range starts at this address.</summary>
    NotAllocated,
}
