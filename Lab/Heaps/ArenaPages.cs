using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>Pages of an arena, counted.</summary>
/// <param name="pages">Where they come from.</param>
/// <param name="counters">Where they are counted; they outlive every copy of this.</param>
internal readonly unsafe struct ArenaPages(FramePageSource<ArenaMemory, LoneProcessor> pages, ArenaPages.Counters* counters) : IPageSource
{
    /// <summary>Pages that are out, and the most that were.</summary>
    internal struct Counters
    {
        internal ulong Used;
        internal ulong Peak;
    }

    public bool TryAllocatePages(ulong pageCount, out PageNumber first)
    {
        if (!pages.TryAllocatePages(pageCount, out first)) return false;
        Count(pageCount);
        return true;
    }

    public bool TryExtend(PageNumber first, ulong pageCount, ulong morePages)
    {
        if (!pages.TryExtend(first, pageCount, morePages)) return false;
        Count(morePages);
        return true;
    }

    public void FreePages(PageNumber first, ulong pageCount)
    {
        pages.FreePages(first, pageCount);
        counters->Used -= pageCount;
    }

    private void Count(ulong pageCount)
    {
        counters->Used += pageCount;
        if (counters->Used > counters->Peak) counters->Peak = counters->Used;
    }
}
