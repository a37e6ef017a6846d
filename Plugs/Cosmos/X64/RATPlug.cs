using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Cosmos's pages are page-aligned blocks of MemOS's kernel heap; a page's index is its frame's number.</summary>
[Plug(typeof(RAT))]
public static unsafe class RATPlug
{
    /// <summary>Nothing is left to do: <see cref="GCImplementationPlug.Init"/> has brought the memory up.</summary>
    public static void Init(byte* aStartPtr, CosmosAddress aSize) => KernelAssert.That(KernelMemory.IsUp, "RAT.Init: the memory is not up");

    /// <summary>All RAM, in pages.</summary>
    public static CosmosAddress get_TotalPageCount() => (CosmosAddress)KernelMemory.Frames.Statistics.Total;

    /// <summary>Free RAM, in pages.</summary>
    public static CosmosAddress get_FreePageCount() => (CosmosAddress)KernelMemory.Frames.Statistics.Free;

    /// <summary>Where RAM begins as the kernel sees it.</summary>
    public static byte* get_RamStart() => default(DirectMap).Pointer(PhysAddr.Zero);

    /// <summary>Pages in a row; null when there are none.</summary>
    public static void* AllocPages(PageType aType, CosmosAddress aPageCount = 1)
    {
        if (aPageCount == 0 || aPageCount > get_TotalPageCount()) return null;
        return KernelMemory.Heap.AllocateAligned((nuint)aPageCount * (nuint)FrameNumber.SizeBytes, (nuint)FrameNumber.SizeBytes);
    }

    /// <summary>Gives back what <see cref="AllocPages"/> gave; any other index is refused, and the heap counts it.</summary>
    public static void Free(CosmosAddress aPageIdx) => KernelMemory.Heap.Free(PageAt(aPageIdx));

    /// <summary>What the page is used for; Empty when it starts no block.</summary>
    public static PageType GetPageType(void* aPtr) =>
        KernelMemory.Heap.SizeOf(aPtr) == 0 ? PageType.Empty : PageType.HeapLarge;

    /// <summary>The number of free pages for type 0, else that of the heap's.</summary>
    public static CosmosAddress GetPageCount(byte aType = 0)
    {
        return aType == 0 ? get_FreePageCount() : (CosmosAddress)KernelMemory.Frames.OwnedBy(FrameOwner.Heap);
    }

    /// <summary>The index of the first page of the block at <paramref name="aPtr"/>; the page count when it starts none.</summary>
    public static CosmosAddress GetFirstRATIndex(void* aPtr)
    {
        if (KernelMemory.Heap.SizeOf(aPtr) == 0) return get_TotalPageCount();
        VirtAddr address = VirtAddr.FromTrusted((ulong)aPtr);
        return (CosmosAddress)DirectMap.ToPhysical(address).ContainingFrame.Value;
    }

    /// <summary>The pages of the block that starts at page <paramref name="aPageIdx"/>; 0 when none does.</summary>
    public static CosmosAddress GetRunLength(CosmosAddress aPageIdx) =>
        (CosmosAddress)(KernelMemory.Heap.SizeOf(PageAt(aPageIdx)) >> FrameNumber.Shift);

    private static byte* PageAt(CosmosAddress index) => default(DirectMap).Pointer(FrameNumber.FromTrusted(index).Start);
}
