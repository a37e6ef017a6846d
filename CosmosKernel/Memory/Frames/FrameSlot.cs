using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Where the descriptors of one piece of RAM are; without frames, an empty place of the hash table.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal readonly unsafe struct FrameSlot
{
    /// <summary>The size: a power of two, so that slots are found by shift and mask alone.</summary>
    internal const int SizeBytes = 1 << SizeShift;

    internal const int SizeShift = 5;

    internal readonly ulong First;
    internal readonly ulong Count;
    internal readonly FrameDescriptor* Descriptors;

    internal FrameSlot(FrameRange piece, FrameDescriptor* descriptors)
    {
        First = piece.Start.Value;
        Count = piece.Count;
        Descriptors = descriptors;
    }
}
