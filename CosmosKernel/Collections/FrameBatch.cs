using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Collections;

/// <summary>Up to <see cref="Capacity"/> frames, kept on the stack.</summary>
public unsafe struct FrameBatch
{
    /// <summary>How many frames it holds.</summary>
    public const int Capacity = 64;

    private fixed ulong _frames[Capacity];

    /// <summary>The number of frames in it.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is no room for another.</summary>
    public readonly bool IsFull => Count == Capacity;

    /// <summary>Adds <paramref name="frame"/>; there must be room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FrameNumber frame)
    {
        KernelAssert.That(Count < Capacity, "FrameBatch: full");
        _frames[Count++] = frame.Value; // SAFETY: below the capacity.
    }

    /// <summary>Takes out the frame that was added last; there must be one.</summary>
    public FrameNumber Take()
    {
        KernelAssert.That(Count > 0, "FrameBatch: empty");
        return FrameNumber.FromTrusted(_frames[--Count]); // SAFETY: below the count.
    }

    /// <summary>Where the frames of a batch that stays where it is are: <see cref="Capacity"/> numbers; those beyond the count mean nothing.</summary>
    internal static ulong* StorageOf(FrameBatch* batch) => batch->_frames;

    /// <summary>Says how many frames the storage holds now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetCount(int count)
    {
        KernelAssert.That((uint)count <= Capacity, "FrameBatch: no room for so many");
        Count = count;
    }
}
