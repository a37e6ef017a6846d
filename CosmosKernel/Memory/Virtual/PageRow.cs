using System.Runtime.CompilerServices;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Neighbouring pages with equal rights and frames anywhere, which are mapped at once.</summary>
internal unsafe struct PageRow
{
    /// <summary>How many pages it holds.</summary>
    internal const int Capacity = 64;

    private fixed ulong _targets[Capacity];
    private PageNumber _start;
    private PageFlags _flags;
    private int _count;
    private int _countedFrames;

    /// <summary>The number of pages.</summary>
    internal readonly int Count => _count;

    /// <summary>How many of their frames count their users.</summary>
    internal readonly int CountedFrames => _countedFrames;

    /// <summary>What is allowed for all of them.</summary>
    internal readonly PageFlags Flags => _flags;

    /// <summary>The frame of the page that was added as number <paramref name="index"/>, from 0.</summary>
    internal readonly FrameNumber this[int index]
    {
        get
        {
            KernelAssert.That((uint)index < (uint)_count, "PageRow: no such page");
            return PhysAddr.FromTrusted(_targets[index]).ContainingFrame; // SAFETY: below the count.
        }
    }

    /// <summary>Whether a page can be added: there is room, and it goes on like the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool CanAdd(PageNumber page, PageFlags flags) =>
        _count == 0 || (_count < Capacity && flags == _flags && page == _start + (ulong)(uint)_count);

    /// <summary>Adds a page that can be added, and whether its frame counts its users.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(PageNumber page, FrameNumber frame, PageFlags flags, bool isCounted)
    {
        KernelAssert.That(CanAdd(page, flags), "PageRow: not a page of this row");
        if (_count == 0)
        {
            _start = page;
            _flags = flags;
        }

        _targets[_count] = frame.Start.Value; // SAFETY: below the capacity.
        _count++;
        if (isCounted) _countedFrames++;
    }

    /// <summary>Maps the pages.</summary>
    internal readonly PagingResult MapIn<TSpace>(in TSpace space)
        where TSpace : struct, IUserSpace
    {
        // SAFETY: an address is one word; as many as are counted.
        fixed (ulong* targets = _targets) return space.MapPages(_start.Start, (PhysAddr*)targets, _count, _flags);
    }

    /// <summary>Empties it.</summary>
    internal void Clear()
    {
        _count = 0;
        _countedFrames = 0;
    }
}
