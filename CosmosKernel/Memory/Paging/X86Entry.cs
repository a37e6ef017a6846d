using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>What the entries of all x86 formats share (Intel SDM vol. 3A, tables 4-4 to 4-6, 4-8 to 4-11, 4-14 to 4-20).</summary>
internal static class X86Entry
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

    /// <summary>Bits 51:12; on a machine whose addresses have fewer bits, the upper ones are reserved.</summary>
    public const ulong AddressMask = ((1UL << MaxPhysicalBits) - 1) & ~((1UL << PageShift) - 1);

    /// <summary>MAXPHYADDR is at most 52 (4.1.4).</summary>
    public const int MaxPhysicalBits = 52;

    // The neutral flags that have the same number.
    private const ulong SameBits = Present | Writable | User | WriteThrough | CacheDisable | Accessed | Dirty | Global;
    private const int ExecutableShift = 63 - 9;

    private const ulong Rights = Writable | User | NoExecute;

    /// <summary>W and U set, no-execute clear; kept with no-execute inverted, so that narrowing is one AND.</summary>
    public const ulong AllRights = Rights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLeaf(ulong entry, int level) => level == 0 || (entry & PageSize) != 0;

    // The pages' own entries decide: tables allow writing and executing, and user access where user pages are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TableBits(PageFlags pageFlags) => Present | Writable | ((ulong)pageFlags & (ulong)PageFlags.User);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TableMask(PageFlags pageFlags) => TableBits(pageFlags) | PageSize | NoExecute;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EncodeFlags(PageFlags flags, int level)
    {
        ulong bits = (ulong)flags;
        ulong entry = (bits & SameBits) | Present | ((~bits & (ulong)PageFlags.Executable) << ExecutableShift);
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
        ulong flags = (entry & SameBits & ~(Writable | User)) | (allowed & (Writable | User)) | (allowed >> ExecutableShift);
        ulong pat = level == 0 ? SmallPat : LargePat;
        if ((entry & pat) != 0) flags = WithPat(flags);
        return (PageFlags)flags;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PageFlags DecodeTable(ulong entry) => DecodePage(entry & ~(LargePat | SmallPat | Dirty | Global), 0, AllRights);

    /// <summary>Bits of the address that a machine with <paramref name="physicalBits"/> bits does not have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong BeyondPhysical(int physicalBits) => AddressMask & ~((1UL << physicalBits) - 1);

    // PAT entry 5 is the one that MemOS sets to write combining; 4, 6 and 7 keep what 0, 2 and 3 mean.
    private static ulong WithPat(ulong flags)
    {
        const ulong Caching = (ulong)(PageFlags.WriteThrough | PageFlags.CacheDisabled);
        if ((flags & Caching) != (ulong)PageFlags.WriteThrough) return flags;
        return (flags & ~Caching) | (ulong)PageFlags.WriteCombining;
    }
}
