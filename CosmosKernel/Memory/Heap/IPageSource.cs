using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>Where a heap gets its pages: the frame allocator seen through the direct map in the machine, an arena in tests.</summary>
/// <remarks>
/// Used as a struct type parameter, which the compiler specialises and inlines. Pages come with any content, and lie in the
/// window that the heap was initialised with.
/// </remarks>
public interface IPageSource
{
    /// <summary>
    /// Takes <paramref name="pageCount"/> neighbouring pages, at least 1. The first is a multiple of the smallest power of two
    /// that is not below the count, or of 512, whichever is less.
    /// </summary>
    /// <returns>False when there is no such run; nothing has changed then.</returns>
    bool TryAllocatePages(ulong pageCount, out PageNumber first);

    /// <summary>Takes the <paramref name="morePages"/> pages behind a run that is taken; they become part of it.</summary>
    /// <returns>False when one of them is not free, or the source cannot say; nothing has changed then.</returns>
    bool TryExtend(PageNumber first, ulong pageCount, ulong morePages);

    /// <summary>Gives back a whole run as it was taken.</summary>
    void FreePages(PageNumber first, ulong pageCount);
}
