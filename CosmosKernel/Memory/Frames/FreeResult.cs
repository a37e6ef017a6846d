namespace MemOS.Memory.Frames;

/// <summary>What became of a free: done, or refused for a reason, with nothing changed.</summary>
public enum FreeResult : byte
{
    /// <summary>The frames are free again.</summary>
    Ok = 0,

    /// <summary>The frame is no RAM, or not of this allocator.</summary>
    Foreign,

    /// <summary>The frame is reserved: it was never handed out.</summary>
    Reserved,

    /// <summary>A block of this order cannot start at the frame.</summary>
    Misaligned,

    /// <summary>The frame is free already.</summary>
    DoubleFree,

    /// <summary>The block at the frame was allocated with another order, or a run ends inside a block.</summary>
    WrongOrder,

    /// <summary>The frame lies inside an allocated block that starts below it.</summary>
    InsideBlock,

    /// <summary>The block has further references.</summary>
    Shared,

    /// <summary>The run starts with an allocated block but goes on over something that is not one.</summary>
    OverFree,
}
