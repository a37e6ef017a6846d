using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>The firmware's memory map as the boot loader left it: any number of entries, in any order.</summary>
public readonly unsafe struct BootMemoryEntries
{
    private readonly byte* _first;
    private readonly ulong _strideBytes;

    /// <summary>The <paramref name="count"/> entries from <paramref name="first"/> on, each <paramref name="strideBytes"/> after the one before it.</summary>
    public BootMemoryEntries(byte* first, int count, uint strideBytes)
    {
        _first = first;
        _strideBytes = strideBytes;
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The entry at <paramref name="index"/>.</summary>
    public BootMemoryEntry this[int index]
    {
        get
        {
            KernelAssert.That((uint)index < (uint)Count, "BootMemoryEntries: no such entry");
            return *(BootMemoryEntry*)(_first + ((ulong)index * _strideBytes)); // SAFETY: the index was checked.
        }
    }
}
