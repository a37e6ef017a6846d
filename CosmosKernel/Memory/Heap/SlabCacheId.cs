namespace MemOS.Memory.Heap;

/// <summary>A cache of a caller's own in a kernel heap.</summary>
public readonly struct SlabCacheId
{
    internal SlabCacheId(uint index) => Index = index;

    internal uint Index { get; }
}
