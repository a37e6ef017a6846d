using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>The frames below the end of the firmware's map, each counted once: wholly usable, or what else is in it.</summary>
/// <remarks>A frame that several ranges share counts as the strictest of them.</remarks>
public sealed class FirmwareFrames
{
    private readonly ulong[] _counts = new ulong[MemoryKinds.Count];
    private FrameNumber _shared;
    private MemoryKind _sharedKind;

    /// <summary>Counts the frames of <paramref name="map"/>; O(ranges).</summary>
    public FirmwareFrames(MemoryMap map)
    {
        int position = 0;
        while (map.TryNext(ref position, out MemoryRange range))
        {
            FrameRange touched = FrameRange.Covering(range.Start, range.SizeBytes);
            FrameRange whole = range.WholeFrames;
            End = touched.End;
            if (whole.IsEmpty)
            {
                Share(touched.Start, range.Kind);
                Share(touched.End - 1, range.Kind);
                continue;
            }

            if (touched.Start < whole.Start) Share(touched.Start, range.Kind);
            if (range.Kind == MemoryKind.Usable) Usable += whole.Count;
            else _counts[(int)range.Kind] += whole.Count;
            if (whole.End < touched.End) Share(whole.End, range.Kind);
        }

        CountShared();
        Holes = End.Value - Usable - PartlyUsable;
        for (MemoryKind kind = MemoryKind.Usable + 1; (int)kind < MemoryKinds.Count; kind++) Holes -= _counts[(int)kind];
    }

    /// <summary>The frame after the last that the map says anything about.</summary>
    public FrameNumber End { get; }

    /// <summary>The frames that are usable, all of them: MemOS's memory.</summary>
    public ulong Usable { get; }

    /// <summary>The frames that are usable in part and nothing else in the rest.</summary>
    public ulong PartlyUsable => _counts[(int)MemoryKind.Usable];

    /// <summary>The frames that the map does not mention.</summary>
    public ulong Holes { get; }

    /// <summary>The frames that have something of <paramref name="kind"/>, which is not usable, and nothing stricter.</summary>
    public ulong Of(MemoryKind kind) => _counts[(int)kind];

    /// <summary>Notes that a frame is of this kind in part; the frames come in order.</summary>
    private void Share(FrameNumber frame, MemoryKind kind)
    {
        if (frame != _shared) CountShared();
        _shared = frame;
        if (kind > _sharedKind) _sharedKind = kind;
    }

    private void CountShared()
    {
        if (_sharedKind != MemoryKind.None) _counts[(int)_sharedKind]++;
        _sharedKind = MemoryKind.None;
    }
}
