namespace MemOS.Memory.Frames;

/// <summary>What can be said of a <see cref="FrameOwner"/>.</summary>
public static class FrameOwners
{
    /// <summary>How many owners there are, <see cref="FrameOwner.None"/> included.</summary>
    public const int Count = 6;

    /// <summary>The owner in a word or two; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this FrameOwner owner) => owner switch
    {
        FrameOwner.Kernel => "kernel",
        FrameOwner.PageTable => "page tables",
        FrameOwner.Heap => "heap",
        FrameOwner.User => "user",
        FrameOwner.Cache => "cache",
        _ => "unnamed",
    };
}
