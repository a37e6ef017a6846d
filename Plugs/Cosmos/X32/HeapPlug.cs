using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Cosmos's raw blocks come from MemOS's kernel heap, which the collector never frees.</summary>
/// <remarks>Interrupts are masked as in <see cref="GCImplementationPlug"/>.</remarks>
[Plug(Target = typeof(Heap))]
public static unsafe class HeapPlug
{
    /// <summary>Nothing is left to do: <see cref="GCImplementationPlug.Init"/> has brought the heap up.</summary>
    public static void Init() => KernelAssert.That(KernelMemory.IsUp, "Heap.Init: the memory is not up");

    /// <summary>A zeroed block; null when there is no memory.</summary>
    public static byte* Alloc(uint aSize)
    {
        bool wereOn = Cpu.DisableInterrupts();
        byte* block = KernelMemory.AllocateBlock(aSize);
        Cpu.RestoreInterrupts(wereOn);
        return block;
    }

    /// <summary>A zeroed block's address; stops when there is no memory.</summary>
    public static uint SafeAlloc(uint aSize)
    {
        byte* block = Alloc(aSize);
        if (block == null) KernelStop.Panic("Heap.SafeAlloc: no memory for ", aSize, " bytes");
        return (uint)block;
    }

    /// <summary>A block of another size with the old one's content, zero behind it; null, with the old block as it was, when there is no memory.</summary>
    public static byte* Realloc(byte* aPtr, uint newSize)
    {
        bool wereOn = Cpu.DisableInterrupts();
        byte* block = KernelMemory.ReallocateBlock(aPtr, newSize);
        Cpu.RestoreInterrupts(wereOn);
        return block;
    }

    /// <summary>Gives a block back, or an object; a pointer that is neither is refused, and the heap counts it.</summary>
    public static void Free(void* aPtr)
    {
        if (aPtr == null) return;
        bool wereOn = Cpu.DisableInterrupts();
        if (KernelMemory.Objects.IsObject(aPtr)) ObjectMemory.Free(aPtr);
        else KernelMemory.Heap.Free(aPtr);
        Cpu.RestoreInterrupts(wereOn);
    }

    /// <summary>Frees the objects that nothing refers to, and gives empty slabs of both heaps back to the zones. Returns how many objects that were.</summary>
    public static int Collect()
    {
        if (!ObjectMemory.TryCollect()) return 0;
        bool wereOn = Cpu.DisableInterrupts();
        KernelMemory.Heap.Trim();
        KernelMemory.Objects.Trim();
        Cpu.RestoreInterrupts(wereOn);
        return (int)ObjectMemory.Totals.LastFreedObjects;
    }
}
