namespace MemOS.Memory.Frames;

/// <summary>What a <see cref="CountedFrames{TFrames}"/> has seen.</summary>
public struct FrameCounters
{
    /// <summary>The requests for blocks and runs.</summary>
    public ulong Requests { get; internal set; }

    /// <summary>The requests that were not served.</summary>
    public ulong Unserved { get; internal set; }

    /// <summary>The frees of blocks and runs.</summary>
    public ulong Frees { get; internal set; }

    /// <summary>The frees that were refused.</summary>
    public ulong Refused { get; internal set; }

    /// <summary>The frames that are handed out now.</summary>
    public ulong CurrentFrames { get; internal set; }

    /// <summary>The most frames that were handed out at a time.</summary>
    public ulong PeakFrames { get; internal set; }

    /// <summary>The frames that served requests wanted, over time.</summary>
    public ulong RequestedFrames { get; internal set; }

    /// <summary>The frames that they were given.</summary>
    public ulong GrantedFrames { get; internal set; }

    /// <summary>The frames that were given beyond what was wanted, over time: internal fragmentation.</summary>
    public readonly ulong WastedFrames => GrantedFrames - RequestedFrames;
}
