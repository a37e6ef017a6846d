namespace MemOS.Memory.Frames;

/// <summary>Who uses an allocated frame, for statistics.</summary>
public enum FrameOwner : byte
{
    /// <summary>Nobody, or nobody said.</summary>
    None = 0,

    /// <summary>The kernel, for what has no kind of its own.</summary>
    Kernel = 1,

    /// <summary>Page tables.</summary>
    PageTable = 2,

    /// <summary>The kernel heap and managed objects.</summary>
    Heap = 3,

    /// <summary>Processes.</summary>
    User = 4,

    /// <summary>Caches that can be emptied when memory is short.</summary>
    Cache = 5,
}
