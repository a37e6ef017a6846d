namespace MemOS.Memory.KernelSpace;

/// <summary>How an operation on kernel address ranges ended. Anything but <see cref="Ok"/> has changed nothing.</summary>
public enum RangeResult
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>A range has at least one page, and fewer than the window has.</summary>
    BadSize,

    /// <summary>No run of free addresses is long enough.</summary>
    OutOfAddresses,

    /// <summary>All records of ranges are in use.</summary>
    OutOfRecords,

    /// <summary>No range starts at this page.</summary>
    NotReserved,
}
