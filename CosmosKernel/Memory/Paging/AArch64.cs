using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>AArch64 stage 1 translation for EL1 and EL0: 48-bit addresses in each half, one root a half.</summary>
/// <remarks>
/// <para>
/// Arm Architecture Reference Manual for A-profile, D8.2 (granules and levels), D8.3 (descriptors), D8.4 (permissions), D8.5 (accessed
/// and dirty), VMSAv8-64. The manual counts levels from the root down: its level 3 is level 0 here. TCR_EL1 has T0SZ and T1SZ 16;
/// addresses with bits 63:48 clear start at TTBR0, those with bits 63:48 set at TTBR1, and all others fault.
/// </para>
/// <para>
/// A writable page is marked as the hardware that manages dirty state (FEAT_HAFDBS) wants it: DBM set, and read-only until it is
/// dirty. Without that hardware the fault handler does the same. A user page is executed by the user alone, a kernel page by
/// the kernel alone.
/// </para>
/// <para>
/// Changing a live entry from a table to a block or back needs it to be absent in between (D8.16.1, break before make), and so does moving a page.
/// </para>
/// </remarks>
public readonly struct AArch64<TGranule, THalf> : IPagingFormat
    where TGranule : struct, IGranule
    where THalf : struct, IAddressHalf
{
    /// <inheritdoc/>
    public string Name => default(TGranule).NameFor(Halves);

    /// <inheritdoc/>
    public int PageShift
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TGranule).Shift;
    }

    /// <inheritdoc/>
    public int IndexBits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => PageShift - EntryShift;
    }

    /// <inheritdoc/>
    public int RootIndexBits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TGranule).RootIndexBits;
    }

    /// <inheritdoc/>
    public int EntryShift => 3;

    /// <inheritdoc/>
    public int LevelCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TGranule).LevelCount;
    }

    /// <inheritdoc/>
    public int LeastLevelCount => LevelCount;

    /// <inheritdoc/>
    public int VirtualBits => 48;

    /// <inheritdoc/>
    public AddressHalves Halves
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(THalf).Half;
    }

    /// <inheritdoc/>
    public int PhysicalBits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TGranule).PhysicalBits;
    }

    /// <inheritdoc/>
    public int LeafLevels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TGranule).LeafLevels;
    }

    /// <inheritdoc/>
    public int TableCountShift
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default(TGranule).TableCountShift;
    }

    /// <summary>Bits 51:48 of an address lie in bits 15:12 of an entry.</summary>
    public int EvenAddressBits => AArch64Entry.AddressBits;

    /// <summary>False: what faults is not held in a TLB (D8.16.1).</summary>
    public bool RemembersAbsence => false;

    /// <inheritdoc/>
    public bool HoldsRoot => false;

    /// <inheritdoc/>
    public int RecursiveEntries => 0;

    /// <inheritdoc/>
    public ulong NoExecuteInTables => 0;

    /// <inheritdoc/>
    public bool ReservesAlike => false;

    /// <inheritdoc/>
    public NotedBy Notes => NotedBy.Software;

    /// <summary>No bit that takes a right away.</summary>
    public ulong AllRights => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PhysicalBitsAt(int level) => PhysicalBits;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags Nearest(PageFlags flags) => flags;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsPresent(ulong entry) => (entry & AArch64Entry.Valid) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLeaf(ulong entry, int level) => level == 0 || (entry & AArch64Entry.TableOrPage) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTable(ulong entry, int level) =>
        (entry & (AArch64Entry.Valid | AArch64Entry.TableOrPage)) == (AArch64Entry.Valid | AArch64Entry.TableOrPage);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsGlobal(ulong entry) => (entry & AArch64Entry.NotGlobal) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableMask(PageFlags pageFlags, int level) => AArch64Entry.Valid | AArch64Entry.TableOrPage | AArch64Entry.TableRights;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableBits(PageFlags pageFlags, int level) => AArch64Entry.Valid | AArch64Entry.TableOrPage;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TablePointer(PhysAddr table) => AArch64Entry.EncodeAddress(table);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr TableAddress(ulong entry) => PhysAddr.FromTrusted(AArch64Entry.DecodeAddress(entry, PageShift, PhysicalBits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodeTable(ulong entry, int level) => AArch64Entry.DecodeTable(entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr PageAddress(ulong entry, int level) =>
        PhysAddr.FromTrusted(AArch64Entry.DecodeAddress(entry, PageShift, PhysicalBits)).AlignDown(1UL << PageShiftOf(entry, level));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PageShiftOf(ulong entry, int level) => PageShift + (level * IndexBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EncodePage(PhysAddr page, PageFlags flags, int level) =>
        AArch64Entry.EncodeAddress(page) | AArch64Entry.EncodeFlags(flags) | (level == 0 ? AArch64Entry.TableOrPage : 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NarrowRights(ulong rights, ulong entry, int level) => rights | (entry & AArch64Entry.TableRights);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodePage(ulong entry, int level, ulong rights) => AArch64Entry.DecodePage(entry, rights);

    /// <summary>Bits of an address that the machine does not have, and the encodings that mean nothing.</summary>
    /// <remarks>Other bits that the manual calls RES0 do not fault. An address that is too wide is an address size fault, the rest translation faults.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReservedBits(ulong entry, int level, int physicalBits)
    {
        // D8.3.1: no block at this level, or a page's entry that is not one.
        bool isBlock = (entry & AArch64Entry.TableOrPage) == 0;
        if (isBlock && (level == 0 || ((LeafLevels >> level) & 1) == 0)) return AArch64Entry.Valid;
        ulong machine = (1UL << physicalBits) - 1;
        ulong beyond = ((1UL << PhysicalBits) - 1) & ~((1UL << PageShift) - 1) & ~machine;
        return AArch64Entry.EncodeAddress(PhysAddr.FromTrusted(beyond));
    }
}
