namespace MemOS.Lab.Heaps;

/// <summary>What a line of a heap's trace does.</summary>
internal enum HeapVerb
{
    Allocate,
    Reallocate,
    Free,
}
