using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What the heap commands read: the kernel's heap, or a test's.</summary>
public interface IHeapView
{
    /// <summary>How closely the heap looks at its callers.</summary>
    HeapWatch Watch { get; }

    /// <summary>The name of what serves small blocks.</summary>
    string Policy { get; }

    /// <summary>The figures of the whole heap.</summary>
    HeapStatistics Statistics { get; }

    /// <summary>Where the numbers of classes and caches end.</summary>
    uint CacheLimit { get; }

    /// <summary>Allocations since watching began.</summary>
    ulong WatchedAllocations { get; }

    /// <summary>Freed blocks that are kept.</summary>
    ulong QuarantinedBlocks { get; }

    /// <summary>Faults found since the start.</summary>
    ulong FaultCount { get; }

    /// <summary>The figures of a class or cache; false when there is none of this number. Its name is empty for a size class.</summary>
    bool TryGetClass(uint index, out SizeClassStatistics figures, out string name);

    /// <summary>How often a free was refused, or damage found.</summary>
    ulong CountOf(HeapFreeResult result);

    /// <summary>A fault that is kept, 0 being the last.</summary>
    bool TryGetFault(uint index, out HeapFault fault);

    /// <summary>The next live block of a heap that tracks.</summary>
    bool TryNextBlock(ref HeapCursor cursor, out TrackedBlock block);

    /// <summary>Looks at all red zones and freed blocks; how many faults that found.</summary>
    ulong Check();

    /// <summary>Marks the blocks that are reached; false when that cannot be told.</summary>
    bool TryMarkReached();

    /// <summary>The name of code, as <c>Type.Method + 0x12</c>.</summary>
    string NameOf(VirtAddr address);

    /// <summary>The same as ASCII, without the distance.</summary>
    unsafe int NameOf(VirtAddr address, byte* buffer, int capacity, out ulong offset);

    /// <summary>A block for a mistake that is made on purpose; 0 when there is no memory.</summary>
    nuint Allocate(nuint sizeBytes);

    /// <summary>Frees it.</summary>
    HeapFreeResult Free(nuint block);

    /// <summary>Frees it, saying a size.</summary>
    HeapFreeResult Free(nuint block, nuint sizeBytes);

    /// <summary>Writes a byte, wherever that is.</summary>
    void Write(VirtAddr address, byte value);
}
