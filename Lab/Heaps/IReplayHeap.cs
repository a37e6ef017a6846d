using System;
using MemOS.Memory.Heap;

namespace MemOS.Lab.Heaps;

/// <summary>A heap that traces are replayed on; a struct, so that the loop around it is compiled for it. A copy is the same heap.</summary>
internal unsafe interface IReplayHeap : IDisposable
{
    /// <summary>A block of any content; null when there is no memory.</summary>
    byte* Allocate(nuint sizeBytes);

    /// <summary>Makes a block hold so many bytes, perhaps elsewhere; null, and the block as before, when there is no memory.</summary>
    byte* Reallocate(byte* block, nuint sizeBytes);

    /// <summary>Gives a block back; null is none and fine.</summary>
    /// <returns>What became of it: what is not Ok is the heap's refusal, or damage that it found.</returns>
    HeapFreeResult Free(byte* block);

    /// <summary>How many bytes a block holds, at least what was asked for.</summary>
    nuint SizeOf(byte* block);

    /// <summary>The memory that the heap has taken, its tables included.</summary>
    ulong FootprintBytes { get; }

    /// <summary>The most that it had; 0 when the heap does not count that, and the samples must do.</summary>
    ulong PeakFootprintBytes { get; }

    /// <summary>The name of an invariant that is broken; null when all hold, or the heap does not say.</summary>
    string? FindBroken();
}
