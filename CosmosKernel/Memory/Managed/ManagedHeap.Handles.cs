using System.Threading;
using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <content>Handles and finalizers: what a program says about the lives of its objects.</content>
public unsafe partial struct ManagedHeap<TPages, TObjects, TLocals, TGuard>
{
    /// <summary>Handles in use.</summary>
    public readonly ulong HandleCount => _handles.Count;

    /// <summary>Objects whose finalizers wait to be run.</summary>
    public readonly ulong ReadyFinalizers => _finalizers.ReadyCount;

    /// <summary>Makes a handle; null when there is no memory for it.</summary>
    public Handle* AllocateHandle(HandleKind kind, void* target, void* secondary)
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        Handle* handle = null;
        if (_handles.IsFull && _store.TryTakeTablePages(1, out byte* page)) _handles.AddPage(page);
        if (!_handles.IsFull) handle = _handles.Take(kind, (byte*)target, (byte*)secondary);
        _lock.Release(default(TGuard), wereOn);
        return handle;
    }

    /// <summary>Gives a handle back, which came from here.</summary>
    public void FreeHandle(Handle* handle)
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        KernelAssert.That(handle->Kind != HandleKind.Free, "ManagedHeap: the handle is free already");
        _handles.Return(handle);
        _lock.Release(default(TGuard), wereOn);
    }

    /// <summary>Has the finalizer of the object at <paramref name="reference"/> run when nothing reaches it any more.</summary>
    /// <returns>False when there is no memory to note it.</returns>
    public bool TryRegisterFinalizer(void* reference)
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        if (_finalizers.IsFull && _store.TryTakeTablePages(1, out byte* page)) _finalizers.AddPage(page);
        bool hasRoom = !_finalizers.IsFull;
        if (hasRoom) _finalizers.Add((byte*)reference);
        _lock.Release(default(TGuard), wereOn);
        return hasRoom;
    }

    /// <summary>Handles of a kind. Cost: all handles.</summary>
    public readonly ulong CountHandles(HandleKind kind)
    {
        ulong count = 0;
        Handle* cursor = null;
        Handle* handle;
        while ((handle = _handles.Next(ref cursor)) != null)
        {
            if (handle->Kind == kind) count++;
        }

        return count;
    }

    /// <summary>What <c>GC.SuppressFinalize</c> does: the finalizer does not run.</summary>
    public readonly void SuppressFinalizer(void* reference) => TryChangeSuppression(reference, ObjectType.FinalizerDone);

    /// <summary>What <c>GC.ReRegisterForFinalize</c> does: takes the suppression back, or has it run once more.</summary>
    public bool TryRegisterFinalizerAgain(void* reference)
    {
        return TryChangeSuppression(reference, 0) || TryRegisterFinalizer(reference);
    }

    /// <summary>Takes the next object whose finalizer is to run; null when there is none.</summary>
    public void* TakeReadyForFinalizer()
    {
        byte* reference;
        do
        {
            bool wereOn = _lock.Acquire(default(TGuard));
            reference = _finalizers.TakeReady();
            _lock.Release(default(TGuard), wereOn);
        }
        while (reference != null && TryChangeSuppression(reference, 0));

        return reference;
    }

    // Other processors may change other bits of the header at the same time: it is what their locks lie in. False when nothing had to change.
    private static bool TryChangeSuppression(void* reference, uint bit)
    {
        ref int header = ref *(int*)ObjectType.HeaderBits((byte*)reference);
        while (true)
        {
            int seen = Volatile.Read(ref header);
            int wanted = (int)(((uint)seen & ~ObjectType.FinalizerDone) | bit);
            if (wanted == seen) return false;
            if (Interlocked.CompareExchange(ref header, wanted, seen) == seen) return true;
        }
    }

    private void MarkStrongHandles()
    {
        Handle* cursor = null;
        Handle* handle;
        while ((handle = _handles.Next(ref cursor)) != null)
        {
            if (handle->IsStrong) MarkReference(handle->Target);
        }

        _finalizers.Rewind();
        byte* ready;
        while ((ready = _finalizers.Next(out bool isReady)) != null)
        {
            if (isReady) MarkReference(ready);
        }
    }

    /// <summary>Marks what dependent handles keep of targets that are reached, until that reaches no more targets.</summary>
    private void MarkDependents()
    {
        bool hasChanged = true;
        while (hasChanged)
        {
            Settle();
            hasChanged = false;
            Handle* cursor = null;
            Handle* handle;
            while ((handle = _handles.Next(ref cursor)) != null)
            {
                if (handle->Kind != HandleKind.Dependent || handle->Target == null || !IsReached(handle->Target) || IsReached(handle->Secondary)) continue;
                MarkReference(handle->Secondary);
                hasChanged = true;
            }
        }
    }

    private readonly void ClearHandles(HandleKind kind)
    {
        Handle* cursor = null;
        Handle* handle;
        while ((handle = _handles.Next(ref cursor)) != null)
        {
            if (handle->Kind != kind || IsReached(handle->Target)) continue;
            handle->Target = null;
            handle->Secondary = null;
        }
    }

    /// <summary>Makes the finalizers of objects that nothing reached ready, and marks those objects.</summary>
    private void FindReady()
    {
        _finalizers.Rewind();
        byte* reference;
        while ((reference = _finalizers.Next(out _)) != null)
        {
            if (IsReached(reference)) continue;
            if ((*ObjectType.HeaderBits(reference) & ObjectType.FinalizerDone) != 0) _finalizers.Drop();
            else _finalizers.MakeReady();
        }

        // Only now: an object that a dead one refers to is dead too, and its finalizer runs in the same round.
        _finalizers.Rewind();
        while ((reference = _finalizers.Next(out bool isReady)) != null)
        {
            if (isReady) MarkReference(reference);
        }

        CompactFinalizers();
    }

    private void CompactFinalizers()
    {
        void* spare = _finalizers.Compact();
        byte* page;
        while ((page = _finalizers.TakeSpare(ref spare)) != null) _store.ReturnTablePages(page, 1);
    }
}
