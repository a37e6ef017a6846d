using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>x86-64 paging: pages of 4 KiB, 2 MiB and 1 GiB; four levels for 48-bit, five for 57-bit addresses.</summary>
/// <remarks>
/// Intel SDM vol. 3A, 4.5.4 (tables 4-14 to 4-20): page table, page directory, page-directory-pointer table, PML4, and with CR4.LA57
/// set a PML5.
/// </remarks>
public readonly struct X64<TLevels> : IPagingFormat
    where TLevels : struct, ILevels
{
    /// <inheritdoc/>
    public string Name => LevelCount == 4 ? "x64-4level" : "x64-5level";

    /// <inheritdoc/>
    public int PageShift => X86Entry.PageShift;

    /// <inheritdoc/>
    public int IndexBits => 9;

    /// <inheritdoc/>
    public int RootIndexBits => 9;

    /// <inheritdoc/>
    public int EntryShift => 3;

    /// <inheritdoc/>
    public int LevelCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TLevels).Count;
    }

    /// <inheritdoc/>
    public int LeastLevelCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TLevels).Fewest;
    }

    /// <inheritdoc/>
    public int VirtualBits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 12 + (default(TLevels).Count * 9);
    }

    /// <inheritdoc/>
    public AddressHalves Halves => AddressHalves.Both;

    /// <inheritdoc/>
    public int PhysicalBits => X86Entry.MaxPhysicalBits;

    /// <summary>4 KiB, 2 MiB and 1 GiB.</summary>
    public int LeafLevels => 0b111;

    /// <summary>Bits 62:52 of an entry that references a table are ignored.</summary>
    public int TableCountShift => 52;

    /// <inheritdoc/>
    public int EvenAddressBits => PhysicalBits;

    /// <summary>False: what is not present is not cached (Intel SDM vol. 3A, 4.10.2.3).</summary>
    public bool RemembersAbsence => false;

    /// <inheritdoc/>
    public bool HoldsRoot => false;

    /// <inheritdoc/>
    public int RecursiveEntries => 0;

    /// <inheritdoc/>
    public ulong NoExecuteInTables => 0;

    /// <summary>True: bits 51:M.</summary>
    public bool ReservesAlike => true;

    /// <inheritdoc/>
    public NotedBy Notes => NotedBy.Processor;

    /// <inheritdoc/>
    public ulong AllRights => X86Entry.AllRights;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PhysicalBitsAt(int level) => PhysicalBits;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags Nearest(PageFlags flags) => flags;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsPresent(ulong entry) => (entry & X86Entry.Present) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLeaf(ulong entry, int level) => X86Entry.IsLeaf(entry, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTable(ulong entry, int level) => (entry & (X86Entry.Present | X86Entry.PageSize)) == X86Entry.Present;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsGlobal(ulong entry) => (entry & X86Entry.Global) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableMask(PageFlags pageFlags, int level) => X86Entry.TableMask(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableBits(PageFlags pageFlags, int level) => X86Entry.TableBits(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TablePointer(PhysAddr table) => table.Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr TableAddress(ulong entry) => PhysAddr.FromTrusted(entry & X86Entry.AddressMask);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodeTable(ulong entry, int level) => X86Entry.DecodeTable(entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr PageAddress(ulong entry, int level) =>
        PhysAddr.FromTrusted(entry & X86Entry.AddressMask & ~((1UL << PageShiftOf(entry, level)) - 1));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PageShiftOf(ulong entry, int level) => PageShift + (level * IndexBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EncodePage(PhysAddr page, PageFlags flags, int level) => page.Value | X86Entry.EncodeFlags(flags, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NarrowRights(ulong rights, ulong entry, int level) => X86Entry.NarrowRights(rights, entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodePage(ulong entry, int level, ulong rights) => X86Entry.DecodePage(entry, level, rights);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReservedBits(ulong entry, int level, int physicalBits)
    {
        ulong beyondPhysical = X86Entry.BeyondPhysical(physicalBits);
        if (level == 0) return beyondPhysical;
        // Bit 7 is reserved in the root's entries and in level 3 of five levels (tables 4-14, 4-15).
        if (level >= 3) return beyondPhysical | X86Entry.PageSize;
        if ((entry & X86Entry.PageSize) == 0) return beyondPhysical;

        // Between the PAT bit and the start of the page's address (tables 4-16, 4-18).
        ulong belowPage = (1UL << PageShiftOf(entry, level)) - 1;
        return beyondPhysical | (belowPage & X86Entry.AddressMask & ~X86Entry.LargePat);
    }
}
