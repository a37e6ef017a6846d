namespace MemOS.Lab.Heaps;

/// <summary>A line of a heap's trace, its block's name replaced by a place in an array.</summary>
/// <param name="verb">What is done.</param>
/// <param name="slot">The block's place among the live ones: no other live block has it.</param>
/// <param name="sizeBytes">The bytes that are asked for; of a free, 0.</param>
/// <param name="line">The line's number, from 1 on.</param>
internal readonly struct HeapOperation(HeapVerb verb, int slot, ulong sizeBytes, long line)
{
    public HeapVerb Verb { get; } = verb;

    public int Slot { get; } = slot;

    public ulong SizeBytes { get; } = sizeBytes;

    public long Line { get; } = line;
}
