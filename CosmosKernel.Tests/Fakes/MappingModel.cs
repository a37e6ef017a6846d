using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>What a mapper's tables should say, kept as a plain sorted list of pages: the slow and plain way.</summary>
/// <param name="shifts">log2 of the page sizes, the smallest first.</param>
public sealed class MappingModel(params int[] shifts)
{
    private readonly SortedDictionary<ulong, Page> _pages = [];

    public int PageCount => _pages.Count;

    public IEnumerable<KeyValuePair<ulong, Page>> Pages => _pages;

    public ulong AnyPage(int choice) => _pages.Keys.ElementAt(choice % _pages.Count);

    public PagingResult Map(ulong start, ulong target, ulong sizeBytes, PageFlags flags, int largestShift)
    {
        if (Overlapping(start, sizeBytes).Any()) return PagingResult.AlreadyMapped;
        for (ulong done = 0; done < sizeBytes;)
        {
            int shift = shifts[0];
            foreach (int larger in shifts)
            {
                ulong larges = 1UL << larger;
                bool isAligned = (((start + done) | (target + done)) & (larges - 1)) == 0;
                if (larger <= largestShift && isAligned && sizeBytes - done >= larges) shift = larger;
            }

            _pages.Add(start + done, new Page(target + done, flags, shift));
            done += 1UL << shift;
        }

        return PagingResult.Ok;
    }

    public PagingResult Unmap(ulong start, out Page page)
    {
        PagingResult result = FindStart(start, out page);
        if (result == PagingResult.Ok) _pages.Remove(start);
        return result;
    }

    public PagingResult Protect(ulong start, PageFlags flags)
    {
        PagingResult result = FindStart(start, out Page page);
        if (result == PagingResult.Ok) _pages[start] = page with { Flags = flags };
        return result;
    }

    public PagingResult CheckRange(ulong start, ulong sizeBytes, Holes holes)
    {
        ulong expected = start;
        foreach ((ulong at, Page page) in Overlapping(start, sizeBytes))
        {
            if (at > expected && holes == Holes.Refused) return PagingResult.NotMapped;
            if (at < start || at + page.SizeBytes > start + sizeBytes) return PagingResult.InsideLargePage;
            expected = at + page.SizeBytes;
        }

        return expected < start + sizeBytes && holes == Holes.Refused ? PagingResult.NotMapped : PagingResult.Ok;
    }

    public void UnmapRange(ulong start, ulong sizeBytes)
    {
        foreach ((ulong at, _) in Overlapping(start, sizeBytes)) _pages.Remove(at);
    }

    public void ProtectRange(ulong start, ulong sizeBytes, PageFlags flags)
    {
        foreach ((ulong at, Page page) in Overlapping(start, sizeBytes)) _pages[at] = page with { Flags = flags };
    }

    public PagingResult Split(ulong address)
    {
        if (!TryFind(address, out ulong start, out Page page)) return PagingResult.NotMapped;
        if (page.Shift == shifts[0]) return PagingResult.SizeNotSupported;
        _pages.Remove(start);
        int shift = shifts[Array.IndexOf(shifts, page.Shift) - 1];
        for (ulong part = 0; part < page.SizeBytes; part += 1UL << shift) _pages.Add(start + part, new Page(page.Target + part, page.Flags, shift));
        return PagingResult.Ok;
    }

    public PagingResult Merge(ulong address)
    {
        if (!TryFind(address, out _, out Page page)) return PagingResult.NotMapped;
        if (page.Shift == shifts[^1]) return PagingResult.SizeNotSupported;
        int largeShift = shifts[Array.IndexOf(shifts, page.Shift) + 1];
        ulong largeBytes = 1UL << largeShift;
        ulong start = address & ~(largeBytes - 1);
        _pages.TryGetValue(start, out Page first);
        for (ulong done = 0; done < largeBytes; done += page.SizeBytes)
        {
            ulong at = start + done;
            if (!Overlapping(at, page.SizeBytes).Any()) return PagingResult.NotMapped;
            bool isNext = _pages.TryGetValue(at, out Page part) && part == first with { Target = first.Target + done };
            if (!isNext || part.Shift != page.Shift) return PagingResult.NotUniform;
        }

        if ((first.Target & (largeBytes - 1)) != 0) return PagingResult.NotUniform;
        UnmapRange(start, largeBytes);
        _pages.Add(start, first with { Shift = largeShift });
        return PagingResult.Ok;
    }

    public bool TryFind(ulong address, out ulong start, out Page page)
    {
        foreach (int shift in shifts)
        {
            start = address & ~((1UL << shift) - 1);
            if (_pages.TryGetValue(start, out page) && page.Shift >= shift) return true;
        }

        (start, page) = (0, default);
        return false;
    }

    private PagingResult FindStart(ulong address, out Page page)
    {
        if (!TryFind(address, out ulong start, out page)) return PagingResult.NotMapped;
        return start == address ? PagingResult.Ok : PagingResult.InsideLargePage;
    }

    private List<KeyValuePair<ulong, Page>> Overlapping(ulong start, ulong sizeBytes) =>
        _pages.Where(page => page.Key < start + sizeBytes && page.Key + page.Value.SizeBytes > start).ToList();

    public readonly record struct Page(ulong Target, PageFlags Flags, int Shift)
    {
        public ulong SizeBytes => 1UL << Shift;
    }
}
