namespace MemOS.Memory.Heap;

/// <summary>What became of a block that was given back. Everything but <see cref="Ok"/> is a refusal: counted, nothing changed.</summary>
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
}
