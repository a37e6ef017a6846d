using System;

namespace MemOS.Lab.Frames;

/// <summary>What a replay has counted so far.</summary>
internal struct ReplayCounts
{
    /// <summary>Allocations, those that failed included.</summary>
    public long Allocations { get; set; }

    /// <summary>Frees, those of blocks whose allocation failed included: nothing is to be done then.</summary>
    public long Frees { get; set; }

    /// <summary>Allocations that failed.</summary>
    public long Failures { get; set; }

    /// <summary>Allocations that failed though as many frames were free.</summary>
    public long FailuresByFragmentation { get; set; }

    /// <summary>The most frames that were in use at once.</summary>
    public ulong PeakFrames { get; set; }

    /// <summary>The frames that were asked for and are in use.</summary>
    public ulong RequestedFrames { get; set; }

    /// <summary>The time that the allocator took, and the loop around it.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Allocations and frees.</summary>
    public readonly long Operations => Allocations + Frees;

    /// <summary>The time of an operation in nanoseconds.</summary>
    public readonly double NanosecondsPerOperation => Operations == 0 ? 0 : Elapsed.TotalNanoseconds / Operations;
}
