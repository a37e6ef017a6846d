using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Walks the usable frames that nothing reserves, upwards, as maximal runs.</summary>
/// <remarks>The map and the regions must not change during the walk. O(ranges + regions) in all where regions do not nest.</remarks>
public struct UnreservedCursor
{
    private readonly MemoryMap _map;
    private ReservedRegions _reserved;
    private FrameRange _rest;
    private int _position;
    private int _region;

    /// <summary>A walk from the lowest frame on.</summary>
    public UnreservedCursor(in MemoryMap map, in ReservedRegions reserved)
    {
        _map = map;
        _reserved = reserved;
        _rest = default;
        _position = 0;
        _region = 0;
    }

    /// <summary>The next run; false at the end.</summary>
    public bool TryNext(out FrameRange frames)
    {
        while (!_rest.IsEmpty || _map.TryNextUsable(ref _position, out _rest))
        {
            if (TryTakeFromRest(out frames)) return true;
        }

        frames = default;
        return false;
    }

    /// <summary>Takes the run at the front of the rest, or what is reserved there off the rest.</summary>
    private bool TryTakeFromRest(out FrameRange frames)
    {
        // Regions that end below the rest are behind the walk for good; they are sorted by start, so only a prefix is dropped.
        while (_region < _reserved.Count && _reserved[_region].Frames.End <= _rest.Start) _region++;

        FrameNumber end = _rest.End;
        for (int i = _region; i < _reserved.Count && _reserved[i].Frames.Start < end; i++)
        {
            FrameRange region = _reserved[i].Frames;
            if (region.Contains(_rest.Start))
            {
                frames = default;
                _rest = FrameRange.FromBounds(region.End, end);
                return false;
            }

            if (region.Start > _rest.Start) end = region.Start;
        }

        frames = FrameRange.FromBounds(_rest.Start, end);
        _rest = FrameRange.FromBounds(end, _rest.End);
        return true;
    }
}
