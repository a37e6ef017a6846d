using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>One range of the firmware's memory map.</summary>
public sealed class MemoryMapBlock
{
    /// <summary>The physical address of the first byte.</summary>
    public ulong Address;

    /// <summary>The length in bytes.</summary>
    public ulong Length;

    /// <summary>What the range is: 1 usable, 2 reserved, 3 ACPI tables, 4 ACPI storage, 5 defective.</summary>
    public uint Type;
}

/// <summary>One range of the firmware's memory map as the boot loader hands it over.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RawMemoryMapBlock
{
    /// <summary>The type of a range that the kernel may use.</summary>
    public const uint Usable = 1;

    /// <summary>The physical address of the first byte.</summary>
    public ulong Address;

    /// <summary>The length in bytes.</summary>
    public ulong Length;

    /// <summary>What the range is: 1 usable, 2 reserved, 3 ACPI tables, 4 ACPI storage, 5 defective.</summary>
    public uint Type;

    /// <summary>Unused.</summary>
    public uint Reserved;
}
