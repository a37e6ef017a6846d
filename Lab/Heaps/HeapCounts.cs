namespace MemOS.Lab.Heaps;

/// <summary>What a replay has counted so far.</summary>
internal struct HeapCounts
{
    /// <summary>Allocations, those that failed included.</summary>
    public long Allocations { get; set; }

    /// <summary>Reallocations, those that failed included.</summary>
    public long Reallocations { get; set; }

    /// <summary>Reallocations that moved the block.</summary>
    public long Moves { get; set; }

    /// <summary>Frees, those of blocks whose allocation failed included: nothing is to be done then.</summary>
    public long Frees { get; set; }

    /// <summary>Allocations and reallocations that failed.</summary>
    public long Failures { get; set; }

    /// <summary>Blocks whose whole content was compared with what was written.</summary>
    public long VerifiedBlocks { get; set; }

    /// <summary>Bytes of live blocks that were asked for.</summary>
    public ulong RequestedBytes { get; set; }

    /// <summary>Bytes that live blocks hold.</summary>
    public ulong GrantedBytes { get; set; }

    /// <summary>The most bytes that were asked for at once.</summary>
    public ulong PeakRequestedBytes { get; set; }

    /// <summary>Blocks in use.</summary>
    public long LiveBlocks { get; set; }

    /// <summary>All operations.</summary>
    public readonly long Operations => Allocations + Reallocations + Frees;
}
