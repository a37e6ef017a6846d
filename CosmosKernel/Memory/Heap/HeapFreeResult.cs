namespace MemOS.Memory.Heap;

/// <summary>What became of a block that was given back, or what a check found.</summary>
/// <remarks>Up to <see cref="WrongSize"/> it is a refusal: counted, nothing changed. What follows is damage that a checking heap finds; the block is freed all the same.</remarks>
public enum HeapFreeResult
{
    /// <summary>The block is free, or there was none: the pointer was null.</summary>
    Ok = 0,

    /// <summary>The block is free already.</summary>
    DoubleFree,

    /// <summary>The pointer lies in a block or in a slab, but not where a block begins.</summary>
    Interior,

    /// <summary>The page is not this heap's: never was, or no longer is because its last block was freed.</summary>
    Foreign,

    /// <summary>The block is not of the size that the caller said.</summary>
    WrongSize,

    /// <summary>Something behind the block's end was written.</summary>
    Overflow,

    /// <summary>Something before the block's start was written.</summary>
    Underflow,

    /// <summary>The block was written after it had been freed.</summary>
    UseAfterFree,

    /// <summary>The descriptor of the block's slab is not as the heap wrote it; what lies there is left alone.</summary>
    CorruptHeader,
}
