using System.Runtime.CompilerServices;
using Cosmos.Core.Memory;

namespace Cosmos.Core;

/// <summary>What the compiler and the runtime ask of the memory of managed objects.</summary>
/// <remarks>The defaults allocate from <see cref="Heap"/> and never collect; MemOS replaces them.</remarks>
public static unsafe class GCImplementation
{
    private const ulong MiB = 1024 * 1024;

    /// <summary>Prepares the allocation of objects. The first of the three, before <c>RAT.Init</c> and <c>Heap.Init</c>.</summary>
    public static void Init()
    {
        // The defaults keep all their state in RAT and Heap, which are initialised next.
    }

    /// <summary>Gives zeroed memory for an object of <paramref name="aSize"/> bytes; stops when there is none.</summary>
    public static CosmosAddress AllocNewObject(CosmosAddress aSize) => Heap.SafeAlloc(aSize);

    /// <summary>Gives an object's memory back. Nobody may use the object afterwards.</summary>
    public static void Free(object aObj) => Heap.Free(GetPointer(aObj));

    /// <summary>The free memory in MiB.</summary>
    public static ulong GetAvailableRAM() => (ulong)RAT.FreePageCount * RAT.PageSize / MiB;

    /// <summary>The memory in use, in bytes.</summary>
    public static CosmosAddress GetUsedRAM() => (RAT.TotalPageCount - RAT.FreePageCount) * RAT.PageSize;

    /// <summary>The address of an object.</summary>
    public static CosmosAddress* GetPointer(object aObj) => *(CosmosAddress**)Unsafe.AsPointer(ref aObj);

    /// <summary>Counts a root. Nothing is collected, so nothing is counted.</summary>
    public static void IncRootCount(ushort* aPtr)
    {
    }

    /// <summary>Counts a root less. Nothing is collected, so nothing is counted.</summary>
    public static void DecRootCount(ushort* aPtr)
    {
    }
}
