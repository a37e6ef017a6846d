using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>One range of the firmware's memory map.</summary>
public class MemoryMapBlock
{
    /// <summary>The physical address of the first byte.</summary>
    public ulong Address;

    /// <summary>The length in bytes.</summary>
    public ulong Length;

    /// <summary>What the range is: 1 usable, 2 reserved, 3 ACPI tables, 4 ACPI storage, 5 defective.</summary>
    public uint Type;
}

/// <summary>One range of the firmware's memory map as the boot loader hands it over.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct RawMemoryMapBlock
{
    /// <summary>The physical address of the first byte.</summary>
    [FieldOffset(0)]
    public ulong Address;

    /// <summary>The length in bytes.</summary>
    [FieldOffset(8)]
    public ulong Length;

    /// <summary>What the range is.</summary>
    [FieldOffset(16)]
    public uint Type;

    /// <summary>Unused.</summary>
    [FieldOffset(20)]
    public uint Zero;
}
