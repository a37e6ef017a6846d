namespace MemOS.Memory.Heap;

/// <summary>The figures of one size class at one moment.</summary>
public readonly unsafe struct SizeClassStatistics
{
    internal SizeClassStatistics(SlabCache* cache, ulong cachedObjects, ulong allocations, ulong requestedBytes)
    {
        ObjectBytes = cache->ObjectSize;
        Slabs = cache->SlabCount;
        SlabPages = cache->SlabCount * cache->PageCount;
        TotalObjects = (ulong)cache->SlabCount * cache->ObjectCount;
        FreeObjects = cache->FreeObjects;
        CachedObjects = cachedObjects;
        Allocations = allocations;
        RequestedBytes = requestedBytes;
        Refills = cache->Refills;
    }

    /// <summary>The size of an object.</summary>
    public ulong ObjectBytes { get; }

    /// <summary>Slabs.</summary>
    public ulong Slabs { get; }

    /// <summary>Their pages.</summary>
    public ulong SlabPages { get; }

    /// <summary>Objects that the slabs hold in all.</summary>
    public ulong TotalObjects { get; }

    /// <summary>Objects that are free in their slabs.</summary>
    public ulong FreeObjects { get; }

    /// <summary>Free objects in front of the slabs: in a magazine, or in the run that is being handed out.</summary>
    public ulong CachedObjects { get; }

    /// <summary>Objects in use.</summary>
    public ulong LiveObjects => TotalObjects - FreeObjects - CachedObjects;

    /// <summary>Objects handed out since the start.</summary>
    public ulong Allocations { get; }

    /// <summary>Objects given back since the start.</summary>
    public ulong Frees => Allocations - LiveObjects;

    /// <summary>Bytes asked for since the start.</summary>
    public ulong RequestedBytes { get; }

    /// <summary>Bytes handed out since the start.</summary>
    public ulong GrantedBytes => Allocations * ObjectBytes;

    /// <summary>How often the layer in front was filled from the slabs.</summary>
    public ulong Refills { get; }
}
