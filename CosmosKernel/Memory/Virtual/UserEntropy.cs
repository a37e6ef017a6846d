namespace MemOS.Memory.Virtual;

/// <summary>How many random bits of pages each part of a process is moved by.</summary>
public readonly struct UserEntropy
{
    /// <summary>All of them.</summary>
    public UserEntropy(int stackBits, int anywhereBits, int imageBits, int heapBits)
    {
        StackBits = stackBits;
        AnywhereBits = anywhereBits;
        ImageBits = imageBits;
        HeapBits = heapBits;
    }

    /// <summary>Bits of the stack's top.</summary>
    public int StackBits { get; }

    /// <summary>Bits of the place for areas that lie anywhere.</summary>
    public int AnywhereBits { get; }

    /// <summary>Bits of the image, when it runs anywhere.</summary>
    public int ImageBits { get; }

    /// <summary>Bits of the gap between the image's end and the heap.</summary>
    public int HeapBits { get; }

    internal ulong StackMask => (1UL << StackBits) - 1;

    internal ulong AnywhereMask => (1UL << AnywhereBits) - 1;

    internal ulong ImageMask => (1UL << ImageBits) - 1;

    internal ulong HeapMask => (1UL << HeapBits) - 1;
}
