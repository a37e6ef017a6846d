using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>RISC-V Sv39, Sv48 and Sv57, by the number of levels: pages of 4 KiB, and larger ones at every level.</summary>
/// <remarks>
/// <para>
/// The RISC-V Instruction Set Manual vol. II, "Sv39: Page-Based 39-bit Virtual-Memory System" and those after it; "Svnapot": 16 pages of
/// 4 KiB whose entries all say that they are one of 64 KiB; "Svpbmt": kinds of memory in bits 62:61. On machines without these two their
/// bits are reserved; the mapper writes the second only for pages that are not cached, and the first never.
/// </para>
/// <para>
/// Write-through is not among the kinds: <see cref="Nearest"/> has a page that is not cached instead. A page that can be executed and not
/// read, which MemOS never makes, reads as one that can be read.
/// </para>
/// </remarks>
public readonly struct RiscV<TLevels> : IPagingFormat
    where TLevels : struct, ILevels
{
    private const ulong Valid = 1UL << 0;
    private const ulong Readable = 1UL << 1;
    private const ulong Writable = 1UL << 2;
    private const ulong Executable = 1UL << 3;
    private const ulong User = 1UL << 4;
    private const ulong Global = 1UL << 5;
    private const ulong Accessed = 1UL << 6;
    private const ulong Dirty = 1UL << 7;

    // A page has one of these, a table none.
    private const ulong PageRights = Readable | Writable | Executable;

    // Bits 53:10 are bits 55:12 of the address.
    private const int AddressShift = 2;
    private const ulong AddressMask = ((1UL << 54) - 1) & ~0x3FFUL;
    private const ulong AlwaysReserved = ((1UL << 61) - 1) & ~((1UL << 54) - 1);

    // Svpbmt: 1 is memory that is not cached, 2 are devices, 3 is reserved.
    private const ulong NotCached = 1UL << 61;
    private const ulong Device = 1UL << 62;
    private const ulong MemoryType = NotCached | Device;

    // Svnapot: the lowest bits of the page number are 1000.
    private const ulong Napot = 1UL << 63;
    private const int NapotShift = 16;
    private const ulong NapotNumberMask = 0xFUL << 10;
    private const ulong NapotNumber = 8UL << 10;

    /// <inheritdoc/>
    public string Name => LevelCount == 3 ? "sv39" : LevelCount == 4 ? "sv48" : "sv57";

    /// <inheritdoc/>
    public int PageShift => 12;

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

    /// <summary>Those of a page number of 44 bits.</summary>
    public int PhysicalBits => 56;

    /// <summary>All levels.</summary>
    public int LeafLevels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (1 << LevelCount) - 1;
    }

    /// <summary>None: only bits 9:8 of a table's entry are software's.</summary>
    public int TableCountShift => -1;

    /// <inheritdoc/>
    public int EvenAddressBits => PhysicalBits;

    /// <summary>True: an absent entry may be cached ("Supervisor Memory-Management Fence Instruction").</summary>
    public bool RemembersAbsence => true;

    /// <inheritdoc/>
    public bool HoldsRoot => false;

    /// <inheritdoc/>
    public int RecursiveEntries => 0;

    /// <inheritdoc/>
    public ulong NoExecuteInTables => 0;

    /// <inheritdoc/>
    public bool ReservesAlike => false;

    /// <summary>Software, where the machine has Svade and not Svadu.</summary>
    public NotedBy Notes => NotedBy.Software;

    /// <summary>Tables take no right away; one that is global makes its pages global.</summary>
    public ulong AllRights => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PhysicalBitsAt(int level) => PhysicalBits;

    /// <summary>Write-through becomes not cached; of a device, strictly ordered or not is the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags Nearest(PageFlags flags)
    {
        if ((flags & PageFlags.WriteThrough) == 0) return flags;
        flags &= ~PageFlags.WriteThrough;
        return (flags & PageFlags.CacheDisabled) != 0 ? flags : flags | PageFlags.WriteCombining;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsPresent(ulong entry) => (entry & Valid) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLeaf(ulong entry, int level) => level == 0 || (entry & PageRights) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTable(ulong entry, int level) => (entry & (Valid | PageRights)) == Valid;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsGlobal(ulong entry) => (entry & Global) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableMask(PageFlags pageFlags, int level) => Valid | PageRights | User | Accessed | Dirty;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableBits(PageFlags pageFlags, int level) => Valid;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TablePointer(PhysAddr table) => table.Value >> AddressShift;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr TableAddress(ulong entry) => PhysAddr.FromTrusted((entry & AddressMask) << AddressShift);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodeTable(ulong entry, int level) =>
        PageFlags.Present | PageFlags.Writable | PageFlags.User | PageFlags.Executable;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr PageAddress(ulong entry, int level) => TableAddress(entry).AlignDown(1UL << PageShiftOf(entry, level));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PageShiftOf(ulong entry, int level) => (entry & Napot) != 0 ? NapotShift : PageShift + (level * IndexBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EncodePage(PhysAddr page, PageFlags flags, int level)
    {
        ulong entry = (page.Value >> AddressShift) | Valid | Readable;
        if ((flags & PageFlags.Writable) != 0) entry |= Writable;
        if ((flags & PageFlags.Executable) != 0) entry |= Executable;
        if ((flags & PageFlags.User) != 0) entry |= User;
        if ((flags & PageFlags.Global) != 0) entry |= Global;
        if ((flags & PageFlags.Accessed) != 0) entry |= Accessed;
        if ((flags & PageFlags.Dirty) != 0) entry |= Dirty;
        if ((flags & PageFlags.CacheDisabled) != 0) return entry | Device;
        return (flags & (PageFlags.WriteCombining | PageFlags.WriteThrough)) != 0 ? entry | NotCached : entry;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NarrowRights(ulong rights, ulong entry, int level) => rights | (entry & Global);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodePage(ulong entry, int level, ulong rights)
    {
        PageFlags flags = PageFlags.Present;
        if ((entry & Writable) != 0) flags |= PageFlags.Writable;
        if ((entry & Executable) != 0) flags |= PageFlags.Executable;
        if ((entry & User) != 0) flags |= PageFlags.User;
        if (((entry | rights) & Global) != 0) flags |= PageFlags.Global;
        if ((entry & Accessed) != 0) flags |= PageFlags.Accessed;
        if ((entry & Dirty) != 0) flags |= PageFlags.Dirty;
        if ((entry & Device) != 0) return flags | PageFlags.CacheDisabled;
        return (entry & NotCached) != 0 ? flags | PageFlags.WriteCombining : flags;
    }

    /// <summary>What raises a page fault although the entry is valid.</summary>
    /// <remarks>Addresses that the machine does not have are refused with an access fault.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReservedBits(ulong entry, int level, int physicalBits)
    {
        ulong reserved = AlwaysReserved | (AddressMask & ~(((1UL << physicalBits) - 1) >> AddressShift));
        if ((entry & PageRights) == 0)
        {
            // A pointer at the last level leads nowhere: refused as a whole.
            return level == 0 ? Valid : reserved | MemoryType | Napot | User | Accessed | Dirty;
        }

        if ((entry & (Readable | Writable)) == Writable) reserved |= Writable;
        if ((entry & MemoryType) == MemoryType) reserved |= MemoryType;
        if (level != 0) return reserved | Napot | (((1UL << (level * IndexBits)) - 1) << (PageShift - AddressShift));
        return (entry & NapotNumberMask) == NapotNumber ? reserved : reserved | Napot;
    }
}
