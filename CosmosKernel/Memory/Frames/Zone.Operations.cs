using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>What processors do with a zone, each under its lock.</content>
public unsafe partial struct Zone
{
    /// <summary>Makes caches of single frames and of large blocks for a processor, where it keeps them.</summary>
    internal void AddCaches<TGuard>(TGuard guard, PerCpuCache* cache, PerCpuCache* largeCache)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        *cache = new PerCpuCache(_number, _origin, Order.Zero, _caches); // SAFETY, both: the caller gives room for it.
        *largeCache = new PerCpuCache(_number, _origin, Order.TwoMiB, _largeCaches);
        _caches = cache;
        _largeCaches = largeCache;
        _processorCount++;
        UpdateCaches();
        _lock.Release(guard, wereOn);
    }

    /// <summary>Sets the marks by what the zone manages.</summary>
    internal void SetMarks<TGuard>(TGuard guard)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        UpdateMarks();
        _lock.Release(guard, wereOn);
    }

    /// <summary>Makes pending frames ready, whose descriptors are written now.</summary>
    internal void Prepare<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        KernelAssert.That(frames.Count <= _pendingFrames && _calls.TryAdopt(_allocator, frames), "Zone: frames are not pending");
        _readyFrames += frames.Count;
        _pendingFrames -= frames.Count;
        _lock.Release(guard, wereOn);
    }

    /// <summary>Takes reserved frames, whose descriptors are written, into management.</summary>
    internal bool TryAdopt<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        bool isAdopted = _calls.TryAdopt(_allocator, frames);
        if (isAdopted)
        {
            _managedFrames += frames.Count;
            _readyFrames += frames.Count;
            UpdateMarks();
        }

        _lock.Release(guard, wereOn);
        return isAdopted;
    }

    /// <summary>Makes free frames, whose descriptors are written, reserved ones; false when one is not free, or in a cache.</summary>
    internal bool TryWithdraw<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        bool isWithdrawn = _calls.TryWithdraw(_allocator, frames);
        if (isWithdrawn)
        {
            _managedFrames -= frames.Count;
            _readyFrames -= frames.Count;
            UpdateMarks();
        }

        _lock.Release(guard, wereOn);
        return isWithdrawn;
    }

    /// <summary>Gives what the running processor's caches have back to the allocator.</summary>
    internal void Drain<TGuard>(TGuard guard, PerCpuCache* cache, PerCpuCache* largeCache)
        where TGuard : struct, ILockGuard
    {
        if (cache->Count != 0 || largeCache->Count != 0)
        {
            bool wereOn = _lock.Acquire(guard);
            TakeAllBack(cache, largeCache);
            _lock.Release(guard, wereOn);
        }

        cache->TryAdapt();
        largeCache->TryAdapt();
    }

    /// <summary>Lets no more free frames into caches: the zone goes below its low mark, and each frame counts now.</summary>
    internal void Close<TGuard>(TGuard guard)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        CloseCaches();
        _lock.Release(guard, wereOn);
    }

    /// <summary>Has every allocation and free go through <paramref name="calls"/>; caches would answer some themselves, so they stay closed.</summary>
    internal void BeginObserving<TGuard>(TGuard guard, in FrameAllocatorKind calls)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        _calls = calls;
        _isObserved = true;
        CloseCaches();
        _lock.Release(guard, wereOn);
    }

    /// <summary>Gives the zone its own calls back.</summary>
    internal void EndObserving<TGuard>(TGuard guard, in FrameAllocatorKind calls)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        _calls = calls;
        _isObserved = false;
        UpdateCaches();
        _lock.Release(guard, wereOn);
    }

    /// <summary>Loads the running processor's cache, whose loaded stack is empty; false when nothing is ready, or the zone is short.</summary>
    internal bool TryFill<TGuard>(TGuard guard, PerCpuCache* cache)
        where TGuard : struct, ILockGuard
    {
        if (cache->TryLoadSpare()) return true;
        cache->TryAdapt();
        bool wereOn = _lock.Acquire(guard);
        bool isLoaded = Load(cache);
        _lock.Release(guard, wereOn);
        return isLoaded;
    }

    /// <summary>Sees to it that the running processor's cache has room; false when the zone is short and wants its frames itself.</summary>
    /// <param name="guard">The running processor.</param>
    /// <param name="cache">Its cache of single frames.</param>
    /// <param name="largeCache">Its cache of large blocks.</param>
    /// <param name="home">Its node: what it frees for another one goes back as soon as a batch is full.</param>
    internal bool TryMakeRoom<TGuard>(TGuard guard, PerCpuCache* cache, PerCpuCache* largeCache, NodeId home)
        where TGuard : struct, ILockGuard
    {
        bool isAdapted = cache->TryAdapt();
        if (cache->HasRoom && isAdapted) return true;
        if (!isAdapted || home != _node)
        {
            Drain(guard, cache, largeCache);
            return cache->HasRoom;
        }

        if (cache->Limit == 0 || cache->TryStoreSpare()) return cache->HasRoom;
        bool wereOn = _lock.Acquire(guard);
        TakeBack(cache);
        _lock.Release(guard, wereOn);
        return cache->TryStoreSpare();
    }

    /// <summary>Allocates a block of frames that are ready, when at least <paramref name="kept"/> frames stay free.</summary>
    internal bool TryAllocate<TGuard>(TGuard guard, Order order, FrameOwner owner, ulong kept, out FrameNumber frame)
        where TGuard : struct, ILockGuard
    {
        FrameNumber found = default;
        bool isAllocated = false;
        if (CanSpare(order.FrameCount, kept))
        {
            bool wereOn = _lock.Acquire(guard);
            isAllocated = CanSpare(order.FrameCount, kept) && _calls.TryAllocate(_allocator, order, owner, &found);
            if (isAllocated) CountServed(order.FrameCount);
            _lock.Release(guard, wereOn);
        }

        frame = found;
        return isAllocated;
    }

    /// <summary>Allocates a run of frames that are ready, when at least <paramref name="kept"/> frames stay free.</summary>
    internal bool TryAllocateRun<TGuard>(TGuard guard, in RunRequest run, ulong kept, out FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        frames = default;
        if (!CanSpare(run.FrameCount, kept)) return false;
        RunRequest wanted = run;
        FrameRange found = default;
        bool wereOn = _lock.Acquire(guard);
        bool isAllocated = CanSpare(run.FrameCount, kept) && _calls.TryAllocateRun(_allocator, &wanted, &found);
        if (isAllocated) CountServed(run.FrameCount);
        _lock.Release(guard, wereOn);
        frames = found;
        return isAllocated;
    }

    /// <summary>Allocates these frames, when at least <paramref name="kept"/> frames stay free; false when one is not free and ready.</summary>
    internal bool TryAllocateAt<TGuard>(TGuard guard, FrameRange frames, FrameOwner owner, ulong kept)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        bool isAllocated = CanSpare(frames.Count, kept) && _calls.TryAllocateAt(_allocator, frames, owner);
        if (isAllocated) _readyFrames -= frames.Count;
        _lock.Release(guard, wereOn);
        return isAllocated;
    }

    /// <summary>Frees a block; the caches are open again when the zone is well.</summary>
    internal FreeResult Free<TGuard>(TGuard guard, FrameDescriptor* block, FrameNumber frame, Order order)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        FreeResult result = _calls.Free(_allocator, block, frame, order);
        if (result == FreeResult.Ok) _readyFrames += order.FrameCount;
        if (!_isOpen && Available >= _marks.High) UpdateCaches();
        _lock.Release(guard, wereOn);
        return result;
    }

    /// <summary>Whether <paramref name="frame"/> is free, and ready, and in no cache.</summary>
    internal bool IsFree<TGuard>(TGuard guard, FrameNumber frame)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock.Acquire(guard);
        bool isFree = _calls.IsFree(_allocator, frame);
        _lock.Release(guard, wereOn);
        return isFree;
    }

    private void CountServed(ulong frames)
    {
        _readyFrames -= frames;
        _served++;
    }
}
