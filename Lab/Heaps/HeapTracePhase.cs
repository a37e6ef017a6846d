namespace MemOS.Lab.Heaps;

/// <summary>A part of a synthetic trace.</summary>
/// <param name="Share">Its part of all operations; only the ratio to the other phases' counts.</param>
/// <param name="Kinds">The blocks that are allocated in it. Those of earlier phases live on.</param>
internal sealed record HeapTracePhase(int Share, params BlockKind[] Kinds);
