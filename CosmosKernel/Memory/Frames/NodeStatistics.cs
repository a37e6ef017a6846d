namespace MemOS.Memory.Frames;

/// <summary>What became of the requests for a node's memory, and from it.</summary>
public readonly struct NodeStatistics
{
    internal NodeStatistics(ulong local, ulong remote, ulong missed)
    {
        Local = local;
        Remote = remote;
        Missed = missed;
    }

    /// <summary>Requests for the node that the node served.</summary>
    public ulong Local { get; }

    /// <summary>Requests for other nodes that the node served.</summary>
    public ulong Remote { get; }

    /// <summary>Requests for the node that others served.</summary>
    public ulong Missed { get; }
}
