using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>An entry of the firmware's memory map as the boot loader hands it over: 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct BootMemoryEntry
{
    private readonly ulong _start;
    private readonly ulong _sizeBytes;
    private readonly uint _type;
    private readonly uint _unused;

    /// <summary>An entry of type 1 usable, 2 reserved, 3 ACPI tables, 4 ACPI storage or 5 defective.</summary>
    public BootMemoryEntry(PhysAddr start, ulong sizeBytes, uint type)
    {
        _start = start.Value;
        _sizeBytes = sizeBytes;
        _type = type;
        _unused = 0;
    }

    /// <summary>The first address.</summary>
    public PhysAddr Start => PhysAddr.FromTrusted(_start);

    /// <summary>The length in bytes.</summary>
    public ulong SizeBytes => _sizeBytes;

    /// <summary>The kind; a type that nobody has defined is not to be used, so it counts as reserved.</summary>
    public MemoryKind Kind
    {
        get
        {
            switch (_type)
            {
                case 1: return MemoryKind.Usable;
                case 3: return MemoryKind.AcpiReclaimable;
                case 4: return MemoryKind.AcpiNvs;
                case 5: return MemoryKind.Bad;
                default: return MemoryKind.Reserved;
            }
        }
    }
}

/// <summary>What the boot loader said, as far as memory is concerned; pointers are readable before and after paging changes.</summary>
public unsafe struct BootInformation
{
    /// <summary>The firmware's memory map.</summary>
    public BootMemoryEntry* Entries;

    /// <summary>How many entries there are.</summary>
    public int EntryCount;

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
