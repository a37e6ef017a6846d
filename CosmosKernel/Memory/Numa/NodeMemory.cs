using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Numa;

/// <summary>A range of physical addresses that belongs to a node, whether there is RAM in it or not.</summary>
public readonly struct NodeMemory
{
    internal NodeMemory(NodeId node, FrameRange frames, AcpiMemoryTraits traits)
    {
        Node = node;
        Frames = frames;
        Traits = traits;
    }

    /// <summary>The node.</summary>
    public NodeId Node { get; }

    /// <summary>The frames whose first byte is in the range.</summary>
    public FrameRange Frames { get; }

    /// <summary>What the firmware says about the memory.</summary>
    public AcpiMemoryTraits Traits { get; }
}
