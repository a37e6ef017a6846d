namespace Cosmos.Core.Memory;

/// <summary>Raw blocks, as the installed kit knows them: signatures to compile against, without bodies.</summary>
public static unsafe class Heap
{
    /// <summary>Prepares the heap.</summary>
    public static void Init() => throw null!;

    /// <summary>A block of another size with the old one's content.</summary>
    public static byte* Realloc(byte* aPtr, uint newSize) => throw null!;

    /// <summary>A zeroed block.</summary>
    public static byte* Alloc(uint aSize) => throw null!;

    /// <summary>A zeroed block's address.</summary>
    public static uint SafeAlloc(uint aSize) => throw null!;

    /// <summary>Gives a block back.</summary>
    public static void Free(void* aPtr) => throw null!;

    /// <summary>Frees the objects that nothing refers to; returns how many.</summary>
    public static int Collect() => throw null!;

    /// <summary>Marks an object and what it refers to.</summary>
    public static void MarkAndSweepObject(void* aPtr) => throw null!;
}
