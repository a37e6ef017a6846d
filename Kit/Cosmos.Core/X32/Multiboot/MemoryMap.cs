using System.Runtime.InteropServices;

namespace Cosmos.Core.Multiboot.Tags;

/// <summary>The memory map's tag (Multiboot2 specification, 3.6.8).</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
public readonly struct MemoryMap
{
    /// <summary>6.</summary>
    [FieldOffset(0)]
    public readonly uint Type;

    /// <summary>Bytes of the tag, its entries included.</summary>
    [FieldOffset(4)]
    public readonly uint Size;

    /// <summary>Bytes of an entry.</summary>
    [FieldOffset(8)]
    public readonly uint EntrySize;

    /// <summary>0.</summary>
    [FieldOffset(12)]
    public readonly uint EntryVersion;

    /// <summary>The first entry.</summary>
    [FieldOffset(16)]
    public readonly RawMemoryMapBlock MemoryMapEntries;
}
