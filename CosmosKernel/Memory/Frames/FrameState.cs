namespace MemOS.Memory.Frames;

/// <summary>What a frame is, as its descriptor says; changed by <see cref="FrameTable.Transition"/> only.</summary>
public enum FrameState : byte
{
    /// <summary>No RAM: a hole that is described because it is small.</summary>
    Absent = 0,

    /// <summary>RAM that no allocator manages.</summary>
    Reserved = 1,

    /// <summary>The first frame of a block that is free to an algorithm that marks them so.</summary>
    Free = 2,

    /// <summary>The first frame of an allocated block.</summary>
    Allocated = 3,

    /// <summary>Any other frame that an allocator manages: inside a block, free or allocated, or free to an algorithm that marks none.</summary>
    Inner = 4,

    /// <summary>A free frame that a CPU's cache has.</summary>
    Cached = 5,
}
