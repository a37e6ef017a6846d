namespace Cosmos.Core.Memory;

/// <summary>The kit's plain heap: lists of free blocks, one list a size, over pages of the <see cref="RAT"/>.</summary>
/// <remarks>
/// Sizes are 16, 32, 64 … 2048 bytes; a page of small blocks starts with a header that names its size, so that
/// a block is found by its page. Larger blocks are whole pages. Memory comes back zeroed and aligned to 16 bytes. Pages of small blocks
/// are never given back and nothing is collected: a default to start with, which MemOS replaces. Nothing here allocates objects,
/// throws or locks, because <c>new</c> itself comes through here.
/// </remarks>
public static unsafe class Heap
{
    private const int ClassCount = 8;
    private const int SmallestShift = 4;
    private const uint LargestSmall = 1u << (SmallestShift + ClassCount - 1);
    private const uint HeaderBytes = 16;

    private static FreeLists s_free;

    private struct FreeLists
    {
        public fixed ulong Heads[ClassCount];
    }

    /// <summary>Forgets every block. The <see cref="RAT"/> must be there.</summary>
    public static void Init()
    {
        for (int i = 0; i < ClassCount; i++)
            s_free.Heads[i] = 0;
    }

    /// <summary>Gives zeroed memory, at least a byte of it; null when there is none.</summary>
    public static byte* Alloc(CosmosAddress aSize) => aSize <= LargestSmall ? AllocSmall((uint)aSize) : AllocLarge(aSize);

    /// <summary>As <see cref="Alloc"/>, but says so and stops when there is no memory.</summary>
    public static CosmosAddress SafeAlloc(CosmosAddress aSize)
    {
        byte* block = Alloc(aSize);
        if (block == null)
            Panic.Stop("out of memory");
        return (CosmosAddress)block;
    }

    /// <summary>Changes a block's size, moving it when it must; what is new is zeroed. Null, with the block as it was, when there is no memory.</summary>
    public static byte* Realloc(byte* aPtr, CosmosAddress newSize)
    {
        if (aPtr == null)
            return Alloc(newSize);

        CosmosAddress oldSize = GetSize(aPtr);
        byte* moved = Alloc(newSize);
        if (moved == null)
            return null;
        MemoryOperations.Copy(moved, aPtr, oldSize < newSize ? oldSize : newSize);
        Free(aPtr);
        return moved;
    }

    /// <summary>Gives a block back; null and pointers that are no block do nothing.</summary>
    public static void Free(void* aPtr)
    {
        PageType type = RAT.GetPageType(aPtr);
        if (type == PageType.HeapLarge && ((CosmosAddress)aPtr & (RAT.PageSize - 1)) == 0)
            RAT.Free(RAT.GetFirstRATIndex(aPtr));
        if (type == PageType.HeapSmall)
            PushFree(ClassOfPage(aPtr), (byte*)aPtr);
    }

    /// <summary>Collects garbage: the plain heap has no collector and frees nothing.</summary>
    public static int Collect() => 0;

    /// <summary>The number of bytes that the block at <paramref name="aPtr"/> can hold; 0 when it is no block.</summary>
    public static CosmosAddress GetSize(void* aPtr) => RAT.GetPageType(aPtr) switch
    {
        PageType.HeapSmall => (CosmosAddress)1 << (SmallestShift + ClassOfPage(aPtr)),
        PageType.HeapLarge => RAT.GetRunLength(RAT.GetFirstRATIndex(aPtr)) * RAT.PageSize,
        _ => 0,
    };

    private static byte* AllocSmall(uint size)
    {
        int sizeClass = 0;
        while (size > 1u << (SmallestShift + sizeClass))
            sizeClass++;
        if (s_free.Heads[sizeClass] == 0 && !TryFillClass(sizeClass))
            return null;

        byte* block = (byte*)s_free.Heads[sizeClass];
        s_free.Heads[sizeClass] = *(ulong*)block;
        MemoryOperations.Fill(block, 0, (CosmosAddress)1 << (SmallestShift + sizeClass));
        return block;
    }

    private static byte* AllocLarge(CosmosAddress size)
    {
        CosmosAddress pages = (size - 1) / RAT.PageSize + 1;
        byte* block = (byte*)RAT.AllocPages(PageType.HeapLarge, pages);
        if (block != null)
            MemoryOperations.Fill(block, 0, pages * RAT.PageSize);
        return block;
    }

    private static bool TryFillClass(int sizeClass)
    {
        byte* page = (byte*)RAT.AllocPages(PageType.HeapSmall);
        if (page == null)
            return false;

        *(int*)page = sizeClass;
        uint size = 1u << (SmallestShift + sizeClass);
        uint blockCount = (RAT.PageSize - HeaderBytes) / size;
        // From the last to the first, so that they are handed out in the order of their addresses.
        for (uint i = blockCount; i > 0; i--)
            PushFree(sizeClass, page + HeaderBytes + (i - 1) * size);
        return true;
    }

    private static int ClassOfPage(void* block) => *(int*)((CosmosAddress)block & ~(CosmosAddress)(RAT.PageSize - 1));

    private static void PushFree(int sizeClass, byte* block)
    {
        *(ulong*)block = s_free.Heads[sizeClass];
        s_free.Heads[sizeClass] = (ulong)block;
    }
}
