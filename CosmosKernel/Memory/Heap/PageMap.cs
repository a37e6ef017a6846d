using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>From an address to the slab that its page belongs to; exact for every address, no memory but the map's is read.</summary>
/// <remarks>
/// Two levels over the window of addresses that the page source hands out: a root with one entry per 2 MiB, and leaves of 512 slab
/// pointers that exist while one of their pages is the heap's. Regions without a leaf share an empty one, and pages that are
/// not the heap's point at one descriptor that no pointer matches: a look-up is two loads and one comparison. The root
/// costs 10 bytes per 2 MiB of window, a leaf 4 KiB per 2 MiB in use.
/// </remarks>
internal unsafe struct PageMap
{
    private const int PagesPerLeafShift = 9;
    private const uint PagesPerLeaf = 1 << PagesPerLeafShift;
    private const int RegionShift = PagesPerLeafShift + PageNumber.Shift;

    private nuint _base;
    private nuint _spanBytes;
    private Slab*** _root;
    private Slab** _emptyLeaf;
    private Slab* _unknown;
    private ushort* _usedPages;
    private nuint _regionCount;
    private nuint _rootPageCount;

    /// <summary>Pages of the map itself.</summary>
    internal nuint PageCount { get; private set; }

    /// <summary>The size of the window.</summary>
    internal readonly nuint SpanBytes => _spanBytes;

    /// <summary>How many times 2 MiB the window has.</summary>
    internal readonly nuint RegionCount => _regionCount;

    /// <summary>Takes the root and the empty leaf; <paramref name="unknown"/> stands for every page that is not the heap's.</summary>
    internal bool TryInitialize<TPages>(ref TPages pages, PageRange window, Slab* unknown)
        where TPages : struct, IPageSource
    {
        _base = (nuint)window.Start.Start.Value;
        _spanBytes = (nuint)window.SizeBytes;
        _unknown = unknown;
        _regionCount = (_spanBytes + ((nuint)1 << RegionShift) - 1) >> RegionShift;
        _rootPageCount = (nuint)PageNumber.CountFor(_regionCount * (nuint)(sizeof(void*) + sizeof(ushort)));
        if (!pages.TryAllocatePages(_rootPageCount, out PageNumber root)) return false;
        if (!pages.TryAllocatePages(1, out PageNumber leaf))
        {
            pages.FreePages(root, _rootPageCount);
            return false;
        }

        _root = (Slab***)HeapPages.AddressOf(root);
        _usedPages = (ushort*)(_root + _regionCount);
        _emptyLeaf = (Slab**)HeapPages.AddressOf(leaf);
        FillWithUnknown(_emptyLeaf);
        for (nuint region = 0; region < _regionCount; region++)
        {
            _root[region] = _emptyLeaf;
            _usedPages[region] = 0;
        }

        PageCount = _rootPageCount + 1;
        return true;
    }

    /// <summary>Gives back the root and the empty leaf of a map without entries.</summary>
    internal void Dispose<TPages>(ref TPages pages)
        where TPages : struct, IPageSource
    {
        pages.FreePages(HeapPages.PageOf((byte*)_emptyLeaf), 1);
        pages.FreePages(HeapPages.PageOf((byte*)_root), _rootPageCount);
        PageCount = 0;
    }

    /// <summary>The slab that the byte at <paramref name="address"/> belongs to, or the unknown one; any address is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly Slab* Find(byte* address)
    {
        // Intended wrap: what lies below the window becomes a huge offset.
        nuint offset = unchecked((nuint)address - _base);
        if (offset >= _spanBytes) return _unknown;

        // SAFETY: the offset lies in the window, which the root covers; every entry of the root is a leaf.
        return _root[offset >> RegionShift][(offset >> PageNumber.Shift) & (PagesPerLeaf - 1)];
    }

    /// <summary>Whether <paramref name="slab"/>, as <see cref="Find"/> returned it, is one.</summary>
    internal readonly bool IsKnown(Slab* slab) => slab != _unknown;

