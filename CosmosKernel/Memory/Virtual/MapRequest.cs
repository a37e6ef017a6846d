using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>What a program wants to have mapped, as mmap(2) puts it.</summary>
public readonly unsafe struct MapRequest
{
    /// <summary>Memory of the process's own: <paramref name="sizeBytes"/> bytes of zeros wherever there is room.</summary>
    public MapRequest(ulong sizeBytes, AreaAccess access)
        : this(VirtAddr.Zero, Placement.Anywhere, sizeBytes, AreaKind.Private, access, null, 0)
    {
    }

    /// <summary>All of it.</summary>
    /// <param name="wanted">Where; 0 with <see cref="Placement.Anywhere"/> is no wish.</param>
    /// <param name="placement">How much that matters.</param>
    /// <param name="sizeBytes">How much; rounded up to pages.</param>
    /// <param name="kind">Where the pages come from.</param>
    /// <param name="access">What may be done with them.</param>
    /// <param name="backing">The object that <paramref name="kind"/> speaks of, or null; the area becomes a user of it.</param>
    /// <param name="offset">The object's page, or the device's frame, to begin with.</param>
    public MapRequest(
        VirtAddr wanted, Placement placement, ulong sizeBytes, AreaKind kind, AreaAccess access, MemoryObject* backing, ulong offset)
    {
        Wanted = wanted;
        Placement = placement;
        SizeBytes = sizeBytes;
        Kind = kind;
        Access = access;
        Backing = backing;
        Offset = offset;
    }

    /// <summary>Where.</summary>
    public VirtAddr Wanted { get; }

    /// <summary>How much <see cref="Wanted"/> matters.</summary>
    public Placement Placement { get; }

    /// <summary>How much.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Where the pages come from.</summary>
    public AreaKind Kind { get; }

    /// <summary>What may be done with them.</summary>
    public AreaAccess Access { get; }

    /// <summary>The object, or null.</summary>
    public MemoryObject* Backing { get; }

    /// <summary>The object's page, or the device's frame, to begin with.</summary>
    public ulong Offset { get; }
}
