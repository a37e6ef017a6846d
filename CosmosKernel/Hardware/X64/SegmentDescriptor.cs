namespace MemOS.Hardware;

/// <summary>An entry of the segment table (Intel SDM vol. 3, 3.4.5, 5.2.1 and 8.2.3). In long mode only type, privilege and width count.</summary>
public readonly struct SegmentDescriptor
{
    private const ulong FlatLimit = 0x000F_0000_0000_FFFF;
    private const ulong Accessed = 1ul << 40;
    private const ulong ReadableOrWritable = 1ul << 41;
    private const ulong Executable = 1ul << 43;
    private const ulong CodeOrData = 1ul << 44;
    private const ulong Present = 1ul << 47;
    private const ulong Long = 1ul << 53;
    private const ulong Default32 = 1ul << 54;
    private const ulong PageGranular = 1ul << 55;
    private const ulong AvailableTaskState = 9ul << 40;
    private const int PrivilegeShift = 45;

    private SegmentDescriptor(ulong value) => Value = value;

    /// <summary>The entry's eight bytes.</summary>
    public ulong Value { get; }

    /// <summary>64-bit code of a privilege level, 0 (kernel) or 3 (user).</summary>
    public static SegmentDescriptor Code64(int privilege) => Flat(privilege, Executable | Long);

    /// <summary>Data of a privilege level.</summary>
    public static SegmentDescriptor Data(int privilege) => Flat(privilege, Default32);

    /// <summary>The lower half of a task state's entry; the upper half is the address's upper 32 bits.</summary>
    public static SegmentDescriptor TaskState(ulong address, uint sizeBytes)
    {
        ulong limit = sizeBytes - 1;
        return new SegmentDescriptor(
            (limit & 0xFFFF) | (address & 0xFF_FFFF) << 16 | AvailableTaskState | Present | (limit >> 16 & 0xF) << 48 | (address >> 24 & 0xFF) << 56);
    }

    private static SegmentDescriptor Flat(int privilege, ulong bits) =>
        new(FlatLimit | Accessed | ReadableOrWritable | CodeOrData | Present | PageGranular | (ulong)privilege << PrivilegeShift | bits);
}
