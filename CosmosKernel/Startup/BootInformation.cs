using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>What the boot loader said, as far as memory is concerned; pointers other than those into its record are readable before and after paging changes.</summary>
public unsafe struct BootInformation
{
    /// <summary>The firmware's memory map; it lies in the boot loader's record.</summary>
    public BootMemoryEntries Entries;

    /// <summary>A copy of ACPI's root pointer structure; null when the boot loader found none.</summary>
    public byte* RootPointer;

    /// <summary>Bytes of that copy.</summary>
    public int RootPointerBytes;

    /// <summary>The kernel command line, ASCII.</summary>
    public TextSlice CommandLine;

    /// <summary>Where the boot loader's own record lies.</summary>
    public PhysAddr RecordStart;

    /// <summary>Bytes of that record.</summary>
    public ulong RecordBytes;

    /// <summary>Where the screen's memory lies.</summary>
    public PhysAddr ScreenStart;

    /// <summary>Bytes of the screen's memory; 0 without a screen.</summary>
    public ulong ScreenBytes;

    /// <summary>The files loaded beside the kernel: pairs of first address and address after the last byte.</summary>
    public ulong* Modules;

    /// <summary>How many such pairs there are.</summary>
    public int ModuleCount;
}
