namespace Cosmos.Core.Memory;

/// <summary>The RAM allocation table: the kit's plain page allocator over one range of memory.</summary>
/// <remarks>
/// One byte a page says what the page is used for; a run of pages is its first page's type followed by
/// <see cref="PageType.Extension"/>. The table lies in the last pages of the range itself. Allocation scans from where the last one ended
/// (next fit) and takes time linear in the number of pages; nothing here allocates, throws or locks. MemOS replaces all of it.
/// </remarks>
public static unsafe class RAT
{
    /// <summary>The size of a page in bytes.</summary>
    public const uint PageSize = 4096;

    private static byte* s_start;
    private static byte* s_table;
    private static CosmosAddress s_pageCount;
    private static CosmosAddress s_freePageCount;
    private static CosmosAddress s_next;

    /// <summary>The first page's address.</summary>
    public static byte* RamStart => s_start;

    /// <summary>The number of pages, the table's own among them.</summary>
    public static CosmosAddress TotalPageCount => s_pageCount;

    /// <summary>The number of free pages.</summary>
    public static CosmosAddress FreePageCount => s_freePageCount;

    /// <summary>Takes over a range of memory; what the range is not aligned to a page by is left unused.</summary>
    public static void Init(byte* aStartPtr, CosmosAddress aSize)
    {
        CosmosAddress skipped = (PageSize - ((CosmosAddress)aStartPtr & (PageSize - 1))) & (PageSize - 1);
        s_pageCount = aSize <= skipped ? 0 : (aSize - skipped) / PageSize;
        s_start = aStartPtr + skipped;
        s_next = 0;

        CosmosAddress tablePages = (s_pageCount + PageSize - 1) / PageSize;
        s_freePageCount = s_pageCount - tablePages;
        s_table = s_start + s_freePageCount * PageSize;
        MemoryOperations.Fill(s_table, (byte)PageType.Empty, s_freePageCount);
        Mark(s_freePageCount, tablePages, PageType.RAT);
    }

    /// <summary>Takes <paramref name="aPageCount"/> pages in a row; null when no run is long enough.</summary>
    public static void* AllocPages(PageType aType, CosmosAddress aPageCount = 1)
    {
        if (aPageCount == 0 || aPageCount > s_freePageCount)
            return null;
        if (!TryFindRun(s_next, s_pageCount, aPageCount, out CosmosAddress first)
            && !TryFindRun(0, s_pageCount, aPageCount, out first))
        {
            return null;
        }

        Mark(first, aPageCount, aType);
        s_freePageCount -= aPageCount;
        s_next = first + aPageCount;
        return s_start + first * PageSize;
    }

    /// <summary>Gives back the run that starts at page <paramref name="aPageIdx"/>; any other index does nothing.</summary>
    public static void Free(CosmosAddress aPageIdx)
    {
        if (aPageIdx >= s_pageCount || !StartsRun(s_table[aPageIdx]))
            return;

        CosmosAddress end = RunEnd(aPageIdx);
        s_freePageCount += end - aPageIdx;
        for (CosmosAddress page = aPageIdx; page < end; page++)
            s_table[page] = (byte)PageType.Empty;
    }

    /// <summary>What the page at <paramref name="aPtr"/> is used for; <see cref="PageType.Empty"/> when it is not ours.</summary>
    public static PageType GetPageType(void* aPtr)
    {
        CosmosAddress page = PageIndex(aPtr);
        return page < s_pageCount ? (PageType)s_table[page] : PageType.Empty;
    }

    /// <summary>The number of pages of a type.</summary>
    public static CosmosAddress GetPageCount(byte aType = 0)
    {
        CosmosAddress count = 0;
        for (CosmosAddress page = 0; page < s_pageCount; page++)
        {
            if (s_table[page] == aType)
                count++;
        }

        return count;
    }

    /// <summary>The index of the first page of the run that <paramref name="aPtr"/> lies in; the page count when it is not ours.</summary>
    public static CosmosAddress GetFirstRATIndex(void* aPtr)
    {
        CosmosAddress page = PageIndex(aPtr);
        if (page >= s_pageCount)
            return s_pageCount;
        while (page > 0 && s_table[page] == (byte)PageType.Extension)
            page--;
        return page;
    }

    /// <summary>The number of pages of the run that starts at page <paramref name="aPageIdx"/>; 0 when none does.</summary>
    public static CosmosAddress GetRunLength(CosmosAddress aPageIdx) =>
        aPageIdx < s_pageCount && StartsRun(s_table[aPageIdx]) ? RunEnd(aPageIdx) - aPageIdx : 0;

    private static CosmosAddress PageIndex(void* pointer) =>
        pointer < s_start ? s_pageCount : ((CosmosAddress)pointer - (CosmosAddress)s_start) / PageSize;

    private static bool StartsRun(byte type) =>
        type != (byte)PageType.Empty && type != (byte)PageType.Extension && type != (byte)PageType.RAT;

    private static CosmosAddress RunEnd(CosmosAddress first)
    {
        CosmosAddress end = first + 1;
        while (end < s_pageCount && s_table[end] == (byte)PageType.Extension)
            end++;
        return end;
    }

    private static bool TryFindRun(CosmosAddress from, CosmosAddress to, CosmosAddress pageCount, out CosmosAddress first)
    {
        CosmosAddress length = 0;
        for (CosmosAddress page = from; page < to; page++)
        {
            length = s_table[page] == (byte)PageType.Empty ? length + 1 : 0;
            if (length == pageCount)
            {
                first = page + 1 - pageCount;
                return true;
            }
        }

        first = 0;
        return false;
    }

    private static void Mark(CosmosAddress first, CosmosAddress pageCount, PageType type)
    {
        for (CosmosAddress i = 0; i < pageCount; i++)
            s_table[first + i] = (byte)(i == 0 || type == PageType.RAT ? type : PageType.Extension);
    }
}
