namespace MemOS.Memory.Heap;

/// <summary>How a tracked block lies in memory.</summary>
internal enum BlockKeeping : byte
{
    /// <summary>As the layer below gave it.</summary>
    Bare,

    /// <summary>Between red zones.</summary>
    Zoned,

    /// <summary>At the end of pages of its own, with one that is not mapped behind them.</summary>
    Guarded,
}
