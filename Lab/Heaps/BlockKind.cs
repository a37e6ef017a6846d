namespace MemOS.Lab.Heaps;

/// <summary>Blocks of a synthetic trace that behave alike.</summary>
/// <param name="Weight">How often such a block is allocated in relation to the other kinds.</param>
/// <param name="MeanLife">
/// How many operations a block lives on the average; lives are distributed exponentially, so that an old block is as likely to go as a young one.
/// 0: to the end of the trace.
/// </param>
/// <param name="GrowthPercent">What a reallocation adds to the block, in per cent; 0 for a block that keeps its size.</param>
/// <param name="Bands">The sizes; of a block that grows, those at which it stops: it begins at a sixteenth, at least 16 bytes.</param>
internal sealed record BlockKind(int Weight, int MeanLife, int GrowthPercent, params SizeBand[] Bands);
