using System.Threading;

namespace MemOS.Memory.Frames;

/// <summary>The zones of a node.</summary>
internal unsafe struct ZoneNode
{
    private fixed byte _start[ZoneKinds.Count];
    private ulong _missed;

    /// <summary>A node without zones.</summary>
    internal static ZoneNode Empty
    {
        get
        {
            ZoneNode node = default;
            for (int kind = 0; kind < ZoneKinds.Count; kind++) node._start[kind] = Zone.None;
            node.Highest = Zone.None;
            return node;
        }
    }

    /// <summary>The number of the highest zone; <see cref="Zone.None"/> when there is none.</summary>
    internal byte Highest { get; set; }

    /// <summary>How many requests for the node were served by another one.</summary>
    internal readonly ulong Missed => _missed;

    /// <summary>The number of the highest zone that a request for <paramref name="kind"/> may use; <see cref="Zone.None"/> when there is none.</summary>
    internal readonly byte Start(ZoneKind kind) => _start[(int)kind];

    internal void CountMiss() => Interlocked.Increment(ref _missed);

    internal void SetStart(ZoneKind kind, byte zone) => _start[(int)kind] = zone;
}
