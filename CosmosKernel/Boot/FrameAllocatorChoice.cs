namespace MemOS.Boot;

/// <summary>The values of <c>frames=</c>: which frame allocator serves the zones.</summary>
public enum FrameAllocatorChoice : byte
{
    /// <summary>Nothing was said.</summary>
    Default,

    /// <summary>A bitmap for small blocks, buddies for large ones.</summary>
    Hybrid,

    /// <summary>Buddies.</summary>
    Buddy,

    /// <summary>A bitmap.</summary>
    Bitmap,
}
