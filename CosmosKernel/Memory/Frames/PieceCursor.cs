using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Walks the pieces of RAM that <see cref="FrameTable"/> describes, upwards.</summary>
internal struct PieceCursor
{
    /// <summary>Numbers of descriptors are below <see cref="FrameDescriptor.NoLink"/>.</summary>
    private const ulong DescriptorLimit = FrameDescriptor.NoLink;

    private readonly MemoryMap _map;
    private FrameRange _rest;
    private ulong _room;
    private int _position;

    internal PieceCursor(in MemoryMap map)
    {
        _map = map;
        _rest = default;
        _room = DescriptorLimit;
        _position = 0;
    }

    internal bool TryNext(out FrameRange piece)
    {
        piece = default;
        if (!TryLoadRest()) return false;

        FrameNumber sectionEnd = FrameNumber.FromTrusted(((_rest.Start.Value >> FrameTable.SectionShift) + 1) << FrameTable.SectionShift);
        piece = TakeUpTo(sectionEnd);
        while (TryLoadRest() && _rest.Start < sectionEnd && IsSmall(_rest.Start - piece.End, piece.Count))
        {
            piece = FrameRange.FromBounds(piece.Start, TakeUpTo(sectionEnd).End);
        }

        if (piece.Count > _room) return false;
        _room -= piece.Count;
        return true;
    }

    private static bool IsSmall(ulong holeFrames, ulong pieceFrames) =>
        holeFrames <= FrameTable.SmallHole || holeFrames <= pieceFrames;

    private bool TryLoadRest() => !_rest.IsEmpty || _map.TryNextUsable(ref _position, out _rest);

    private FrameRange TakeUpTo(FrameNumber limit)
    {
        FrameNumber end = _rest.End < limit ? _rest.End : limit;
        FrameRange taken = FrameRange.FromBounds(_rest.Start, end);
        _rest = FrameRange.FromBounds(end, _rest.End);
        return taken;
    }
}
