using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>One architecture's format of page tables, as data.</summary>
/// <remarks>
/// <para>
/// Used as a struct type parameter without state (<c>default</c> is as good as any): the compiler folds the properties into
/// constants. Levels count upwards from the tables that map the smallest pages, level 0, to the root, level
/// <see cref="LevelCount"/> - 1. An entry of a table at level n covers 2^(<see cref="PageShift"/> + n ·
/// <see cref="IndexBits"/>) bytes. An absent entry is 0 when MemOS wrote it. An entry narrower than 64 bits has zeros above.
/// </para>
/// <para>
/// What the processor cannot be told is not an error: <see cref="Nearest"/> says what it will do instead.
/// </para>
/// </remarks>
public interface IPagingFormat
{
    /// <summary>The name that commands use.</summary>
    string Name { get; }

    /// <summary>log2 of the smallest page's size, which is a table's size too.</summary>
    int PageShift { get; }

    /// <summary>log2 of the number of entries in a table, but for the root.</summary>
    int IndexBits { get; }

    /// <summary>log2 of the number of entries in the root: what <see cref="VirtualBits"/> leaves.</summary>
    int RootIndexBits { get; }

    /// <summary>log2 of an entry's size in bytes: 2 or 3.</summary>
    int EntryShift { get; }

    /// <summary>The number of levels.</summary>
    int LevelCount { get; }

    /// <summary>The least that <see cref="LevelCount"/> can be, where it is known when the machine runs only: the fast ways are for that.</summary>
    int LeastLevelCount { get; }

    /// <summary>How many bits of a virtual address the tables translate.</summary>
    int VirtualBits { get; }

    /// <summary>What the other bits of a virtual address must be.</summary>
    AddressHalves Halves { get; }

    /// <summary>The width of the widest physical address that an entry can hold.</summary>
    int PhysicalBits { get; }

    /// <summary>Bit n is set when a table at level n can map pages.</summary>
    int LeafLevels { get; }

    /// <summary>
    /// The lowest of ten bits of a table's entry in its parent that the processor ignores, where the mapper counts the table's
    /// present entries; -1 when the format has no such bits.
    /// </summary>
    int TableCountShift { get; }

    /// <summary>
    /// The entries of neighbouring pages differ by a constant as long as the pages' addresses differ only in these low bits.
    /// </summary>
    int EvenAddressBits { get; }

    /// <summary>Whether the processor may remember that an entry was absent, so that mapping needs a flush too.</summary>
    bool RemembersAbsence { get; }

    /// <summary>Whether the processor holds the root's entries in registers, and reads them only when it is told the root.</summary>
    bool HoldsRoot { get; }

    /// <summary>
    /// How many entries of one table at level 1 show all tables at levels 0 and 1 when they point to those at level 1: the recursive
    /// directory. 0 when the option is not there.
    /// </summary>
    int RecursiveEntries { get; }

    /// <summary>The bit of a table's entry at level 1 that forbids executing all that is under it; 0 when there is none, or no recursive directory.</summary>
    ulong NoExecuteInTables { get; }

    /// <summary>
    /// Whether the width of physical addresses reserves the same bits in all entries, and entries like those that the mapper makes for
    /// tables have no other reserved bits.
    /// </summary>
    bool ReservesAlike { get; }

    /// <summary>Who sets accessed and dirty.</summary>
    NotedBy Notes { get; }

    /// <summary>The width of the widest physical address of a page at <paramref name="level"/>; a table's address is as wide as at level 0.</summary>
    int PhysicalBitsAt(int level);

    /// <summary>The flags that a page will have that is mapped with <paramref name="flags"/>: those, where the format can say them.</summary>
    PageFlags Nearest(PageFlags flags);

    /// <summary>Whether the processor reads more of <paramref name="entry"/> than that it is absent.</summary>
    bool IsPresent(ulong entry);

    /// <summary>Whether the present <paramref name="entry"/> of a table at <paramref name="level"/> maps a page.</summary>
    bool IsLeaf(ulong entry, int level);

    /// <summary>Whether <paramref name="entry"/> of a table at <paramref name="level"/> above 0 is present and no leaf.</summary>
    bool IsTable(ulong entry, int level);

    /// <summary>Whether the leaf <paramref name="entry"/> is the same in all address spaces.</summary>
    bool IsGlobal(ulong entry);

    /// <summary>
    /// The bits that <see cref="TableBits"/> are to be compared with: an entry at <paramref name="level"/> that equals them under
    /// this mask is a table through which pages with <paramref name="pageFlags"/> can be reached.
    /// </summary>
    ulong TableMask(PageFlags pageFlags, int level);

    /// <summary>
    /// What an entry at <paramref name="level"/> that points to a table for pages with <paramref name="pageFlags"/> has beside the
    /// address.
    /// </summary>
    ulong TableBits(PageFlags pageFlags, int level);

    /// <summary>The bits of an entry that point to <paramref name="table"/>.</summary>
    ulong TablePointer(PhysAddr table);

    /// <summary>The table that the present, not leaf, <paramref name="entry"/> points to.</summary>
    PhysAddr TableAddress(ulong entry);

    /// <summary>What the <paramref name="entry"/> of a table at <paramref name="level"/> allows for the pages under it.</summary>
    PageFlags DecodeTable(ulong entry, int level);

    /// <summary>The start of the page that the leaf <paramref name="entry"/> of a table at <paramref name="level"/> maps.</summary>
    PhysAddr PageAddress(ulong entry, int level);

    /// <summary>log2 of the size of the page that the leaf <paramref name="entry"/> of a table at <paramref name="level"/> is part of.</summary>
    int PageShiftOf(ulong entry, int level);

    /// <summary>The leaf entry for a table at <paramref name="level"/>; the page is present whether the flags say so or not.</summary>
    ulong EncodePage(PhysAddr page, PageFlags flags, int level);

    /// <summary>What the tables on the way allow before the first was read.</summary>
    ulong AllRights { get; }

    /// <summary><paramref name="rights"/> as narrowed by the table entry <paramref name="entry"/> at <paramref name="level"/>.</summary>
    ulong NarrowRights(ulong rights, ulong entry, int level);

    /// <summary>What the leaf <paramref name="entry"/> under tables with <paramref name="rights"/> means.</summary>
    PageFlags DecodePage(ulong entry, int level, ulong rights);

    /// <summary>
    /// The bits of the present <paramref name="entry"/> that must be 0, with physical addresses of <paramref name="physicalBits"/>
    /// bits. An entry that is refused as a whole gives a bit that it has.
    /// </summary>
    ulong ReservedBits(ulong entry, int level, int physicalBits);
}
