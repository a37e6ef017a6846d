using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Cosmos's pages are page-aligned blocks of MemOS's kernel heap; a page's index is its frame's number.</summary>
[Plug(Target = typeof(RAT))]
public static unsafe class RATPlug
{
    // What addresses of 32 bits reach; a machine may have more.
    private const uint AddressablePages = 1u << (32 - FrameNumber.Shift);

    /// <summary>Nothing is left to do: <see cref="GCImplementationPlug.Init"/> has brought the memory up.</summary>
    public static void Init(byte* aStartPtr, uint aSize) => KernelAssert.That(KernelMemory.IsUp, "RAT.Init: the memory is not up");

    /// <summary>Pages in a row, zeroed; null when there are none.</summary>
    public static void* AllocPages(RAT.PageType aType, uint aPageCount)
    {
        if (aPageCount == 0 || aPageCount >= AddressablePages || aPageCount > RAT.TotalPageCount) return null;
        bool wereOn = Cpu.DisableInterrupts();
        byte* pages = KernelMemory.Heap.AllocateAligned((nuint)aPageCount << FrameNumber.Shift, (nuint)FrameNumber.SizeBytes);
        Cpu.RestoreInterrupts(wereOn);
        for (uint page = 0; pages != null && page < aPageCount; page++) FrameBytes.Clear(pages + (page << FrameNumber.Shift));
        RAT.FreePageCount = Count(KernelMemory.Frames.Statistics.Free);
        return pages;
    }

    /// <summary>Gives back what <see cref="AllocPages"/> gave; any other index is refused, and the heap counts it.</summary>
    public static void Free(uint aPageIdx) => Free(PageAt(aPageIdx));

    /// <inheritdoc cref="Free(uint)"/>
    public static void Free(void* aPtr)
    {
        HeapPlug.Free(aPtr);
        RAT.FreePageCount = Count(KernelMemory.Frames.Statistics.Free);
    }

    /// <summary>What the page is used for; Empty where no block and no object begins.</summary>
    public static RAT.PageType GetPageType(void* aPtr)
    {
        if (KernelMemory.Objects.IsObject(aPtr)) return RAT.PageType.GCManaged;
        return KernelMemory.Heap.SizeOf(aPtr) == 0 ? RAT.PageType.Empty : RAT.PageType.HeapLarge;
    }

    /// <summary>The number of free pages for type 0, else that of the heap's.</summary>
    public static uint GetPageCount(byte aType) =>
        Count(aType == 0 ? KernelMemory.Frames.Statistics.Free : KernelMemory.Frames.OwnedBy(FrameOwner.Heap));

    /// <summary>The index of the first page of the block at <paramref name="aPtr"/>; the page count when it starts none.</summary>
    public static uint GetFirstRATIndex(void* aPtr) =>
        KernelMemory.Heap.SizeOf(aPtr) == 0 ? RAT.TotalPageCount : (uint)aPtr >> FrameNumber.Shift;

    /// <summary>The start of the page that the address lies in.</summary>
    public static byte* GetPagePtr(void* aPtr) => PageAt((uint)aPtr >> FrameNumber.Shift);

    /// <summary>A number of pages as the kit holds it.</summary>
    internal static uint Count(ulong pages) => (uint)pages; // Fewer than 2^24: memory of such a machine is at most 64 GiB.

    // Null beyond the last address, where no block is.
    private static byte* PageAt(uint index) => index < AddressablePages ? (byte*)(index << FrameNumber.Shift) : null;
}
