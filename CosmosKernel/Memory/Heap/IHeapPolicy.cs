namespace MemOS.Memory.Heap;

/// <summary>An algorithm that finds room for blocks up to 16 KiB in memory that it is given.</summary>
/// <remarks>
/// A file <c>Memory/Heap/Policies/XPolicy.cs</c> with a struct of that name is known to the kernel as <c>heap.policy=x</c>. It owns no memory
/// and keeps its books in the memory it is given. It need not doubt its caller: the heap hands on only what is a live block's
/// first byte, since it has a bit for each 16 bytes that says so. Its state starts as zeros.
/// </remarks>
public unsafe interface IHeapPolicy
{
    /// <summary>Takes memory to place blocks in, from a multiple of 16 on.</summary>
    void AddExtent(byte* start, nuint sizeBytes);

    /// <summary>Gives memory back that it was given; false when a block lies in it, nothing has changed then.</summary>
    bool TryRemoveExtent(byte* start, nuint sizeBytes);

    /// <summary>A block at a multiple of <paramref name="alignmentBytes"/>, a power of two from 16 on; null when there is no room.</summary>
    byte* Allocate(nuint sizeBytes, nuint alignmentBytes);

    /// <summary>Takes a live block back.</summary>
    void Free(byte* block);

    /// <summary>The bytes that a live block has.</summary>
    nuint SizeOf(byte* block);

    /// <summary>Makes one room of all that is free and side by side, before more memory is asked for or an extent is given back.</summary>
    void Coalesce();

    /// <summary>Whether its books about an extent are in order.</summary>
    bool IsConsistent(byte* start, nuint sizeBytes);
}
