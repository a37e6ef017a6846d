using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Where the descriptors of one piece of RAM are; without frames, an empty place of the hash table.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct FrameSlot
{
    /// <summary>The size: a power of two, so that slots are found by shift and mask alone.</summary>
    internal const int SizeBytes = 1 << SizeShift;

    internal const int SizeShift = 5;

    internal readonly ulong First;

    /// <summary>The frames, once their descriptors are written; 0 before. The word that look-ups beside the writer go by: it is written last.</summary>
    internal ulong Count;

    /// <summary>Where the descriptors are; null in an empty place.</summary>
    internal readonly FrameDescriptor* Descriptors;

    /// <summary>The table's number of the piece's first chunk.</summary>
    internal readonly uint FirstChunk;

    private readonly uint _frameCount;

    internal FrameSlot(FrameRange piece, FrameDescriptor* descriptors, uint firstChunk)
    {
        First = piece.Start.Value;
        Count = 0;
        Descriptors = descriptors;
        FirstChunk = firstChunk;
        _frameCount = (uint)piece.Count;
    }

    /// <summary>Whether it is a piece's and no empty place.</summary>
    internal readonly bool IsTaken => Descriptors != null;

    /// <summary>Whether the descriptors of the piece are not written yet.</summary>
    internal readonly bool IsPending => Count == 0;

    /// <summary>All frames of the piece.</summary>
    internal readonly FrameRange Frames => new(FrameNumber.FromTrusted(First), _frameCount);
}
