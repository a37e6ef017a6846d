using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Frames with counts of what is asked for and what is given.</summary>
/// <typeparam name="TFrames">Whose frames.</typeparam>
public struct CountedFrames<TFrames> : IFrameAllocator
    where TFrames : struct, IFrameAllocator
{
#pragma warning disable IDE0044 // Its methods change it, which the analyzer does not see behind a type parameter.
    private TFrames _frames;
#pragma warning restore IDE0044
    private FrameCounters _counters;

    /// <summary>The frames of <paramref name="frames"/>, of which none is handed out yet.</summary>
    public CountedFrames(in TFrames frames)
    {
        _frames = frames;
        _counters = default;
    }

    /// <summary>What was counted so far.</summary>
    public readonly FrameCounters Counters => _counters;

    /// <inheritdoc/>
    public ulong ManagedFrames => _frames.ManagedFrames;

    /// <inheritdoc/>
    public ulong FreeFrames => _frames.FreeFrames;

    /// <inheritdoc/>
    public bool TryAdopt(FrameRange frames) => _frames.TryAdopt(frames);

    /// <inheritdoc/>
    public bool TryWithdraw(FrameRange frames) => _frames.TryWithdraw(frames);

    /// <inheritdoc/>
    public bool TryAllocate(Order order, out FrameNumber frame) =>
        Count(_frames.TryAllocate(order, out frame), order.FrameCount, order.FrameCount);

    /// <summary>Allocates the smallest block that has <paramref name="frameCount"/> frames; false when it cannot be had.</summary>
    /// <param name="frameCount">How many frames are wanted.</param>
    /// <param name="frame">The first one.</param>
    /// <param name="order">The block's order, for <see cref="Free"/>: what it has beyond the wanted frames is counted as wasted.</param>
    public bool TryAllocateFor(ulong frameCount, out FrameNumber frame, out Order order)
    {
        frame = default;
        bool isServed = Order.TryForFrameCount(frameCount, out order) && _frames.TryAllocate(order, out frame);
        return Count(isServed, frameCount, order.FrameCount);
    }

    /// <inheritdoc/>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames) =>
        Count(_frames.TryAllocateRun(frameCount, alignment, limit, out frames), frameCount, frameCount);

    /// <inheritdoc/>
    public FreeResult Free(FrameNumber frame, Order order) => CountFree(_frames.Free(frame, order), order.FrameCount);

    /// <inheritdoc/>
    public FreeResult FreeRun(FrameRange frames) => CountFree(_frames.FreeRun(frames), frames.Count);

    /// <inheritdoc/>
    public bool IsFree(FrameNumber frame) => _frames.IsFree(frame);

    /// <inheritdoc/>
    public ulong FreeBlocks(Order order) => _frames.FreeBlocks(order);

    /// <inheritdoc/>
    public ulong RefusalsFor(FreeResult reason) => _frames.RefusalsFor(reason);

    /// <inheritdoc/>
    public string? Validate() => _frames.Validate();

    private bool Count(bool isServed, ulong requestedFrames, ulong grantedFrames)
    {
        _counters.Requests++;
        if (!isServed)
        {
            _counters.Unserved++;
            return false;
        }

        _counters.RequestedFrames += requestedFrames;
        _counters.GrantedFrames += grantedFrames;
        _counters.CurrentFrames += grantedFrames;
        if (_counters.CurrentFrames > _counters.PeakFrames) _counters.PeakFrames = _counters.CurrentFrames;
        return true;
    }

    private FreeResult CountFree(FreeResult result, ulong frames)
    {
        _counters.Frees++;
        if (result == FreeResult.Ok) _counters.CurrentFrames -= frames;
        else _counters.Refused++;
        return result;
    }
}
