using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>The format of a 32-bit machine that is known when it runs: <see cref="X86Pae"/> where the processor has it and no-execute, else <see cref="X86TwoLevel"/>.</summary>
/// <remarks>Two levels until it is said otherwise, once, before the first table is made.</remarks>
public readonly struct LiveX86 : IPagingFormat
{
    private static bool s_isWide;

    /// <summary>Whether entries have 64 bits.</summary>
    public static bool IsWide => s_isWide;

    /// <inheritdoc/>
    public string Name => s_isWide ? default(X86Pae).Name : default(X86TwoLevel).Name;

    /// <inheritdoc/>
    public int PageShift => s_isWide ? default(X86Pae).PageShift : default(X86TwoLevel).PageShift;

    /// <inheritdoc/>
    public int IndexBits => s_isWide ? default(X86Pae).IndexBits : default(X86TwoLevel).IndexBits;

    /// <inheritdoc/>
    public int RootIndexBits => s_isWide ? default(X86Pae).RootIndexBits : default(X86TwoLevel).RootIndexBits;

    /// <inheritdoc/>
    public int EntryShift => s_isWide ? default(X86Pae).EntryShift : default(X86TwoLevel).EntryShift;

    /// <inheritdoc/>
    public int LevelCount => s_isWide ? default(X86Pae).LevelCount : default(X86TwoLevel).LevelCount;

    /// <inheritdoc/>
    public int LeastLevelCount => s_isWide ? default(X86Pae).LeastLevelCount : default(X86TwoLevel).LeastLevelCount;

    /// <inheritdoc/>
    public int VirtualBits => s_isWide ? default(X86Pae).VirtualBits : default(X86TwoLevel).VirtualBits;

    /// <inheritdoc/>
    public AddressHalves Halves => s_isWide ? default(X86Pae).Halves : default(X86TwoLevel).Halves;

    /// <inheritdoc/>
    public int PhysicalBits => s_isWide ? default(X86Pae).PhysicalBits : default(X86TwoLevel).PhysicalBits;

    /// <inheritdoc/>
    public int LeafLevels => s_isWide ? default(X86Pae).LeafLevels : default(X86TwoLevel).LeafLevels;

    /// <inheritdoc/>
    public int TableCountShift => s_isWide ? default(X86Pae).TableCountShift : default(X86TwoLevel).TableCountShift;

    /// <inheritdoc/>
    public int EvenAddressBits => s_isWide ? default(X86Pae).EvenAddressBits : default(X86TwoLevel).EvenAddressBits;

    /// <inheritdoc/>
    public bool RemembersAbsence => s_isWide ? default(X86Pae).RemembersAbsence : default(X86TwoLevel).RemembersAbsence;

    /// <inheritdoc/>
    public bool HoldsRoot => s_isWide ? default(X86Pae).HoldsRoot : default(X86TwoLevel).HoldsRoot;

    /// <inheritdoc/>
    public int RecursiveEntries => s_isWide ? default(X86Pae).RecursiveEntries : default(X86TwoLevel).RecursiveEntries;

    /// <inheritdoc/>
    public ulong NoExecuteInTables => s_isWide ? default(X86Pae).NoExecuteInTables : default(X86TwoLevel).NoExecuteInTables;

    /// <inheritdoc/>
    public bool ReservesAlike => s_isWide ? default(X86Pae).ReservesAlike : default(X86TwoLevel).ReservesAlike;

    /// <inheritdoc/>
    public NotedBy Notes => s_isWide ? default(X86Pae).Notes : default(X86TwoLevel).Notes;

    /// <inheritdoc/>
    public int PhysicalBitsAt(int level) => s_isWide ? default(X86Pae).PhysicalBitsAt(level) : default(X86TwoLevel).PhysicalBitsAt(level);

    /// <inheritdoc/>
    public PageFlags Nearest(PageFlags flags) => s_isWide ? default(X86Pae).Nearest(flags) : default(X86TwoLevel).Nearest(flags);

    /// <inheritdoc/>
    public bool IsPresent(ulong entry) => s_isWide ? default(X86Pae).IsPresent(entry) : default(X86TwoLevel).IsPresent(entry);

    /// <inheritdoc/>
    public bool IsLeaf(ulong entry, int level) => s_isWide ? default(X86Pae).IsLeaf(entry, level) : default(X86TwoLevel).IsLeaf(entry, level);

    /// <inheritdoc/>
    public bool IsTable(ulong entry, int level) => s_isWide ? default(X86Pae).IsTable(entry, level) : default(X86TwoLevel).IsTable(entry, level);

    /// <inheritdoc/>
    public bool IsGlobal(ulong entry) => s_isWide ? default(X86Pae).IsGlobal(entry) : default(X86TwoLevel).IsGlobal(entry);

    /// <inheritdoc/>
    public ulong TableMask(PageFlags pageFlags, int level) => s_isWide ? default(X86Pae).TableMask(pageFlags, level) : default(X86TwoLevel).TableMask(pageFlags, level);

    /// <inheritdoc/>
    public ulong TableBits(PageFlags pageFlags, int level) => s_isWide ? default(X86Pae).TableBits(pageFlags, level) : default(X86TwoLevel).TableBits(pageFlags, level);

    /// <inheritdoc/>
    public ulong TablePointer(PhysAddr table) => s_isWide ? default(X86Pae).TablePointer(table) : default(X86TwoLevel).TablePointer(table);

    /// <inheritdoc/>
    public PhysAddr TableAddress(ulong entry) => s_isWide ? default(X86Pae).TableAddress(entry) : default(X86TwoLevel).TableAddress(entry);

    /// <inheritdoc/>
    public PageFlags DecodeTable(ulong entry, int level) => s_isWide ? default(X86Pae).DecodeTable(entry, level) : default(X86TwoLevel).DecodeTable(entry, level);

    /// <inheritdoc/>
    public PhysAddr PageAddress(ulong entry, int level) => s_isWide ? default(X86Pae).PageAddress(entry, level) : default(X86TwoLevel).PageAddress(entry, level);

    /// <inheritdoc/>
    public int PageShiftOf(ulong entry, int level) => s_isWide ? default(X86Pae).PageShiftOf(entry, level) : default(X86TwoLevel).PageShiftOf(entry, level);

    /// <inheritdoc/>
    public ulong EncodePage(PhysAddr page, PageFlags flags, int level) => s_isWide ? default(X86Pae).EncodePage(page, flags, level) : default(X86TwoLevel).EncodePage(page, flags, level);

    /// <inheritdoc/>
    public ulong AllRights => s_isWide ? default(X86Pae).AllRights : default(X86TwoLevel).AllRights;

    /// <inheritdoc/>
    public ulong NarrowRights(ulong rights, ulong entry, int level) => s_isWide ? default(X86Pae).NarrowRights(rights, entry, level) : default(X86TwoLevel).NarrowRights(rights, entry, level);

    /// <inheritdoc/>
    public PageFlags DecodePage(ulong entry, int level, ulong rights) => s_isWide ? default(X86Pae).DecodePage(entry, level, rights) : default(X86TwoLevel).DecodePage(entry, level, rights);

    /// <inheritdoc/>
    public ulong ReservedBits(ulong entry, int level, int physicalBits) => s_isWide ? default(X86Pae).ReservedBits(entry, level, physicalBits) : default(X86TwoLevel).ReservedBits(entry, level, physicalBits);

    /// <summary>Says that the processor will read entries of 64 bits.</summary>
    public static void UsePae() => s_isWide = true;
}
