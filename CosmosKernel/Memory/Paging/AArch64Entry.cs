using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>The descriptors of AArch64 stage 1, VMSAv8-64 (Arm ARM, D8.3.1 and D8.3.2).</summary>
internal static class AArch64Entry
{
    public const ulong Valid = 1UL << 0;

    /// <summary>A table, or at the last level a page; clear in a block.</summary>
    public const ulong TableOrPage = 1UL << 1;

    public const int MemoryTypeShift = 2;

    /// <summary>AP[1]: EL0 may.</summary>
    public const ulong User = 1UL << 6;

    /// <summary>AP[2].</summary>
    public const ulong ReadOnly = 1UL << 7;

    public const ulong InnerShareable = 3UL << 8;
    public const ulong Accessed = 1UL << 10;
    public const ulong NotGlobal = 1UL << 11;

    /// <summary>DBM: writable, and read-only only until it is dirty.</summary>
    public const ulong DirtyModifier = 1UL << 51;

    public const ulong KernelNoExecute = 1UL << 53;
    public const ulong UserNoExecute = 1UL << 54;

    /// <summary>One of bits 58:55, which are software's: a page that is not writable any more was written.</summary>
    public const ulong WasDirty = 1UL << 55;

    public const ulong TableKernelNoExecute = 1UL << 59;
    public const ulong TableUserNoExecute = 1UL << 60;

    /// <summary>APTable[0].</summary>
    public const ulong TableNoUser = 1UL << 61;

    /// <summary>APTable[1].</summary>
    public const ulong TableReadOnly = 1UL << 62;

    public const ulong TableRights = TableKernelNoExecute | TableUserNoExecute | TableNoUser | TableReadOnly;

    /// <summary>Addresses up to bit 47 lie in place.</summary>
    public const int AddressBits = 48;

    /// <summary>
    /// MAIR_EL1 as the types of memory are numbered here: 0 write back, 1 write through, 2 not cached, 3 Device-nGnRE, 4 and all others
    /// Device-nGnRnE (D24.2.113).
    /// </summary>
    public const ulong MemoryTypes = 0x0000_0000_0444_BBFF;

    private const ulong WriteBackType = 0;
    private const ulong WriteThroughType = 1;
    private const ulong NotCachedType = 2;
    private const ulong DeviceType = 3;
    private const ulong StrictDeviceType = 4;
    private const ulong MemoryTypeMask = 7;

    // With the 64 KiB granule and FEAT_LPA, bits 15:12 are bits 51:48 of the address.
    private const int HighAddressShift = 48 - 12;
    private const ulong HighAddress = 0xFUL << AddressBits;

    public static ulong EncodeAddress(PhysAddr address) =>
        (address.Value & ((1UL << AddressBits) - 1)) | ((address.Value & HighAddress) >> HighAddressShift);

    public static ulong DecodeAddress(ulong entry, int pageShift, int physicalBits)
    {
        ulong low = entry & ((1UL << AddressBits) - 1) & ~((1UL << pageShift) - 1);
        return physicalBits > AddressBits ? low | ((entry << HighAddressShift) & HighAddress) : low;
    }

    /// <summary>Of a page or block, but for the address and <see cref="TableOrPage"/>.</summary>
    public static ulong EncodeFlags(PageFlags flags)
    {
        bool isWritable = (flags & PageFlags.Writable) != 0;
        bool isDirty = (flags & PageFlags.Dirty) != 0;
        bool isUser = (flags & PageFlags.User) != 0;
        ulong entry = Valid | InnerShareable | (MemoryTypeOf(flags) << MemoryTypeShift) | KernelNoExecute | UserNoExecute;
        if (isUser) entry |= User;
        if ((flags & PageFlags.Executable) != 0) entry &= ~(isUser ? UserNoExecute : KernelNoExecute);
        if (isWritable) entry |= DirtyModifier;
        if (!isWritable || !isDirty) entry |= ReadOnly;
        if (!isWritable && isDirty) entry |= WasDirty;
        if ((flags & PageFlags.Accessed) != 0) entry |= Accessed;
        if ((flags & PageFlags.Global) == 0) entry |= NotGlobal;
        return entry;
    }

    public static PageFlags DecodePage(ulong entry, ulong tableRights)
    {
        PageFlags flags = PageFlags.Present | CachingOf((entry >> MemoryTypeShift) & MemoryTypeMask);
        bool isReadOnly = (entry & ReadOnly) != 0;
        bool isWritable = !isReadOnly || (entry & DirtyModifier) != 0;
        ulong noExecute = entry | ((tableRights & (TableKernelNoExecute | TableUserNoExecute)) >> 6);
        if (isWritable && (tableRights & TableReadOnly) == 0) flags |= PageFlags.Writable;
        if ((entry & User) != 0 && (tableRights & TableNoUser) == 0) flags |= PageFlags.User;
        if ((noExecute & KernelNoExecute) == 0 || (noExecute & UserNoExecute) == 0) flags |= PageFlags.Executable;
        if (!isReadOnly || (entry & WasDirty) != 0) flags |= PageFlags.Dirty;
        if ((entry & Accessed) != 0) flags |= PageFlags.Accessed;
        if ((entry & NotGlobal) == 0) flags |= PageFlags.Global;
        return flags;
    }

    public static PageFlags DecodeTable(ulong entry)
    {
        const ulong NoExecute = TableKernelNoExecute | TableUserNoExecute;
        PageFlags flags = PageFlags.Present;
        if ((entry & TableReadOnly) == 0) flags |= PageFlags.Writable;
        if ((entry & TableNoUser) == 0) flags |= PageFlags.User;
        if ((entry & NoExecute) != NoExecute) flags |= PageFlags.Executable;
        return flags;
    }

    private static ulong MemoryTypeOf(PageFlags flags)
    {
        bool isWriteThrough = (flags & PageFlags.WriteThrough) != 0;
        if ((flags & PageFlags.WriteCombining) != 0) return NotCachedType;
        if ((flags & PageFlags.CacheDisabled) != 0) return isWriteThrough ? StrictDeviceType : DeviceType;
        return isWriteThrough ? WriteThroughType : WriteBackType;
    }

    private static PageFlags CachingOf(ulong memoryType)
    {
        switch (memoryType)
        {
            case WriteBackType: return PageFlags.None;
            case WriteThroughType: return PageFlags.WriteThrough;
            case NotCachedType: return PageFlags.WriteCombining;
            case DeviceType: return PageFlags.CacheDisabled;
            default: return PageFlags.CacheDisabled | PageFlags.WriteThrough;
        }
    }
}
