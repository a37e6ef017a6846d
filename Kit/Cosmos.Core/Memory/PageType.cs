namespace Cosmos.Core.Memory;

/// <summary>What a page of the <see cref="RAT"/> is used for.</summary>
public enum PageType : byte
{
    /// <summary>The page is free, or not one of the allocator's.</summary>
    Empty = 0,

    /// <summary>The page holds blocks of one small size.</summary>
    HeapSmall = 3,

    /// <summary>The page is the first of a block of whole pages.</summary>
    HeapLarge = 5,

    /// <summary>The page was taken for something else than the heap.</summary>
    Unmanaged = 9,

    /// <summary>The page holds page tables.</summary>
    PageDirectory = 11,

    /// <summary>The page holds the allocation table itself.</summary>
    RAT = 32,

    /// <summary>The page belongs to the run that starts before it.</summary>
    Extension = 128,
}
