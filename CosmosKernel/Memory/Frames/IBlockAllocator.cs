using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Finds free blocks of frames in a zone: the part of a frame allocator that is an algorithm.</summary>
/// <remarks>
/// <para>
/// It trusts its caller, <see cref="FrameAllocator{TBlocks}"/>, which knows from the frame table what is allocated: what is given
/// back was taken, and as it was taken. Naming errors, counting, owners and references are not its business.
/// </para>
/// <para>
/// Of each frame that it is given, the descriptor is <see cref="FrameState.Inner"/> and carries the zone's number. While a frame
/// is its own it may use the descriptor's other words, and mark the first frame of a free block <see cref="FrameState.Free"/>
/// through <see cref="FrameTable.Transition"/>; what it hands out or gives up is Inner again.
/// </para>
/// <para>
/// An implementation is a struct that works before <c>new</c> does; it owns no memory, touches no frame, and is not thread-safe.
/// The file's place and name make it known: <c>Memory/Frames/Allocators/FirstFitAllocator.cs</c> is <c>frames=firstfit</c>.
/// </para>
/// </remarks>
public unsafe interface IBlockAllocator
{
    /// <summary>The frames that are free.</summary>
    ulong FreeFrames { get; }

    /// <summary>The storage that <see cref="Initialize"/> wants for a zone of so many chunks, in bytes; called on the default value.</summary>
    ulong MetadataBytes(uint chunkCount);

    /// <summary>Makes it an allocator of <paramref name="zone"/> without frames.</summary>
    /// <param name="zone">Where its frames will lie.</param>
    /// <param name="storage"><see cref="MetadataBytes"/> bytes at a multiple of 64, with anything in them, to keep.</param>
    void Initialize(in ZoneFrames zone, byte* storage);

    /// <summary>Takes frames of RAM in a row, which were not its own, as free ones.</summary>
    void Add(FrameRange frames);

    /// <summary>Gives free frames up for good; false, with nothing changed, when one of them is not free.</summary>
    bool TryRemove(FrameRange frames);

    /// <summary>Hands out 2^order frames from a multiple of 2^order on; false when there are none.</summary>
    bool TryTake(Order order, out FrameNumber frame);

    /// <summary>Hands out <paramref name="frameCount"/> frames in a row, from a multiple of <paramref name="alignment"/>'s frames on.</summary>
    /// <param name="frameCount">At least 1.</param>
    /// <param name="alignment">What the first frame is aligned to.</param>
    /// <param name="limit">All frames are below this one.</param>
    /// <param name="frames">The frames.</param>
    /// <returns>False when there are none, or the algorithm cannot find them.</returns>
    bool TryTakeRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames);

    /// <summary>Takes back 2^order frames that it handed out, on their own or as a part of a larger block or a run.</summary>
    void Give(FrameNumber frame, Order order);

    /// <summary>Whether a frame that is its own or that it handed out is free now.</summary>
    bool IsFree(FrameNumber frame);

    /// <summary>How many blocks of exactly this order the free frames make, each as large as aligned blocks can be; for reports, O(frames / 64) at worst.</summary>
    ulong FreeBlocks(Order order);

    /// <summary>Checks the numbered invariants; null when they hold, else the name of the first that does not. O(frames).</summary>
    string? Validate();
}
