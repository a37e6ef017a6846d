using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>The entry of a page, read when it is asked: most callers want its address only.</summary>
public readonly struct PageEntry<TFormat>
    where TFormat : struct, IPagingFormat
{
    private readonly ulong _entry;
    private readonly int _level;

    /// <summary>The leaf <paramref name="entry"/> of a table at <paramref name="level"/>, under tables that take no right away.</summary>
    public PageEntry(ulong entry, int level)
    {
        _entry = entry;
        _level = level;
    }

    /// <summary>The physical address of the page's first byte.</summary>
    public PhysAddr Address => default(TFormat).PageAddress(_entry, _level);

    /// <summary>What the page allows, its kind of caching, and what was noted of its use.</summary>
    public PageFlags Flags => default(TFormat).DecodePage(_entry, _level, default(TFormat).AllRights);

    /// <summary>log2 of the page's size.</summary>
    public int PageShift => default(TFormat).PageShiftOf(_entry, _level);

    /// <summary>The page's size.</summary>
    public ulong PageSizeBytes => 1UL << PageShift;
}
