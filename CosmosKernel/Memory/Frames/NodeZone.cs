using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>The RAM of one node in one band of a zone layout, as <see cref="ZonePlanner"/> tells it.</summary>
public readonly struct NodeZone
{
    internal NodeZone(NodeId node, ZoneKind kind, FrameRange span, ulong presentFrames)
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
}
