using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>The list of what is never handed out, sorted by start, in storage given by the caller.</summary>
/// <remarks>
/// Regions may overlap (a boot module inside a range that something else covers too): each keeps its own reason, and what is
/// reserved is their union. Regions of one kind that touch or overlap are merged, so that a row of boot allocations takes one
/// place. A copy shares the storage but not the count: keep one.
/// </remarks>
public unsafe struct ReservedRegions
{
    private readonly ReservedRegion* _regions;
    private readonly int _capacity;
    private int _count;

    /// <summary>Uses the storage at <paramref name="storage"/>, a multiple of 8.</summary>
    public ReservedRegions(byte* storage, ulong storageBytes)
    {
        _regions = (ReservedRegion*)storage;
        _capacity = (int)(storageBytes / BytesPerRegion);
        _count = 0;
    }

    /// <summary>The storage that a region takes.</summary>
    public static ulong BytesPerRegion => (ulong)sizeof(ReservedRegion);

    /// <summary>The number of regions.</summary>
    public readonly int Count => _count;

    /// <summary>The region at <paramref name="index"/>, in the order of their starts.</summary>
    public readonly ReservedRegion this[int index]
    {
        get
        {
            KernelAssert.That((uint)index < (uint)_count, "ReservedRegions: no such region");
            return _regions[index];
        }
    }

    /// <summary>Reserves every frame that has a byte in the range; no bytes change nothing.</summary>
    /// <returns>False when the storage is full; nothing is changed then.</returns>
    public bool TryAdd(PhysAddr start, ulong sizeBytes, ReservedKind kind) => TryAdd(FrameRange.Covering(start, sizeBytes), kind);

    /// <summary>Reserves <paramref name="frames"/>; none change nothing.</summary>
    /// <returns>False when the storage is full; nothing is changed then.</returns>
    public bool TryAdd(FrameRange frames, ReservedKind kind)
    {
        if (frames.IsEmpty) return true;

        // All or nothing: without room the list can only take what melts into a region that is there.
        bool merged = false;
        for (int i = 0; i < _count;)
        {
            ReservedRegion region = _regions[i];
            if (region.Kind != kind || region.Frames.Start > frames.End || frames.Start > region.Frames.End)
            {
                i++;
                continue;
            }

            frames = FrameRange.FromBounds(
                frames.Start < region.Frames.Start ? frames.Start : region.Frames.Start,
                frames.End > region.Frames.End ? frames.End : region.Frames.End);
            RemoveAt(i);
            merged = true;
        }

        if (!merged && _count == _capacity) return false;
        Insert(new ReservedRegion(frames, kind));
        return true;
    }

    /// <summary>Takes <paramref name="frames"/> out of every region; what is left of a region on both sides becomes two.</summary>
    /// <returns>False when the storage is full; nothing is changed then.</returns>
    public bool TryRemove(FrameRange frames)
    {
        if (frames.IsEmpty) return true;
        int more = 0;
        for (int i = 0; i < _count; i++)
        {
            FrameRange region = _regions[i].Frames;
            if (region.Start < frames.Start && frames.End < region.End) more++;
        }

        if (_count + more > _capacity) return false;
        for (int i = 0; i < _count;)
        {
            ReservedRegion region = _regions[i];
            if (region.Frames.Intersect(frames).IsEmpty)
            {
                i++;
                continue;
            }

            RemoveAt(i);
            if (region.Frames.End > frames.End) Insert(new ReservedRegion(FrameRange.FromBounds(frames.End, region.Frames.End), region.Kind));
            if (region.Frames.Start >= frames.Start) continue;
            Insert(new ReservedRegion(FrameRange.FromBounds(region.Frames.Start, frames.Start), region.Kind));
            i++;
        }

        return true;
    }

    /// <summary>The first region that <paramref name="frame"/> lies in; O(regions).</summary>
    public readonly bool TryFind(FrameNumber frame, out ReservedRegion region)
    {
        for (int i = 0; i < _count; i++)
        {
            region = _regions[i];
            if (region.Frames.Contains(frame)) return true;
        }

        region = default;
        return false;
    }

    // SAFETY, both: indices stay below _count, and _count below _capacity before an insertion.
    private void RemoveAt(int index)
    {
        _count--;
        for (int i = index; i < _count; i++) _regions[i] = _regions[i + 1];
    }

    private void Insert(ReservedRegion region)
    {
        int index = _count++;
        for (; index > 0 && _regions[index - 1].Frames.Start > region.Frames.Start; index--) _regions[index] = _regions[index - 1];
        _regions[index] = region;
    }
}
