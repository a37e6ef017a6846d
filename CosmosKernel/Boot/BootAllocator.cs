using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Hands out frames before the frame allocator is there; what it hands out is reserved for good.</summary>
/// <remarks>
/// Takes from the highest free run below a limit downwards, so that low memory, which some devices need, stays free, and a
/// row of allocations of one kind is one region. Has no list of its own: free is what the map has and the regions do not.
/// O(ranges + regions) an allocation, meant for dozens of them. <see cref="HandOver"/> ends it: from then on the frame
/// allocator owns what is left.
/// </remarks>
public struct BootAllocator
{
    private MemoryMap _map;
    private ReservedRegions _reserved;
    private bool _handedOver;

    /// <summary>Allocates from what <paramref name="map"/> has and <paramref name="reserved"/> does not, below <paramref name="limit"/>.</summary>
    public BootAllocator(in MemoryMap map, in ReservedRegions reserved, PhysAddr limit)
    {
        _map = map;
        _reserved = reserved;
        _handedOver = false;
        Limit = limit;
    }

    /// <summary>Frames wholly below this address are handed out: what the page tables in use map.</summary>
    public PhysAddr Limit { get; set; }

    /// <summary>What is reserved so far, for reading.</summary>
    public readonly ReservedRegions Reserved => _reserved;

    /// <summary>How many frames are left, above the limit too.</summary>
    public readonly ulong FreeFrames
    {
        get
        {
            ulong count = 0;
            UnreservedCursor cursor = new(in _map, in _reserved);
            while (cursor.TryNext(out FrameRange run)) count += run.Count;
            return count;
        }
    }

    /// <summary>Allocates <paramref name="frameCount"/> frames in a row; their bytes are as the machine left them.</summary>
    /// <returns>False when no run below the limit is long enough, or the list of regions is full.</returns>
    public bool TryAllocate(ulong frameCount, ReservedKind kind, out FrameRange frames) =>
        TryAllocate(frameCount, Order.Zero, kind, out frames);

    /// <summary>Allocates <paramref name="frameCount"/> frames in a row, from a multiple of the size of <paramref name="alignment"/> on.</summary>
    /// <returns>False when no run below the limit is long enough, or the list of regions is full.</returns>
    public bool TryAllocate(ulong frameCount, Order alignment, ReservedKind kind, out FrameRange frames)
    {
        KernelAssert.That(!_handedOver, "BootAllocator: used after it handed over");
        frames = default;
        if (frameCount == 0 || !TryFindHighest(frameCount, alignment, out FrameNumber start)) return false;

        FrameRange found = new(start, frameCount);
        if (!_reserved.TryAdd(found, kind)) return false;
        frames = found;
        return true;
    }

    /// <summary>Reads the map, the same one, at another address from now on.</summary>
    public void UseMapAt(in MemoryMap map) => _map = map;

    /// <summary>Ends the boot allocations; the result is everything that the frame allocator must leave alone.</summary>
    public ReservedRegions HandOver()
    {
        KernelAssert.That(!_handedOver, "BootAllocator: handed over twice");
        _handedOver = true;
        return _reserved;
    }

    private readonly bool TryFindHighest(ulong frameCount, Order alignment, out FrameNumber start)
    {
        start = default;
        bool found = false;
        FrameRange below = new(FrameNumber.Zero, Limit.ContainingFrame.Value);
        UnreservedCursor cursor = new(in _map, in _reserved);
        while (cursor.TryNext(out FrameRange run))
        {
            run = run.Intersect(below);
            if (run.Count < frameCount) continue;
            FrameNumber candidate = (run.End - frameCount).AlignDown(alignment);
            if (candidate < run.Start) continue;
            start = candidate;
            found = true;
        }

        return found;
    }
}
