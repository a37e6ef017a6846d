namespace MemOS.Memory.Heap;

/// <summary>A place in the list of a heap's live blocks; the default is before the first.</summary>
public struct HeapCursor
{
    internal nuint Bucket;
    internal nuint Position;
}
