namespace MemOS.Lab.Frames;

/// <summary>How memory looks after some operations.</summary>
/// <param name="Operation">After how many.</param>
/// <param name="UsedFrames">The frames that are not free.</param>
/// <param name="RequestedFrames">Those of them that were asked for.</param>
/// <param name="FreeFrames">The frames that are free.</param>
/// <param name="FreeBlocks">How many blocks of each order the free frames make.</param>
internal sealed record ReplaySample(long Operation, ulong UsedFrames, ulong RequestedFrames, ulong FreeFrames, ulong[] FreeBlocks)
{
    /// <summary>The part of the used frames that nobody asked for, 0 to 1.</summary>
    public double InternalFragmentation => UsedFrames == 0 ? 0 : 1 - (double)RequestedFrames / UsedFrames;

    /// <summary>The part of the free frames that is of no use to a request of <paramref name="order"/>, 0 to 1; 0 when nothing is free.</summary>
    public double ExternalFragmentation(int order)
    {
        if (FreeFrames == 0) return 0;
        ulong useful = 0;
        for (int i = order; i < FreeBlocks.Length; i++) useful += FreeBlocks[i] << i;
        return 1 - (double)useful / FreeFrames;
    }
}
