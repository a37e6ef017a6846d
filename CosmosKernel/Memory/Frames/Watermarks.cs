namespace MemOS.Memory.Frames;

/// <summary>How many frames of a zone stay free for whom.</summary>
/// <remarks>
/// An allocation first looks for a zone that stays at or above <see cref="Low"/>, then for one that stays at or above
/// <see cref="Min"/>; what is below is for urgent requests, those that free memory or cannot fail. Reclaim starts below Low and
/// ends at <see cref="High"/>. A request that would rather have another zone leaves <see cref="ForOthers"/> more alone, so that
/// ordinary use does not empty the memory that only some devices can reach.
/// </remarks>
public readonly struct Watermarks
{
    private const ulong FramesPerMin = 256;
    private const ulong SmallestMin = 8;
    private const ulong LargestMin = 4096;
    private const ulong FramesPerForOthers = 16;

    private Watermarks(ulong min, ulong forOthers)
    {
        Min = min;
        Low = min + min / 4;
        High = min + min / 2;
        ForOthers = forOthers;
    }

    /// <summary>Only urgent requests go below.</summary>
    public ulong Min { get; }

    /// <summary>Below this the zone is short of memory.</summary>
    public ulong Low { get; }

    /// <summary>At or above this the zone is well.</summary>
    public ulong High { get; }

    /// <summary>What requests for other zones leave alone on top.</summary>
    public ulong ForOthers { get; }

    /// <summary>The marks of a zone that manages <paramref name="frameCount"/> frames: a 256th as Min, from 32 KiB to 16 MiB, never more than an eighth.</summary>
    public static Watermarks For(ulong frameCount)
    {
        ulong min = frameCount / FramesPerMin;
        min = min < SmallestMin ? SmallestMin : min > LargestMin ? LargestMin : min;
        if (min > frameCount / 8) min = frameCount / 8;
        return new Watermarks(min, frameCount / FramesPerForOthers);
    }
}
