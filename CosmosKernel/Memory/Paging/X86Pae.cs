using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>x86 PAE paging with no-execute: 32-bit addresses, 64-bit entries, pages of 4 KiB and 2 MiB.</summary>
/// <remarks>
/// <para>
/// Intel SDM vol. 3A, 4.4 (tables 4-7 to 4-11): the root has four entries, which the processor loads into registers when CR3 is
/// written. They have no rights of their own, and bits that are reserved where other entries have them.
/// </para>
/// <para>No-execute needs EFER.NXE; without it bit 63 is reserved.</para>
/// </remarks>
public readonly struct X86Pae : IPagingFormat
{
    // Table 4-8: the page-directory-pointer table.
    private const int RootLevel = 2;

    // Bits 2:1 and 8:6 of its entries. Bit 5 is reserved too, but QEMU 7.2 notes there that an entry was used, and processors look only when CR3 is written.
    private const ulong ReservedInRoot = 0x1C6;

    // Bits 62:52 of all entries, and 63 too of the root's.
    private const ulong AboveAddress = ~(X86Entry.AddressMask | 0xFFF) & ~X86Entry.NoExecute;

    /// <inheritdoc/>
    public string Name => "x86-pae";

    /// <inheritdoc/>
    public int PageShift => X86Entry.PageShift;

    /// <inheritdoc/>
    public int IndexBits => 9;

    /// <inheritdoc/>
    public int RootIndexBits => 2;

    /// <inheritdoc/>
    public int EntryShift => 3;

    /// <inheritdoc/>
    public int LevelCount => 3;

    /// <inheritdoc/>
    public int LeastLevelCount => LevelCount;

    /// <inheritdoc/>
    public int VirtualBits => 32;

    /// <inheritdoc/>
    public AddressHalves Halves => AddressHalves.Lower;

    /// <inheritdoc/>
    public int PhysicalBits => X86Entry.MaxPhysicalBits;

    /// <summary>4 KiB and 2 MiB.</summary>
    public int LeafLevels => 0b011;

    /// <summary>None: what x86-64 ignores above the address is reserved here.</summary>
    public int TableCountShift => -1;

    /// <inheritdoc/>
    public int EvenAddressBits => PhysicalBits;

    /// <summary>False: what is not present is not cached (Intel SDM vol. 3A, 4.10.2.3).</summary>
    public bool RemembersAbsence => false;

    /// <summary>True (4.4.1): a change of the root's entries takes effect when CR3 is written.</summary>
    public bool HoldsRoot => true;

    /// <summary>One for each page directory.</summary>
    public int RecursiveEntries => 4;

    /// <inheritdoc/>
    public ulong NoExecuteInTables => X86Entry.NoExecute;

    /// <inheritdoc/>
    public bool ReservesAlike => false;

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
    public bool IsLeaf(ulong entry, int level) => level != RootLevel && X86Entry.IsLeaf(entry, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTable(ulong entry, int level) => IsPresent(entry) && !IsLeaf(entry, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsGlobal(ulong entry) => (entry & X86Entry.Global) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableMask(PageFlags pageFlags, int level) => level == RootLevel ? X86Entry.Present : X86Entry.TableMask(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableBits(PageFlags pageFlags, int level) => level == RootLevel ? X86Entry.Present : X86Entry.TableBits(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TablePointer(PhysAddr table) => table.Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr TableAddress(ulong entry) => PhysAddr.FromTrusted(entry & X86Entry.AddressMask);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodeTable(ulong entry, int level) =>
        X86Entry.DecodeTable(level == RootLevel ? entry | X86Entry.Writable | X86Entry.User : entry);

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
    public ulong NarrowRights(ulong rights, ulong entry, int level) => level == RootLevel ? rights : X86Entry.NarrowRights(rights, entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodePage(ulong entry, int level, ulong rights) => X86Entry.DecodePage(entry, level, rights);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReservedBits(ulong entry, int level, int physicalBits)
    {
        ulong reserved = X86Entry.BeyondPhysical(physicalBits) | AboveAddress;
        if (level == RootLevel) return reserved | ReservedInRoot | X86Entry.NoExecute;
        if (level == 0 || (entry & X86Entry.PageSize) == 0) return reserved;
        // Bits 20:13 of a 2 MiB page's entry (table 4-9).
        return reserved | (((1UL << PageShiftOf(entry, level)) - 1) & X86Entry.AddressMask & ~X86Entry.LargePat);
    }
}
