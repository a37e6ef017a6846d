using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>
/// Telling somebody of every call: while it is on, closed fronts stand before the magazines, so that each call takes the long way. What is told is
/// told with the lock held, one call after the other.
/// </content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    /// <summary>From now on <paramref name="observer"/> is told of each call; nobody is so far. What other CPUs are in the midst of is not told.</summary>
    internal void BeginObserving(in HeapObserver observer)
    {
        bool wereOn = Enter();
        KernelAssert.That(!_observer.IsThere, "KernelHeap: somebody is told already");
        _observer = observer;
        SetFronts();
        Leave(wereOn);
    }

    /// <summary>Ends it.</summary>
    internal void EndObserving()
    {
        bool wereOn = Enter();
        KernelAssert.That(_observer.IsThere, "KernelHeap: nobody is told");
        _observer = default;
        SetFronts();
        Leave(wereOn);
    }

    /// <summary>Who is told of an allocation.</summary>
    private enum Telling : byte
    {
        Observer,
        Nobody,
    }

    private readonly void TellMoved(byte* block, byte* result, nuint sizeBytes)
    {
        if (_observer.IsThere) _observer.Reallocated(block, result, sizeBytes);
    }

    private readonly byte* Tell(byte* block, nuint sizeBytes)
    {
        if (_observer.IsThere && block != null) _observer.Allocated(block, sizeBytes);
        return block;
    }

    private readonly HeapFreeResult TellFreed(byte* block, HeapFreeResult result)
    {
        if (_observer.IsThere && HeapFreeResults.IsFreed(result)) _observer.Freed(block);
        return result;
    }
}
