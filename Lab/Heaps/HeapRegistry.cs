using System.Collections.Generic;
using System.Linq;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>The heaps that traces are replayed on, by name.</summary>
internal static class HeapRegistry
{
    private const string HostHeap = "glibc";

    /// <summary>The names: the kernel's, as <c>heap.policy=</c> takes them, and the host's.</summary>
    public static IReadOnlyList<string> Names { get; } = ["slab", HostHeap];

    /// <summary>A replay on a new heap called <paramref name="name"/>.</summary>
    /// <exception cref="LabException">There is none; those that there are are named.</exception>
    public static HeapReplay NewReplay(string name, ulong memoryFrames)
    {
        ulong memoryBytes = FrameNumber.BytesOf(memoryFrames);
        if (!Names.Contains(name)) throw new LabException($"there is no heap '{name}': {string.Join(", ", Names)}");
        return name == HostHeap
            ? new HeapReplay<NativeHeap>(new NativeHeap("libc.so.6"), memoryBytes)
            : new HeapReplay<SlabHeap>(new SlabHeap(memoryFrames), memoryBytes);
    }
}
