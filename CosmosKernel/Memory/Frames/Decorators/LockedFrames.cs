using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Frames that several processors share: each operation holds a lock.</summary>
/// <typeparam name="TFrames">Whose frames; other decorators go inside, so that what they note is under the lock too.</typeparam>
/// <typeparam name="TGuard">The processor that runs.</typeparam>
public unsafe struct LockedFrames<TFrames, TGuard> : IFrameAllocator
    where TFrames : struct, IFrameAllocator
    where TGuard : struct, ILockGuard
{
    private readonly TicketLock* _lock;
    private readonly TGuard _guard;
#pragma warning disable IDE0044 // Its methods change it, which the analyzer does not see behind a type parameter.
    private TFrames _frames;
#pragma warning restore IDE0044

    /// <summary>The frames of <paramref name="frames"/>, which nobody else uses from now on.</summary>
    /// <param name="frames">The allocator.</param>
    /// <param name="frameLock">The lock, which stays where it is.</param>
    /// <param name="guard">The processor.</param>
    public LockedFrames(in TFrames frames, TicketLock* frameLock, TGuard guard)
    {
        _frames = frames;
        _lock = frameLock;
        _guard = guard;
    }

    /// <inheritdoc/>
    public ulong ManagedFrames
    {
        get
        {
            bool wereOn = _lock->Acquire(_guard);
            ulong frames = _frames.ManagedFrames;
            _lock->Release(_guard, wereOn);
            return frames;
        }
    }

    /// <inheritdoc/>
    public ulong FreeFrames
    {
        get
        {
            bool wereOn = _lock->Acquire(_guard);
            ulong frames = _frames.FreeFrames;
            _lock->Release(_guard, wereOn);
            return frames;
        }
    }

    /// <inheritdoc/>
    public bool TryAdopt(FrameRange frames)
    {
        bool wereOn = _lock->Acquire(_guard);
        bool isDone = _frames.TryAdopt(frames);
        _lock->Release(_guard, wereOn);
        return isDone;
    }

    /// <inheritdoc/>
    public bool TryWithdraw(FrameRange frames)
    {
        bool wereOn = _lock->Acquire(_guard);
        bool isDone = _frames.TryWithdraw(frames);
        _lock->Release(_guard, wereOn);
        return isDone;
    }

    /// <inheritdoc/>
    public bool TryAllocate(Order order, out FrameNumber frame)
    {
        bool wereOn = _lock->Acquire(_guard);
        bool isDone = _frames.TryAllocate(order, out frame);
        _lock->Release(_guard, wereOn);
        return isDone;
    }

    /// <inheritdoc/>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        bool wereOn = _lock->Acquire(_guard);
        bool isDone = _frames.TryAllocateRun(frameCount, alignment, limit, out frames);
        _lock->Release(_guard, wereOn);
        return isDone;
    }

    /// <inheritdoc/>
    public FreeResult Free(FrameNumber frame, Order order)
    {
        bool wereOn = _lock->Acquire(_guard);
        FreeResult result = _frames.Free(frame, order);
        _lock->Release(_guard, wereOn);
        return result;
    }

    /// <inheritdoc/>
    public FreeResult FreeRun(FrameRange frames)
    {
        bool wereOn = _lock->Acquire(_guard);
        FreeResult result = _frames.FreeRun(frames);
        _lock->Release(_guard, wereOn);
        return result;
    }

    /// <inheritdoc/>
    public bool IsFree(FrameNumber frame)
    {
        bool wereOn = _lock->Acquire(_guard);
        bool isFree = _frames.IsFree(frame);
        _lock->Release(_guard, wereOn);
        return isFree;
    }

    /// <inheritdoc/>
    public ulong FreeBlocks(Order order)
    {
        bool wereOn = _lock->Acquire(_guard);
        ulong blocks = _frames.FreeBlocks(order);
        _lock->Release(_guard, wereOn);
        return blocks;
    }

    /// <inheritdoc/>
    public ulong RefusalsFor(FreeResult reason)
    {
        bool wereOn = _lock->Acquire(_guard);
        ulong refusals = _frames.RefusalsFor(reason);
        _lock->Release(_guard, wereOn);
        return refusals;
    }

    /// <inheritdoc/>
    public string? Validate()
    {
        bool wereOn = _lock->Acquire(_guard);
        string? broken = _frames.Validate();
        _lock->Release(_guard, wereOn);
        return broken;
    }
}
