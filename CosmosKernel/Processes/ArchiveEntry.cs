using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>A file of an <see cref="Archive"/>.</summary>
public readonly unsafe struct ArchiveEntry
{
    /// <summary>All of it.</summary>
    public ArchiveEntry(string name, byte* bytes, PhysAddr start, ulong sizeBytes)
    {
        Name = name;
        Bytes = bytes;
        Start = start;
        SizeBytes = sizeBytes;
    }

    /// <summary>Its path, without a slash at the beginning.</summary>
    public string Name { get; }

    /// <summary>Its bytes.</summary>
    public byte* Bytes { get; }

    /// <summary>Where they are in physical memory.</summary>
    public PhysAddr Start { get; }

    /// <summary>How many there are.</summary>
    public ulong SizeBytes { get; }
}
