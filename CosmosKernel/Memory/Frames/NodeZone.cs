using MemOS.Boot;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>The RAM of one node in one band of a zone layout.</summary>
public readonly struct NodeZone
{
    private NodeZone(NodeId node, ZoneKind kind, FrameRange span, ulong presentFrames)
    {
        Node = node;
        Kind = kind;
        Span = span;
        PresentFrames = presentFrames;
    }

    /// <summary>The node.</summary>
    public NodeId Node { get; }

    /// <summary>What the zone is for.</summary>
    public ZoneKind Kind { get; }

    /// <summary>From the first frame of RAM to the last, holes and other nodes' frames between them included; empty without RAM.</summary>
    public FrameRange Span { get; }

    /// <summary>The frames of RAM.</summary>
    public ulong PresentFrames { get; }

    /// <summary>Adds up what <paramref name="node"/> has in the band at <paramref name="band"/>; O(ranges of the map and of the nodes).</summary>
    public static NodeZone Of(in MemoryMap map, in Topology topology, in ZoneLayout layout, NodeId node, int band)
    {
        FrameRange bounds = layout.FramesOf(band);
        FrameRange span = default;
        ulong present = 0;
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange run))
        {
            run = run.Intersect(bounds);
            while (!run.IsEmpty)
            {
                FrameRange front = topology.TakeFront(ref run, out NodeId owner);
                if (owner != node) continue;
                span = FrameRange.FromBounds(present == 0 ? front.Start : span.Start, front.End);
                present += front.Count;
            }
        }

        return new NodeZone(node, layout.KindOf(band), span, present);
    }
}
