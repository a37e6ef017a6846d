namespace Cosmos.Core.Memory;

/// <summary>Pages, as the installed kit knows them: signatures to compile against, without bodies.</summary>
public static unsafe class RAT
{
    /// <summary>The size of a page in bytes.</summary>
    public const uint PageSize = 4096;

    /// <summary>The first page.</summary>
    public static byte* RamStart;

    /// <summary>The address behind the last page.</summary>
    public static byte* HeapEnd;

    /// <summary>Bytes of all pages.</summary>
    public static uint RamSize;

    /// <summary>The number of pages.</summary>
    public static uint TotalPageCount;

    /// <summary>The number of free pages.</summary>
    public static uint FreePageCount;

    /// <summary>A byte for each page.</summary>
    public static byte* mRAT;

    /// <summary>What a page is used for.</summary>
    public enum PageType : byte
    {
        /// <summary>Nothing, or it is no page of the heap.</summary>
        Empty = 0,

        /// <summary>Objects.</summary>
        GCManaged = 1,

        /// <summary>Small blocks.</summary>
        HeapSmall = 3,

        /// <summary>A block of medium size.</summary>
        HeapMedium = 5,

        /// <summary>The first page of a large block.</summary>
        HeapLarge = 7,

        /// <summary>The table of pages.</summary>
        RAT = 32,

        /// <summary>The table of small blocks.</summary>
        SMT = 64,

        /// <summary>A further page of what starts before it.</summary>
        Extension = 128,
    }

    /// <summary>Prepares the pages.</summary>
    public static void Init(byte* aStartPtr, uint aSize) => throw null!;

    /// <summary>The number of pages of a type.</summary>
    public static uint GetPageCount(byte aType = 0) => throw null!;

    /// <summary>Takes pages in a row.</summary>
    public static void* AllocPages(PageType aType, uint aPageCount = 1) => throw null!;

    /// <summary>The index of the first page of what the address lies in.</summary>
    public static uint GetFirstRATIndex(void* aPtr) => throw null!;

    /// <summary>The start of the page that the address lies in.</summary>
    public static byte* GetPagePtr(void* aPtr) => throw null!;

    /// <summary>What the page at an address is used for.</summary>
    public static PageType GetPageType(void* aPtr) => throw null!;

    /// <summary>Gives back what starts at a page.</summary>
    public static void Free(uint aPageIdx) => throw null!;

    /// <summary>Gives back what an address lies in.</summary>
    public static void Free(void* aPtr) => throw null!;
}
