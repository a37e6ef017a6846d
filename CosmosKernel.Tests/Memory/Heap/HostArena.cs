using System;
using System.Numerics;
using System.Runtime.InteropServices;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Tests.Memory.Heap;

/// <summary>A page source over native memory, first fit, that checks its caller and can be told to refuse.</summary>
/// <remarks>
/// Pages come filled with a pattern, and are filled with another when given back, so that what relies on zeros or uses freed
/// pages is seen. A copy shares the arena; whoever created it disposes of it once.
/// </remarks>
public readonly unsafe struct HostArena : IPageSource, IDisposable
{
    private const byte Free = 0;
    private const byte Head = 1;
    private const byte Body = 2;
    private const nuint Alignment = 2 * 1024 * 1024;

    private readonly byte* _bytes;
    private readonly byte* _pages;
    private readonly Counters* _counters;
    private readonly ulong _pageCount;

    private struct Counters
    {
        internal ulong Requests;
        internal ulong RefuseFrom;
        internal ulong PagesOut;
        internal ulong FirstFree;
        internal bool OwnsBytes;
    }

    private HostArena(ulong pageCount, byte* bytes, bool ownsBytes)
    {
        _pageCount = pageCount;
        _bytes = bytes;
        _pages = (byte*)NativeMemory.AllocZeroed((nuint)pageCount);
        _counters = (Counters*)NativeMemory.AllocZeroed((nuint)sizeof(Counters));
        _counters->RefuseFrom = ulong.MaxValue;
        _counters->OwnsBytes = ownsBytes;
    }

    public static HostArena Create(ulong pageCount) =>
        new(pageCount, (byte*)NativeMemory.AlignedAlloc((nuint)PageNumber.BytesOf(pageCount), Alignment), ownsBytes: true);

    /// <summary>An arena over memory that the caller has, from a multiple of 2 MiB on, and keeps.</summary>
    public static HostArena Over(byte* bytes, ulong pageCount) => new(pageCount, bytes, ownsBytes: false);

    /// <summary>The addresses that pages can have.</summary>
    public PageRange Window => new(First, _pageCount);

    /// <summary>Pages given out and not given back.</summary>
    public ulong PagesOut => _counters->PagesOut;

    /// <summary>Requests since the start.</summary>
    public ulong Requests => _counters->Requests;

    private PageNumber First => VirtAddr.FromTrusted((ulong)_bytes).ContainingPage;

    /// <summary>Refuses every request after <paramref name="more"/> more.</summary>
    public void RefuseAfter(ulong more) => _counters->RefuseFrom = _counters->Requests + more;

    public void RefuseNothing() => _counters->RefuseFrom = ulong.MaxValue;

    public void Dispose()
    {
        if (_counters->OwnsBytes) NativeMemory.AlignedFree(_bytes);
        NativeMemory.Free(_pages);
        NativeMemory.Free(_counters);
    }

    public bool TryAllocatePages(ulong pageCount, out PageNumber first)
    {
        KernelAssert.That(pageCount > 0, "HostArena: no pages asked for");
        ulong alignmentPages = Math.Min(BitOperations.RoundUpToPowerOf2(pageCount), 512);
        first = default;
        if (_counters->Requests++ >= _counters->RefuseFrom) return false;
        while (_counters->FirstFree < _pageCount && _pages[_counters->FirstFree] != Free) _counters->FirstFree++;
        for (ulong at = _counters->FirstFree; at + pageCount <= _pageCount; at++)
        {
            at = (at + alignmentPages - 1) & ~(alignmentPages - 1);
            ulong free = 0;
            while (free < pageCount && at + free < _pageCount && _pages[at + free] == Free) free++;
            if (free == pageCount)
            {
                Take(at, pageCount);
                first = First + at;
                return true;
            }

            at += free;
        }

        return false;
    }

    public bool TryExtend(PageNumber first, ulong pageCount, ulong morePages)
    {
        if (++_counters->Requests > _counters->RefuseFrom) return false;
        ulong end = (first - First) + pageCount;
        if (morePages > _pageCount - end || new Span<byte>(_pages + end, (int)morePages).ContainsAnyExcept(Free)) return false;
        Take(end, morePages);
        _pages[end] = Body;
        return true;
    }

    public void FreePages(PageNumber first, ulong pageCount)
    {
        ulong at = first - First;
        KernelAssert.That(at < _pageCount && pageCount > 0 && pageCount <= _pageCount - at, "HostArena: foreign pages");
        KernelAssert.That(_pages[at] == Head, "HostArena: not the start of a run");
        for (ulong i = 1; i < pageCount; i++) KernelAssert.That(_pages[at + i] == Body, "HostArena: longer than the run");
        KernelAssert.That(at + pageCount == _pageCount || _pages[at + pageCount] != Body, "HostArena: shorter than the run");
        new Span<byte>(_pages + at, (int)pageCount).Clear();
        NativeMemory.Fill(_bytes + PageNumber.BytesOf(at), (nuint)PageNumber.BytesOf(pageCount), 0xDD);
        _counters->PagesOut -= pageCount;
        _counters->FirstFree = Math.Min(_counters->FirstFree, at);
    }

    private void Take(ulong at, ulong pageCount)
    {
        new Span<byte>(_pages + at, (int)pageCount).Fill(Body);
        _pages[at] = Head;
        NativeMemory.Fill(_bytes + PageNumber.BytesOf(at), (nuint)PageNumber.BytesOf(pageCount), 0xA5);
        _counters->PagesOut += pageCount;
    }
}