    /// <summary>Enters <paramref name="slab"/> for its pages.</summary>
    /// <returns>False when a leaf could not be had, or the pages lie outside the window; the map is as before then.</returns>
    internal bool TryAdd<TPages>(ref TPages pages, Slab* slab, byte* start, nuint pageCount)
        where TPages : struct, IPageSource
    {
        nuint offset = unchecked((nuint)start - _base);
        if (offset >= _spanBytes || pageCount > (_spanBytes - offset) >> PageNumber.Shift) return false;
        nuint firstPage = offset >> PageNumber.Shift;
        nuint firstRegion = firstPage >> PagesPerLeafShift;
        nuint lastRegion = (firstPage + pageCount - 1) >> PagesPerLeafShift;
        for (nuint region = firstRegion; region <= lastRegion; region++)
        {
            if (_root[region] != _emptyLeaf || TryAddLeaf(ref pages, region)) continue;
            while (region-- > firstRegion) RemoveLeafIfUnused(ref pages, region);
            return false;
        }

        for (nuint page = firstPage; page < firstPage + pageCount; page++) Enter(page, slab);
        return true;
    }

    /// <summary>Takes the entries of <paramref name="slab"/> out.</summary>
    internal void Remove<TPages>(ref TPages pages, Slab* slab)
        where TPages : struct, IPageSource
    {
        nuint firstPage = ((nuint)slab->Start - _base) >> PageNumber.Shift;
        nuint lastPage = firstPage + slab->PageCount - 1;
        for (nuint page = firstPage; page <= lastPage; page++)
        {
            nuint region = page >> PagesPerLeafShift;
            _root[region][page & (PagesPerLeaf - 1)] = _unknown;
            _usedPages[region]--;
        }

        for (nuint region = firstPage >> PagesPerLeafShift; region <= lastPage >> PagesPerLeafShift; region++)
            RemoveLeafIfUnused(ref pages, region);
    }

    /// <summary>The next slab that begins at or above <paramref name="cursor"/>, an offset in pages that is moved past it; null at the end.</summary>
    internal readonly Slab* NextSlab(ref nuint cursor)
    {
        nuint end = _spanBytes >> PageNumber.Shift;
        while (cursor < end)
        {
            Slab** leaf = _root[cursor >> PagesPerLeafShift];
            if (leaf == _emptyLeaf)
            {
                cursor = ((cursor >> PagesPerLeafShift) + 1) << PagesPerLeafShift;
                continue;
            }

            Slab* slab = leaf[cursor & (PagesPerLeaf - 1)];
            byte* address = (byte*)_base + (cursor << PageNumber.Shift);
            if (slab != _unknown && slab->Start == address)
            {
                cursor += slab->PageCount;
                return slab;
            }

            cursor++;
        }

        return null;
    }

    /// <summary>Whether the entries of <paramref name="slab"/>'s pages all name it.</summary>
    internal readonly bool IsEnteredFor(Slab* slab)
    {
        for (nuint page = 0; page < slab->PageCount; page++)
        {
            if (Find(slab->Start + (page << PageNumber.Shift)) != slab) return false;
        }

        return true;
    }

    /// <summary>Whether the leaf of <paramref name="region"/> exists exactly when needed and its count of pages is right.</summary>
    internal readonly bool IsCounted(nuint region)
    {
        uint count = 0;
        for (uint page = 0; page < PagesPerLeaf; page++)
        {
            if (_root[region][page] != _unknown) count++;
        }

        return count == _usedPages[region] && (count == 0) == (_root[region] == _emptyLeaf);
    }

    private readonly void FillWithUnknown(Slab** leaf)
    {
        for (uint i = 0; i < PagesPerLeaf; i++) leaf[i] = _unknown;
    }

    private readonly void Enter(nuint page, Slab* slab)
    {
        nuint region = page >> PagesPerLeafShift;
        _root[region][page & (PagesPerLeaf - 1)] = slab;
        _usedPages[region]++;
    }

    private bool TryAddLeaf<TPages>(ref TPages pages, nuint region)
        where TPages : struct, IPageSource
    {
        if (!pages.TryAllocatePages(1, out PageNumber page)) return false;
        Slab** leaf = (Slab**)HeapPages.AddressOf(page);
        FillWithUnknown(leaf);
        _root[region] = leaf;
        PageCount++;
        return true;
    }

    private void RemoveLeafIfUnused<TPages>(ref TPages pages, nuint region)
        where TPages : struct, IPageSource
    {
        Slab** leaf = _root[region];
        if (leaf == _emptyLeaf || _usedPages[region] != 0) return;
        _root[region] = _emptyLeaf;
        PageCount--;
        pages.FreePages(HeapPages.PageOf((byte*)leaf), 1);
    }
}
