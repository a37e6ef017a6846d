using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>How many tables, entries and pages a set of page tables has, level by level.</summary>
/// <remarks>A table that two entries point to counts twice, as the processor meets it twice.</remarks>
public sealed class PageTableCensus
{
    private readonly ulong[] _tables;
    private readonly ulong[] _entries;
    private readonly ulong[] _pages;

    internal PageTableCensus(int levelCount)
    {
        _tables = new ulong[levelCount];
        _entries = new ulong[levelCount];
        _pages = new ulong[levelCount];
    }

    /// <summary>The number of levels.</summary>
    public int LevelCount => _tables.Length;

    /// <summary>All tables, the root included.</summary>
    public ulong TableCount { get; private set; }

    /// <summary>The bytes that pages are mapped for.</summary>
    public ulong MappedBytes { get; private set; }

    /// <summary>Pages that are writable and executable at once.</summary>
    public ulong WritableExecutablePages { get; private set; }

    /// <summary>Present entries with a bit set that must be 0.</summary>
    public ulong BrokenEntries { get; private set; }

    /// <summary>Tables at <paramref name="level"/>.</summary>
    public ulong TablesAt(int level) => _tables[level];

    /// <summary>Present entries of the tables at <paramref name="level"/>: pages, links to tables, broken ones.</summary>
    public ulong EntriesAt(int level) => _entries[level];

    /// <summary>Pages that the tables at <paramref name="level"/> map.</summary>
    public ulong PagesAt(int level) => _pages[level];

    internal void AddTable(int level)
    {
        _tables[level]++;
        TableCount++;
    }

    internal void AddLink(int level) => _entries[level]++;

    internal void AddBroken(int level)
    {
        _entries[level]++;
        BrokenEntries++;
    }

    internal void AddPage(int level, int pageShift, PageFlags flags)
    {
        const PageFlags Both = PageFlags.Writable | PageFlags.Executable;
        _entries[level]++;
        _pages[level]++;
        MappedBytes += 1UL << pageShift;
        if ((flags & Both) == Both) WritableExecutablePages++;
    }
}
