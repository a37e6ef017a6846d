namespace MemOS.Memory.KernelSpace;

/// <summary>A run of pages of a <see cref="KernelRanges"/> window, free or reserved: the storage's element.</summary>
/// <remarks>Links are indices of records plus one, so that 0 is none.</remarks>
public struct RangeRecord
{
    internal ulong FirstPage;
    internal ulong PageCount;

    // In the order of addresses.
    internal int Lower;
    internal int Upper;

    // Free: the neighbours in the list of its size. Reserved: the next in its hash chain. Unused: the next unused one.
    internal int Next;
    internal int Previous;

    internal bool IsReserved;
    internal bool IsInUse;

    // Heads that the storage keeps by index, whatever the record itself is: of the hash chain, and of the list of sizes, of that number.
    internal int HashHead;
    internal int ListHead;
}
