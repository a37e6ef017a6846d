using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Frames in a row that somebody wants.</summary>
internal readonly struct RunRequest
{
    internal RunRequest(ulong frameCount, Order alignment, FrameNumber limit, FrameOwner owner)
    {
        FrameCount = frameCount;
        Alignment = alignment;
        Limit = limit;
        Owner = owner;
    }

    /// <summary>How many.</summary>
    internal ulong FrameCount { get; }

    /// <summary>The first frame is a multiple of this order's frames.</summary>
    internal Order Alignment { get; }

    /// <summary>All frames are below this one.</summary>
    internal FrameNumber Limit { get; }

    /// <summary>Who will use them.</summary>
    internal FrameOwner Owner { get; }
}
