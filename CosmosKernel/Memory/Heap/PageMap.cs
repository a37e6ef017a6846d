using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>From an address to the slab that its page belongs to; exact for every address, no memory but the map's is read.</summary>
/// <remarks>
/// Two levels over the window of addresses that the page source hands out: a root with one entry per 2 MiB, and leaves of 512 slab
/// pointers that exist while one of their pages is the heap's. Regions without a leaf share an empty one, and pages that are
/// not the heap's point at one descriptor that no pointer matches: a look-up is two loads and one comparison. The root names where
/// the entry of the window's page 0 would be in each leaf, so that a page's number in the window is its index, uncut. The root
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
            SetLeaf(region, _emptyLeaf);
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
    internal readonly Slab* Find(byte* address) => IsInWindow(address) ? FindInWindow(address) : _unknown;

    /// <summary>Whether an address is in the window at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsInWindow(byte* address) => unchecked((nuint)address - _base) < _spanBytes; // Intended wrap: below it is far behind it.

    /// <summary>The address so many bytes behind the window's start.</summary>
    internal readonly byte* At(nuint offset) => (byte*)(_base + offset);

    /// <summary>How far an address of the window is behind its start.</summary>
    internal readonly nuint OffsetOf(byte* address) => (nuint)address - _base;

    /// <summary>As <see cref="Find"/>, for an address in the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly Slab* FindInWindow(byte* address)
    {
        // SAFETY: the offset lies in the window, which the root covers; every entry of the root is a leaf.
        nuint offset = unchecked((nuint)address - _base);
        return _root[offset >> RegionShift][offset >> PageNumber.Shift];
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
        if (!TryAddLeaves(ref pages, firstPage, pageCount)) return false;
        Enter(slab, firstPage, pageCount);
        return true;
    }

    /// <summary>Whether the window has <paramref name="morePages"/> pages behind a run.</summary>
    internal readonly bool HasRoom(Slab* slab, nuint morePages)
    {
        nuint pagesBehind = (_spanBytes >> PageNumber.Shift) - FirstPageOf(slab) - slab->PageCount;
        return morePages <= pagesBehind;
    }

    /// <summary>Makes the leaves for pages behind those that <paramref name="slab"/> has; false when there is no memory, the map is as before then.</summary>
    internal bool TryPrepareExtension<TPages>(ref TPages pages, Slab* slab, nuint morePages)
        where TPages : struct, IPageSource
        => TryAddLeaves(ref pages, FirstPageOf(slab) + slab->PageCount, morePages);

    /// <summary>Enters <paramref name="slab"/> for pages behind those that it has; its own count of pages is the caller's to change.</summary>
    internal readonly void Extend(Slab* slab, nuint morePages) => Enter(slab, FirstPageOf(slab) + slab->PageCount, morePages);

    /// <summary>Takes leaves back that were made for nothing.</summary>
    internal void ForgetExtension<TPages>(ref TPages pages, Slab* slab, nuint morePages)
        where TPages : struct, IPageSource
        => RemoveUnusedLeaves(ref pages, FirstPageOf(slab) + slab->PageCount, morePages);

    /// <summary>Takes the entries of <paramref name="slab"/> out.</summary>
    internal void Remove<TPages>(ref TPages pages, Slab* slab)
        where TPages : struct, IPageSource
    {
        nuint firstPage = FirstPageOf(slab);
        nuint pageCount = slab->PageCount;
        for (nuint page = firstPage; page < firstPage + pageCount; page++)
        {
            nuint region = page >> PagesPerLeafShift;
            _root[region][page] = _unknown;
            _usedPages[region]--;
        }

        RemoveUnusedLeaves(ref pages, firstPage, pageCount);
    }

    /// <summary>The next slab that begins at or above <paramref name="cursor"/>, an offset in pages that is moved past it; null at the end.</summary>
    internal readonly Slab* NextSlab(ref nuint cursor)
    {
        nuint end = _spanBytes >> PageNumber.Shift;
        while (cursor < end)
        {
            nuint region = cursor >> PagesPerLeafShift;
            if (LeafOf(region) == _emptyLeaf)
            {
                cursor = (region + 1) << PagesPerLeafShift;
                continue;
            }

            Slab* slab = _root[region][cursor];
            if (slab != _unknown && FirstPageOf(slab) == cursor)
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
            nuint offset = (FirstPageOf(slab) + page) << PageNumber.Shift;
            if (offset >= _spanBytes || Find((byte*)_base + offset) != slab) return false;
        }

        return true;
    }

    /// <summary>Whether the leaf of <paramref name="region"/> exists exactly when needed and its count of pages is right.</summary>
    internal readonly bool IsCounted(nuint region)
    {
        uint count = 0;
        for (uint page = 0; page < PagesPerLeaf; page++)
        {
            if (LeafOf(region)[page] != _unknown) count++;
        }

        return count == _usedPages[region] && (count == 0) == (LeafOf(region) == _emptyLeaf);
    }

    /// <summary>The page of the window that a run starts on; objects may start behind it, by their slab's colour.</summary>
    private readonly nuint FirstPageOf(Slab* slab) => ((nuint)slab->Start - _base) >> PageNumber.Shift;

    // Intended wrap, both: the place of page 0's entry may lie before all memory.
    private readonly Slab** LeafOf(nuint region) => (Slab**)unchecked((nuint)_root[region] + (region << PagesPerLeafShift) * (nuint)sizeof(void*));

    private readonly void SetLeaf(nuint region, Slab** leaf) =>
        _root[region] = (Slab**)unchecked((nuint)leaf - (region << PagesPerLeafShift) * (nuint)sizeof(void*));

    private readonly void FillWithUnknown(Slab** leaf)
    {
        for (uint i = 0; i < PagesPerLeaf; i++) leaf[i] = _unknown;
    }

    private readonly void Enter(Slab* slab, nuint firstPage, nuint pageCount)
    {
        for (nuint page = firstPage; page < firstPage + pageCount; page++)
        {
            nuint region = page >> PagesPerLeafShift;
            _root[region][page] = slab;
            _usedPages[region]++;
        }
    }

    private bool TryAddLeaves<TPages>(ref TPages pages, nuint firstPage, nuint pageCount)
        where TPages : struct, IPageSource
    {
        nuint firstRegion = firstPage >> PagesPerLeafShift;
        nuint lastRegion = (firstPage + pageCount - 1) >> PagesPerLeafShift;
        for (nuint region = firstRegion; region <= lastRegion; region++)
        {
            if (LeafOf(region) != _emptyLeaf || TryAddLeaf(ref pages, region)) continue;
            while (region-- > firstRegion) RemoveLeafIfUnused(ref pages, region);
            return false;
        }

        return true;
    }

    private void RemoveUnusedLeaves<TPages>(ref TPages pages, nuint firstPage, nuint pageCount)
        where TPages : struct, IPageSource
    {
        nuint lastPage = firstPage + pageCount - 1;
        for (nuint region = firstPage >> PagesPerLeafShift; region <= lastPage >> PagesPerLeafShift; region++)
            RemoveLeafIfUnused(ref pages, region);
    }

    private bool TryAddLeaf<TPages>(ref TPages pages, nuint region)
        where TPages : struct, IPageSource
    {
        if (!pages.TryAllocatePages(1, out PageNumber page)) return false;
        Slab** leaf = (Slab**)HeapPages.AddressOf(page);
        FillWithUnknown(leaf);
        SetLeaf(region, leaf);
        PageCount++;
        return true;
    }

    private void RemoveLeafIfUnused<TPages>(ref TPages pages, nuint region)
        where TPages : struct, IPageSource
    {
        Slab** leaf = LeafOf(region);
        if (leaf == _emptyLeaf || _usedPages[region] != 0) return;
        SetLeaf(region, _emptyLeaf);
        PageCount--;
        pages.FreePages(HeapPages.PageOf((byte*)leaf), 1);
    }
}
