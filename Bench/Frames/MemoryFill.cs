namespace MemOS.Bench.Frames;

/// <summary>Which frames are in use while others are allocated and freed.</summary>
internal enum MemoryFill
{
    /// <summary>None.</summary>
    Empty,

    /// <summary>Every second one.</summary>
    EverySecond,

    /// <summary>The lower half of them.</summary>
    LowerHalf,
}
