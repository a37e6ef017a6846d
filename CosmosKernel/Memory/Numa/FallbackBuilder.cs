using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Numa;

/// <summary>Puts, for each node, the nodes with memory in the order to try them.</summary>
/// <remarks>See <see cref="Topology"/> for the rule. O(nodes³) in the worst case, once.</remarks>
internal unsafe struct FallbackBuilder
{
    private readonly TopologyStorage _storage;
    private readonly int _nodeCount;

    /// <summary>How often a node stands first among those that are equally far from some other.</summary>
    private fixed int _burden[NodeId.Limit];

    internal FallbackBuilder(in TopologyStorage storage, int nodeCount)
    {
        _storage = storage;
        _nodeCount = nodeCount;
    }

    internal void Build()
    {
        for (int from = 0; from < _nodeCount; from++) Build(from);
    }

    private void Build(int from)
    {
        ulong left = Candidates(from);
        int count = 0;
        int lastDistance = -1;
        while (left != 0)
        {
            int next = Nearest(from, left);
            int distance = DistanceOf(from, next);
            _storage.Fallback[Topology.Cell(NodeId.FromTrusted(from), count++)] = (byte)next;
            left &= ~(1UL << next);

            // The order of the group is decided by what was before it: the burden grows with its first node alone.
            if (distance != lastDistance && next != from) _burden[next]++;
            lastDistance = distance;
        }

        _storage.Nodes[from].FallbackCount = count;
    }

    /// <summary>The nodes with memory within reach, a bit each.</summary>
    private readonly ulong Candidates(int from)
    {
        ulong nodes = 0;
        for (int node = 0; node < _nodeCount; node++)
        {
            if (_storage.Nodes[node].PresentFrames != 0 && DistanceOf(from, node) != AcpiDistance.OutOfReach) nodes |= 1UL << node;
        }

        return nodes;
    }

    private readonly int Nearest(int from, ulong candidates)
    {
        int best = -1;
        for (int step = 0; step < _nodeCount; step++)
        {
            int node = (from + step) % _nodeCount;
            if ((candidates >> node & 1) != 0 && (best < 0 || IsBetter(from, node, best))) best = node;
        }

        return best;
    }

    private readonly bool IsBetter(int from, int node, int best)
    {
        int nearer = DistanceOf(from, best) - DistanceOf(from, node);
        return nearer > 0 || (nearer == 0 && _burden[node] < _burden[best]);
    }

    private readonly int DistanceOf(int from, int to) => _storage.Distances[Topology.Cell(NodeId.FromTrusted(from), to)];
}
