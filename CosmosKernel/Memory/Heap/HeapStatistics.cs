namespace MemOS.Memory.Heap;

/// <summary>The figures of a heap at one moment.</summary>
public struct HeapStatistics
{
    /// <summary>Blocks in use.</summary>
    public ulong LiveBlocks { get; internal set; }

    /// <summary>Bytes that the blocks in use hold.</summary>
    public ulong LiveBytes { get; internal set; }

    /// <summary>Large blocks in use.</summary>
    public ulong LargeBlocks { get; internal set; }

    /// <summary>Pages of large blocks.</summary>
    public ulong LargePages { get; internal set; }

    /// <summary>Slabs.</summary>
    public ulong Slabs { get; internal set; }

    /// <summary>Pages of slabs.</summary>
    public ulong SlabPages { get; internal set; }

    /// <summary>Pages of the heap's own tables.</summary>
    public ulong TablePages { get; internal set; }

    /// <summary>All pages that the heap holds.</summary>
    public readonly ulong TotalPages => SlabPages + LargePages + TablePages;

    /// <summary>Blocks handed out since the start.</summary>
    public ulong Allocations { get; internal set; }

    /// <summary>Blocks given back since the start.</summary>
    public readonly ulong Frees => Allocations - LiveBlocks;

    /// <summary>Bytes asked for since the start.</summary>
    public ulong RequestedBytes { get; internal set; }

    /// <summary>Bytes handed out since the start: what was asked for and what rounding up added.</summary>
    public ulong GrantedBytes { get; internal set; }

    /// <summary>Allocations that failed.</summary>
    public ulong FailedAllocations { get; internal set; }

    /// <summary>Refused: free already.</summary>
    public ulong DoubleFrees { get; internal set; }

    /// <summary>Refused: not where a block begins.</summary>
    public ulong InteriorPointers { get; internal set; }

    /// <summary>Refused: not in a page of the heap.</summary>
    public ulong ForeignPointers { get; internal set; }

    /// <summary>Refused: not of the size that the caller said.</summary>
    public ulong WrongSizes { get; internal set; }

    /// <summary>All refusals.</summary>
    public readonly ulong Refusals => DoubleFrees + InteriorPointers + ForeignPointers + WrongSizes;

    internal void Add(SizeClassStatistics sizeClass)
    {
        LiveBlocks += sizeClass.LiveObjects;
        LiveBytes += sizeClass.LiveObjects * sizeClass.ObjectBytes;
        Slabs += sizeClass.Slabs;
        Allocations += sizeClass.Allocations;
        RequestedBytes += sizeClass.RequestedBytes;
        GrantedBytes += sizeClass.GrantedBytes;
    }
}
