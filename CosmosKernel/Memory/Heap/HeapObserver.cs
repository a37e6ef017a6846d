namespace MemOS.Memory.Heap;

/// <summary>Who is told of every call of a heap that gave, moved or took back a block.</summary>
/// <remarks>It must not call the heap. A block that was resized where it lies is told of as moved to where it was.</remarks>
internal readonly unsafe struct HeapObserver
{
    /// <summary>A block, and the bytes that were asked for.</summary>
    internal readonly delegate*<byte*, nuint, void> Allocated;

    /// <summary>A block, what became of it, and the bytes that were asked for.</summary>
    internal readonly delegate*<byte*, byte*, nuint, void> Reallocated;

    /// <summary>What was a block.</summary>
    internal readonly delegate*<byte*, void> Freed;

    internal HeapObserver(delegate*<byte*, nuint, void> allocated, delegate*<byte*, byte*, nuint, void> reallocated, delegate*<byte*, void> freed)
    {
        Allocated = allocated;
        Reallocated = reallocated;
        Freed = freed;
    }

    internal bool IsThere => Allocated != null;
}
