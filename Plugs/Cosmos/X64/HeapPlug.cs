using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Cosmos's raw blocks come from MemOS's kernel heap.</summary>
[Plug(typeof(Heap))]
public static unsafe class HeapPlug
{
    /// <summary>Nothing is left to do: <see cref="GCImplementationPlug.Init"/> has brought the heap up.</summary>
    public static void Init() => KernelAssert.That(KernelMemory.IsUp, "Heap.Init: the memory is not up");

    /// <summary>A zeroed block; null when there is no memory.</summary>
    public static byte* Alloc(CosmosAddress aSize) => KernelMemory.AllocateBlock(aSize);

    /// <summary>A zeroed block's address; stops when there is no memory.</summary>
    public static CosmosAddress SafeAlloc(CosmosAddress aSize)
    {
        byte* block = KernelMemory.AllocateBlock(aSize);
        if (block == null) KernelStop.Panic("Heap.SafeAlloc: no memory for ", aSize, " bytes");
        return (CosmosAddress)block;
    }

    /// <summary>A block of another size with the old one's content, zero behind it; null, with the old block as it was, when there is no memory.</summary>
    public static byte* Realloc(byte* aPtr, CosmosAddress newSize) => KernelMemory.ReallocateBlock(aPtr, newSize);

    /// <summary>Gives a block back; a pointer that is no block's is refused, and the heap counts it.</summary>
    public static void Free(void* aPtr)
    {
        if (aPtr != null) KernelMemory.Heap.Free(aPtr);
    }

    /// <summary>Collects the objects that nothing reaches, and gives empty slabs of both heaps back to the zones. Returns how many objects were freed.</summary>
    public static int Collect()
    {
        if (!ObjectMemory.TryCollect()) return 0;
        KernelMemory.Heap.Trim();
        KernelMemory.Objects.Trim();
        return (int)ObjectMemory.Totals.LastFreedObjects;
    }

    /// <summary>The bytes that can be used of a block; 0 for a pointer that is no block's.</summary>
    public static CosmosAddress GetSize(void* aPtr) => (CosmosAddress)KernelMemory.Heap.SizeOf(aPtr);
}
