namespace MemOS.Lab.Heaps;

/// <summary>The first four lines of a heap's trace.</summary>
/// <param name="HeapBytes">A heap that the trace fits in, as its writer suggests.</param>
/// <param name="Ids">The blocks' names are below this one; 0 in a recording.</param>
/// <param name="Operations">The lines that follow; 0 in a recording.</param>
/// <param name="Weight">What the trace counts for beside others, as its writer suggests.</param>
internal readonly record struct HeapTraceHeader(ulong HeapBytes, ulong Ids, ulong Operations, ulong Weight)
{
    /// <summary>Whether it was written before anybody knew what would follow.</summary>
    public bool IsRecording => Ids == 0 && Operations == 0;
}
