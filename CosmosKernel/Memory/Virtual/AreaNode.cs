using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>An area's place in its <see cref="AreaTree"/>; it lies still while it is in it.</summary>
public unsafe struct AreaNode
{
    internal VirtualArea Value;
    internal AreaNode* Left;
    internal AreaNode* Right;
    internal AreaNode* Parent;

    /// <summary>Free pages between the area before it, or page 0, and this one.</summary>
    internal ulong GapBefore;

    /// <summary>The largest <see cref="GapBefore"/> in the subtree under this node.</summary>
    internal ulong LargestGap;

    /// <summary>Levels of the subtree, 1 for a leaf.</summary>
    internal int Height;

    /// <summary>The area.</summary>
    public readonly VirtualArea Area => Value;

    internal readonly PageNumber Start => Value.Pages.Start;

    internal readonly PageNumber End => Value.Pages.End;
}
