using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>An entry, and the entry of the table that it lies in.</summary>
internal readonly struct FoundEntry
{
    /// <summary>The table that the entry lies in.</summary>
    public readonly PhysAddr Table;

    public readonly PhysAddr Slot;
    public readonly ulong Entry;

    /// <summary>Where the parent points to the table; of no meaning when the table is the root.</summary>
    public readonly PhysAddr Owner;

    public readonly ulong OwnerEntry;
    public readonly int Level;

    /// <summary>log2 of what the entry covers.</summary>
    public readonly int Shift;

    public FoundEntry(PhysAddr table, PhysAddr slot, ulong entry, PhysAddr owner, ulong ownerEntry, int level, int shift)
    {
        Table = table;
        Slot = slot;
        Entry = entry;
        Owner = owner;
        OwnerEntry = ownerEntry;
        Level = level;
        Shift = shift;
    }
}
