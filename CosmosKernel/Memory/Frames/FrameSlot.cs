using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Where the descriptors of one piece of RAM are; without frames, an empty place of the hash table.</summary>
internal readonly unsafe struct FrameSlot
{
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
