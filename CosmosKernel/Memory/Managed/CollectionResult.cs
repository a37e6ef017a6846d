namespace MemOS.Memory.Managed;

/// <summary>What a collection did.</summary>
public readonly struct CollectionResult
{
    internal CollectionResult(ulong freedObjects, ulong freedBytes, ulong allocatedBytes, uint rescans)
    {
        FreedObjects = freedObjects;
        FreedBytes = freedBytes;
        AllocatedBytes = allocatedBytes;
        Rescans = rescans;
    }

    /// <summary>Objects freed.</summary>
    public ulong FreedObjects { get; }

    /// <summary>Their bytes, as their size classes and pages have them.</summary>
    public ulong FreedBytes { get; }

    /// <summary>Bytes taken for new objects since the collection before.</summary>
    public ulong AllocatedBytes { get; }

    /// <summary>How often the heap was searched for objects that the mark stack had no room for.</summary>
    public uint Rescans { get; }
}
