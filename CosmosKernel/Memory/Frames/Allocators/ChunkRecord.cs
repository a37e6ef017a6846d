using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Where a chunk in use is, and how much of it is free.</summary>
internal struct ChunkRecord
{
    /// <summary>The frames of the chunk that are free.</summary>
    internal uint Free;

    private readonly uint _window;

    /// <summary>The chunk of <paramref name="frame"/>, nothing of it free.</summary>
    internal ChunkRecord(FrameNumber frame)
    {
        Free = 0;
        _window = (uint)(frame.Value >> FrameTable.ChunkShift);
    }

    /// <summary>The frame at the boundary where the chunk begins, or would if it were not short.</summary>
    internal readonly FrameNumber FirstFrame
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FrameNumber.FromTrusted((ulong)_window << FrameTable.ChunkShift);
    }

    /// <summary>Chunks with windows in a row have frames in a row, if they have all their frames.</summary>
    internal readonly uint Window => _window;
}
