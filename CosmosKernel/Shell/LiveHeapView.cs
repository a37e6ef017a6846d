using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The kernel's heap as the commands see it.</summary>
public sealed unsafe class LiveHeapView : IHeapView
{
    private const int LongestName = 160;

    /// <inheritdoc/>
    public HeapWatch Watch => KernelMemory.Heap.Watch;

    /// <inheritdoc/>
    public string Policy => KernelMemory.CommandLine.HeapPolicy.IsEmpty ? HeapPolicies.Default : KernelMemory.CommandLine.HeapPolicy.ToString();

    /// <inheritdoc/>
    public HeapStatistics Statistics => KernelMemory.Heap.GetStatistics();

    /// <inheritdoc/>
    public uint CacheLimit => KernelMemory.Heap.CacheLimit;

    /// <inheritdoc/>
    public ulong WatchedAllocations => KernelMemory.Heap.WatchedAllocations;

    /// <inheritdoc/>
    public ulong QuarantinedBlocks => KernelMemory.Heap.QuarantinedBlocks;

    /// <inheritdoc/>
    public ulong FaultCount => KernelMemory.Heap.FaultCount;

    /// <inheritdoc/>
    public bool TryGetClass(uint index, out SizeClassStatistics figures, out string name)
    {
        figures = default;
        name = "";
        if (!KernelMemory.Heap.IsCache(index)) return false;
        figures = KernelMemory.Heap.GetClassStatistics(index);
        var text = new StringBuilder();
        for (int i = 0; KernelMemory.Heap.NameAt(index, i) != 0; i++) text.Append((char)KernelMemory.Heap.NameAt(index, i));
        name = text.ToString();
        return true;
    }

    /// <inheritdoc/>
    public ulong CountOf(HeapFreeResult result) => KernelMemory.Heap.RefusalsFor(result);

    /// <inheritdoc/>
    public bool TryGetFault(uint index, out HeapFault fault) => KernelMemory.Heap.TryGetFault(index, out fault);

    /// <inheritdoc/>
    public bool TryNextBlock(ref HeapCursor cursor, out TrackedBlock block) => KernelMemory.Heap.TryNextBlock(ref cursor, out block);

    /// <inheritdoc/>
    public ulong Check() => KernelMemory.Heap.CheckBlocks();

    /// <inheritdoc/>
    public bool TryMarkReached() => LeakSearch.TryRun();

    /// <inheritdoc/>
    public string NameOf(VirtAddr address)
    {
        byte[] name = new byte[LongestName];
        int length;
        ulong offset;
        fixed (byte* buffer = name) length = NameOf(address, buffer, LongestName, out offset);
        return length == 0 ? address.ToString() : Encoding.ASCII.GetString(name, 0, length) + " + 0x" + offset.ToString("x", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public int NameOf(VirtAddr address, byte* buffer, int capacity, out ulong offset) => default(HeapWatcher.Names).Find(address, buffer, capacity, out offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)] // Callers are many, and none of them in a hurry.
    public nuint Allocate(nuint sizeBytes) => (nuint)KernelMemory.Heap.Allocate(sizeBytes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)] // Callers are many, and none of them in a hurry.
    public HeapFreeResult Free(nuint block) => KernelMemory.Heap.Free((void*)block);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)] // Callers are many, and none of them in a hurry.
    public HeapFreeResult Free(nuint block, nuint sizeBytes) => KernelMemory.Heap.Free((void*)block, sizeBytes);

    /// <inheritdoc/>
    public void Write(VirtAddr address, byte value) => *(byte*)(nuint)address.Value = value; // SAFETY: none; that is what it is for.
}
