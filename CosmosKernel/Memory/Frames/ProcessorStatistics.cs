using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>What became of a processor's requests for frames.</summary>
public readonly struct ProcessorStatistics
{
    internal ProcessorStatistics(NodeId home, ulong fromCaches, ulong fromZones, ulong missed, ulong cachedFrames)
    {
        Home = home;
        FromCaches = fromCaches;
        FromZones = fromZones;
        Missed = missed;
        CachedFrames = cachedFrames;
    }

    /// <summary>The node where its requests start.</summary>
    public NodeId Home { get; }

    /// <summary>Requests that its own caches served, all from its node.</summary>
    public ulong FromCaches { get; }

    /// <summary>Requests that zones served.</summary>
    public ulong FromZones { get; }

    /// <summary>Requests of those that another node served than the one that was wanted.</summary>
    public ulong Missed { get; }

    /// <summary>The free frames in its caches now.</summary>
    public ulong CachedFrames { get; }
}
