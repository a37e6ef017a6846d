using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>The entries that four-level and five-level paging share (Intel SDM vol. 3A, 4.5, tables 4-14 to 4-20).</summary>
internal static class X64Entry
{
    public const ulong Present = 1UL << 0;
    public const ulong Writable = 1UL << 1;
    public const ulong User = 1UL << 2;
    public const ulong WriteThrough = 1UL << 3;
    public const ulong CacheDisable = 1UL << 4;
    public const ulong Accessed = 1UL << 5;
    public const ulong Dirty = 1UL << 6;

    /// <summary>In an entry above level 0: this maps a page. At level 0 the same bit is <see cref="SmallPat"/>.</summary>
    public const ulong PageSize = 1UL << 7;

    public const ulong SmallPat = 1UL << 7;
    public const ulong Global = 1UL << 8;
    public const ulong LargePat = 1UL << 12;
    public const ulong NoExecute = 1UL << 63;

    public const int PageShift = 12;
    public const int IndexBits = 9;

    /// <summary>4 KiB, 2 MiB and 1 GiB.</summary>
    public const int LeafLevels = 0b111;

    /// <summary>Bits 62:52 of an entry that references a table are ignored.</summary>
    public const int TableCountShift = 52;

    /// <summary>Bits M-1:12, M being at most 52.</summary>
    private const ulong AddressMask = ((1UL << PhysAddr.MaxBits) - 1) & ~((1UL << PageShift) - 1);

    private const ulong Rights = Writable | User | NoExecute;

    /// <summary>W and U set, no-execute clear; kept with no-execute inverted, so that narrowing is one AND.</summary>
    public const ulong AllRights = Rights;

    public static bool IsLeaf(ulong entry, int level) => level == 0 || (entry & PageSize) != 0;

    // The pages' own entries decide: tables allow writing and executing, and user access where user pages are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TableBits(PageFlags pageFlags) => Present | Writable | ((ulong)pageFlags & (ulong)PageFlags.User);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TableMask(PageFlags pageFlags) => TableBits(pageFlags) | PageSize | NoExecute;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhysAddr TableAddress(ulong entry) => PhysAddr.FromTrusted(entry & AddressMask);

    // A large page's entry has its PAT bit where the address of a small page goes on: 12.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhysAddr PageAddress(ulong entry, int level) =>
        PhysAddr.FromTrusted(entry & AddressMask & ~((1UL << (PageShift + (level * IndexBits))) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EncodePage(PhysAddr page, PageFlags flags, int level)
    {
        // The neutral flags lie in three groups in the same order as the processor's, so each group moves by one shift.
        ulong bits = (ulong)flags;
        ulong entry = page.Value | Present
            | (bits & (Writable | User))
            | ((bits & (ulong)(PageFlags.WriteThrough | PageFlags.CacheDisabled)) >> 2)
            | ((bits & (ulong)(PageFlags.Accessed | PageFlags.Dirty)) >> 3)
            | ((bits & (ulong)PageFlags.Global) << 4)
            | ((~bits & (ulong)PageFlags.Executable) << 60);
        if (level != 0) entry |= PageSize;
        if ((flags & PageFlags.WriteCombining) != 0) entry |= WriteThrough | (level == 0 ? SmallPat : LargePat);
        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NarrowRights(ulong rights, ulong entry) => rights & (entry ^ NoExecute);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PageFlags DecodePage(ulong entry, int level, ulong rights)
    {
        ulong allowed = NarrowRights(rights, entry);
        ulong flags = (entry & Present)
            | (allowed & (Writable | User))
            | (allowed >> 60)
            | ((entry & (WriteThrough | CacheDisable)) << 2)
            | ((entry & (Accessed | Dirty)) << 3)
            | ((entry & Global) >> 4);
        ulong pat = level == 0 ? SmallPat : LargePat;
        if ((entry & pat) != 0) flags = WithPat(flags);
        return (PageFlags)flags;
    }

    public static ulong ReservedBits(ulong entry, int level, int physicalBits)
    {
        ulong beyondPhysical = AddressMask & ~((1UL << physicalBits) - 1);
        if (level == 0) return beyondPhysical;
        // Bit 7 is reserved in the root's entries and in level 3 of five levels (tables 4-14, 4-15).
        if (level >= 3) return beyondPhysical | PageSize;
        if ((entry & PageSize) == 0) return beyondPhysical;

        // Between the PAT bit and the start of the page's address (tables 4-16, 4-18).
        ulong belowPage = (1UL << (PageShift + (level * IndexBits))) - 1;
        return beyondPhysical | (belowPage & AddressMask & ~LargePat);
    }

    // PAT entry 5 is the one that MemOS sets to write combining; 4, 6 and 7 keep what 0, 2 and 3 mean.
    private static ulong WithPat(ulong flags)
    {
        const ulong Caching = (ulong)(PageFlags.WriteThrough | PageFlags.CacheDisabled);
        if ((flags & Caching) != (ulong)PageFlags.WriteThrough) return flags;
        return (flags & ~Caching) | (ulong)PageFlags.WriteCombining;
    }
}
