namespace MemOS.Memory.Heap;

/// <summary>Which call a block came from.</summary>
public enum BlockKind : byte
{
    /// <summary>Any content, any address.</summary>
    Plain,

    /// <summary>Cleared: what Cosmos's <c>Heap.Alloc</c> gives, too.</summary>
    Zeroed,

    /// <summary>Elements, cleared.</summary>
    Array,

    /// <summary>At a multiple of what its caller asked for.</summary>
    Aligned,

    /// <summary>An object of a caller's own cache.</summary>
    CacheObject,
}
