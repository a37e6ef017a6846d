namespace MemOS.Shell;

/// <summary>The faults that can be committed on purpose, in the order of the names that <c>fault</c> takes.</summary>
public enum FaultKind
{
    /// <summary>A field of a null reference is read.</summary>
    NullReference = 0,

    /// <summary>A byte of the kernel's code is written.</summary>
    WriteCode,

    /// <summary>Bytes of the heap are executed.</summary>
    ExecuteData,

    /// <summary>The stack grows into its guard page.</summary>
    StackOverflow,

    /// <summary>A byte is read whose page tables have a bit set that must be 0.</summary>
    ReservedBit,

    /// <summary>A processor answers nobody while a page is unmapped.</summary>
    DeafProcessor,
}
