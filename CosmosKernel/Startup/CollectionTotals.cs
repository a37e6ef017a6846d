namespace MemOS.Startup;

/// <summary>What collections did since the start.</summary>
public struct CollectionTotals
{
    /// <summary>Collections.</summary>
    public ulong Count { get; internal set; }

    /// <summary>Of them those that a program asked for.</summary>
    public ulong Requested { get; internal set; }

    /// <summary>Of them those that memory that was gone caused.</summary>
    public ulong ForExhaustion { get; internal set; }

    /// <summary>Objects freed.</summary>
    public ulong FreedObjects { get; internal set; }

    /// <summary>Their bytes.</summary>
    public ulong FreedBytes { get; internal set; }

    /// <summary>Objects that the last one freed.</summary>
    public ulong LastFreedObjects { get; internal set; }

    /// <summary>Their bytes.</summary>
    public ulong LastFreedBytes { get; internal set; }

    /// <summary>Bytes that the last one left.</summary>
    public ulong SurvivedBytes { get; internal set; }

    /// <summary>Steps of the time-stamp counter that the last one took.</summary>
    public ulong LastPauseSteps { get; internal set; }

    /// <summary>Steps of the longest.</summary>
    public ulong LongestPauseSteps { get; internal set; }

    /// <summary>Steps of all.</summary>
    public ulong PauseSteps { get; internal set; }

    /// <summary>Times that the mark stack was too short.</summary>
    public ulong Rescans { get; internal set; }

    /// <summary>Attempts for which a processor did not stand still in time.</summary>
    public ulong Stuck { get; internal set; }

    /// <summary>Allocations for which there was no memory, even after a collection.</summary>
    public ulong Exhaustions { get; internal set; }
}
