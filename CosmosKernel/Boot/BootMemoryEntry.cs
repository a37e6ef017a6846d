using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Boot;

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
