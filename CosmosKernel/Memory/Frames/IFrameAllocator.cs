using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Hands out blocks of frames and takes them back.</summary>
/// <remarks>
/// A block of order k is 2^k frames from a multiple of 2^k on. What is refused changes nothing but its counter. Nothing is
/// cleared, nothing of the frames themselves is touched, no memory is allocated: an implementation is a struct over storage given
/// to it. Not thread-safe: the caller holds the lock of the zone. The contract is spelled out by the tests' contract fixture.
/// </remarks>
public interface IFrameAllocator
{
    /// <summary>The frames it manages, free and allocated.</summary>
    ulong ManagedFrames { get; }

    /// <summary>The frames that are free.</summary>
    ulong FreeFrames { get; }

    /// <summary>Takes reserved frames of RAM into management, as free ones.</summary>
    /// <returns>False, with nothing changed, when one of them is no RAM, is not reserved, or lies outside the allocator's reach.</returns>
    bool TryAdopt(FrameRange frames);

    /// <summary>Gives free frames up: they are reserved again.</summary>
    /// <returns>False, with nothing changed, when one of them is not free, or not the allocator's.</returns>
    bool TryWithdraw(FrameRange frames);

    /// <summary>Allocates a block; false when none of this order can be had.</summary>
    bool TryAllocate(Order order, out FrameNumber frame);

    /// <summary>Allocates exactly <paramref name="frameCount"/> frames in a row; false when they cannot be had.</summary>
    /// <param name="frameCount">How many; of 0 there are none.</param>
    /// <param name="alignment">The first frame is a multiple of this order's frames.</param>
    /// <param name="limit">All frames are below this one.</param>
    /// <param name="frames">The frames: a row of blocks, which <see cref="FreeRun"/> frees as a whole.</param>
    bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames);

    /// <summary>Frees the block that was allocated at <paramref name="frame"/> with this order.</summary>
    FreeResult Free(FrameNumber frame, Order order);

    /// <summary>Frees allocated blocks that fill <paramref name="frames"/> exactly; all of them or none.</summary>
    FreeResult FreeRun(FrameRange frames);

    /// <summary>Whether <paramref name="frame"/> is the allocator's, and free.</summary>
    bool IsFree(FrameNumber frame);

    /// <summary>How many blocks of exactly this order the free frames make, each as large as aligned blocks can be; O(frames / 64) at worst.</summary>
    ulong FreeBlocks(Order order);

    /// <summary>How often a free was refused for <paramref name="reason"/>.</summary>
    ulong RefusalsFor(FreeResult reason);

    /// <summary>Checks the numbered invariants; null when they hold, else the name of the first that does not. O(frames).</summary>
    string? Validate();
}
