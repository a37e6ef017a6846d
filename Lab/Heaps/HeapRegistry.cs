using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>The heaps that traces are replayed on, by name.</summary>
internal static class HeapRegistry
{
    private const string HostHeap = "glibc";

    /// <summary>The kernel's heaps, as <c>heap.policy=</c> takes them.</summary>
    public static IReadOnlyList<string> KernelHeaps
    {
        get
        {
            NameList list = new([HeapPolicies.Default]);
            HeapPolicies.Visit(ref list);
            return list.Names;
        }
    }

    /// <summary>The names: the kernel's heaps, and the host's.</summary>
    public static IReadOnlyList<string> Names => [.. KernelHeaps, HostHeap];

    /// <summary>A replay on a new heap called <paramref name="name"/>, a heap of the kernel's watching its callers as <paramref name="watch"/> says.</summary>
    /// <exception cref="LabException">There is none; those that there are are named.</exception>
    public static HeapReplay NewReplay(string name, ulong memoryFrames, HeapWatch watch = HeapWatch.None)
    {
        ulong memoryBytes = FrameNumber.BytesOf(memoryFrames);
        return name == HostHeap
            ? new HeapReplay<NativeHeap>(new NativeHeap("libc.so.6"), memoryBytes)
            : new HeapReplay<ArenaHeap>(NewKernelHeap(name, memoryFrames, watch), memoryBytes);
    }

    /// <summary>A new heap of the kernel's, called <paramref name="name"/>, watching its callers as <paramref name="watch"/> says.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static ArenaHeap NewKernelHeap(string name, ulong memoryFrames, HeapWatch watch = HeapWatch.None) => KernelHeaps.Contains(name)
        ? new ArenaHeap(memoryFrames, name, watch)
        : throw new LabException($"there is no heap '{name}': {string.Join(", ", Names)}");

    private readonly struct NameList(List<string> names) : IHeapPolicyVisitor
    {
        public List<string> Names => names;

        public void Visit<TPolicy>(string name)
            where TPolicy : unmanaged, IHeapPolicy
            => names.Add(name);
    }
}
