using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Telling somebody of every call: while it is on, a closed front stands before the magazines, so that each takes the long way.</content>
public unsafe partial struct KernelHeap<TPages>
{
    /// <summary>From now on <paramref name="observer"/> is told of each call; nobody is so far. False when there is no memory for a page.</summary>
    internal bool TryBeginObserving(in HeapObserver observer)
    {
        KernelAssert.That(!_observer.IsThere, "KernelHeap: somebody is told already");
        if (_closed == null)
        {
            KernelAssert.That((ulong)sizeof(HeapFront) <= PageNumber.SizeBytes, "KernelHeap: a front needs more than a page");
            if (!_store.TryTakeTablePages(1, out byte* page)) return false;
            _observerFront = (HeapFront*)page;
            Close(_observerFront);
            _ownPages++;
        }

        _observer = observer;
        return true;
    }

    /// <summary>Ends it.</summary>
    internal void EndObserving()
    {
        KernelAssert.That(_observer.IsThere, "KernelHeap: nobody is told");
        _observer = default;
        if (_observerFront == null) return; // The front was closed before, and stays so.
        _front = _own;
        _closed = null;
        _store.ReturnTablePages((byte*)_observerFront, 1);
        _observerFront = null;
        _ownPages--;
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

    /// <summary>What a reallocation calls is not told of, but what became of the block.</summary>
    private byte* ReallocateObserved(byte* block, nuint newSizeBytes)
    {
        HeapObserver observer = _observer;
        _observer = default;
        byte* result = Reallocate(block, newSizeBytes);
        _observer = observer;
        if (result != null) observer.Reallocated(block, result, newSizeBytes);
        return result;
    }
}
