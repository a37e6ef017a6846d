using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Frames that run out when a test says so: to see what is done when there are none.</summary>
/// <typeparam name="TFrames">Whose frames.</typeparam>
public struct FailingFrames<TFrames> : IFrameAllocator
    where TFrames : struct, IFrameAllocator
{
#pragma warning disable IDE0044 // Its methods change it, which the analyzer does not see behind a type parameter.
    private TFrames _frames;
#pragma warning restore IDE0044
    private ulong _left;
    private readonly ulong _period;

    /// <summary>The frames of <paramref name="frames"/>; some requests are not served.</summary>
    /// <param name="frames">The allocator.</param>
    /// <param name="first">The first request that fails, counted from 1; 0 for none.</param>
    /// <param name="period">After it each so manieth fails; 0 for none.</param>
    public FailingFrames(in TFrames frames, ulong first, ulong period)
    {
        _frames = frames;
        _left = first;
        _period = period;
        Failures = 0;
    }

    /// <summary>The allocator inside, as it is now; for reading, or to go on without failures.</summary>
    public readonly TFrames Frames => _frames;

    /// <summary>How many requests were let fail.</summary>
    public ulong Failures { get; private set; }

    /// <inheritdoc/>
    public ulong ManagedFrames => _frames.ManagedFrames;

    /// <inheritdoc/>
    public ulong FreeFrames => _frames.FreeFrames;

    /// <inheritdoc/>
    public bool TryAdopt(FrameRange frames) => _frames.TryAdopt(frames);

    /// <inheritdoc/>
    public bool TryWithdraw(FrameRange frames) => _frames.TryWithdraw(frames);

    /// <inheritdoc/>
    public bool TryAllocate(Order order, out FrameNumber frame)
    {
        frame = default;
        return !FailsNow() && _frames.TryAllocate(order, out frame);
    }

    /// <inheritdoc/>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        frames = default;
        return !FailsNow() && _frames.TryAllocateRun(frameCount, alignment, limit, out frames);
    }

    /// <inheritdoc/>
    public FreeResult Free(FrameNumber frame, Order order) => _frames.Free(frame, order);

    /// <inheritdoc/>
    public FreeResult FreeRun(FrameRange frames) => _frames.FreeRun(frames);

    /// <inheritdoc/>
    public bool IsFree(FrameNumber frame) => _frames.IsFree(frame);

    /// <inheritdoc/>
    public ulong FreeBlocks(Order order) => _frames.FreeBlocks(order);

    /// <inheritdoc/>
    public ulong RefusalsFor(FreeResult reason) => _frames.RefusalsFor(reason);

    /// <inheritdoc/>
    public string? Validate() => _frames.Validate();

    private bool FailsNow()
    {
        if (_left == 0 || --_left != 0) return false;
        _left = _period;
        Failures++;
        return true;
    }
}
