using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>x86 32-bit paging: two levels, 32-bit entries, pages of 4 KiB and 4 MiB.</summary>
/// <remarks>
/// <para>
/// Intel SDM vol. 3A, 4.3 (figure 4-4; tables 4-3 to 4-6). 4 MiB pages need CR4.PSE; by PSE-36 their addresses have up to 40 bits, of
/// which the upper 8 lie in bits 20:13 of the entry. Everything else has addresses of 32 bits.
/// </para>
/// <para>There is no no-execute: every page can be executed, and <see cref="Nearest"/> says so.</para>
/// </remarks>
public readonly struct X86TwoLevel : IPagingFormat
{
    private const ulong SmallAddress = 0xFFFF_F000;

    private const ulong LargeAddress = 0xFFC0_0000;

    // PSE-36: bits 20:13 of the entry are bits 39:32 of the address.
    private const int HighAddressShift = 32 - 13;

    private const ulong HighAddress = 0xFFUL << 32;

    // Table 4-4: bits 21:13, less those that hold the address.
    private const ulong BelowLargeAddress = 0x003F_E000;

    /// <inheritdoc/>
    public string Name => "x86-2level";

    /// <inheritdoc/>
    public int PageShift => X86Entry.PageShift;

    /// <inheritdoc/>
    public int IndexBits => 10;

    /// <inheritdoc/>
    public int RootIndexBits => 10;

    /// <inheritdoc/>
    public int EntryShift => 2;

    /// <inheritdoc/>
    public int LevelCount => 2;

    /// <inheritdoc/>
    public int LeastLevelCount => LevelCount;

    /// <inheritdoc/>
    public int VirtualBits => 32;

    /// <inheritdoc/>
    public AddressHalves Halves => AddressHalves.Lower;

    /// <summary>That of a 4 MiB page's address.</summary>
    public int PhysicalBits => 40;

    /// <summary>4 KiB and 4 MiB.</summary>
    public int LeafLevels => 0b11;

    /// <summary>None: only bits 11:8 and 6 of a table's entry are ignored.</summary>
    public int TableCountShift => -1;

    /// <summary>From 4 GiB on a large page's address goes on elsewhere in the entry.</summary>
    public int EvenAddressBits => 32;

    /// <summary>False: what is not present is not cached (Intel SDM vol. 3A, 4.10.2.3).</summary>
    public bool RemembersAbsence => false;

    /// <inheritdoc/>
    public bool HoldsRoot => false;

    /// <summary>The root's last.</summary>
    public int RecursiveEntries => 1;

    /// <inheritdoc/>
    public ulong NoExecuteInTables => 0;

    /// <inheritdoc/>
    public bool ReservesAlike => false;

    /// <inheritdoc/>
    public NotedBy Notes => NotedBy.Processor;

    /// <inheritdoc/>
    public ulong AllRights => X86Entry.AllRights;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PhysicalBitsAt(int level) => level == 0 ? 32 : PhysicalBits;

    /// <summary>Every page can be executed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags Nearest(PageFlags flags) => flags | PageFlags.Executable;

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
    public ulong TableMask(PageFlags pageFlags, int level) => X86Entry.TableBits(pageFlags) | X86Entry.PageSize;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableBits(PageFlags pageFlags, int level) => X86Entry.TableBits(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TablePointer(PhysAddr table) => table.Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr TableAddress(ulong entry) => PhysAddr.FromTrusted(entry & SmallAddress);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodeTable(ulong entry, int level) => X86Entry.DecodeTable(entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr PageAddress(ulong entry, int level) => level == 0
        ? PhysAddr.FromTrusted(entry & SmallAddress)
        : PhysAddr.FromTrusted((entry & LargeAddress) | ((entry << HighAddressShift) & HighAddress));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PageShiftOf(ulong entry, int level) => PageShift + (level * IndexBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EncodePage(PhysAddr page, PageFlags flags, int level) =>
        (uint)(page.Value | ((page.Value & HighAddress) >> HighAddressShift) | X86Entry.EncodeFlags(flags, level));

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
        if (level == 0 || (entry & X86Entry.PageSize) == 0) return SmallAddress & ~((1UL << physicalBits) - 1);
        ulong highAddress = HighAddress & ((1UL << physicalBits) - 1);
        ulong beyondPhysical = LargeAddress & ~((1UL << physicalBits) - 1);
        return beyondPhysical | (BelowLargeAddress & ~(highAddress >> HighAddressShift));
    }
}
