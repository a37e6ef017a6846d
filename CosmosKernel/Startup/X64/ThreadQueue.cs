using System.Threading;
using MemOS.Collections;
using MemOS.Hardware;

namespace MemOS.Startup;

/// <summary>The threads that wait for their turn on a processor, and the one that runs there.</summary>
internal unsafe struct ThreadQueue
{
    private TicketLock _lock;
    private KernelThread* _first;
    private KernelThread* _last;
    private int _movable;

    /// <summary>The thread that runs.</summary>
    internal KernelThread* Running;

    /// <summary>The one that ran before, until its registers are known to be saved.</summary>
    internal KernelThread* Left;

    /// <summary>What the processor ran before it ran threads.</summary>
    internal KernelThread Native;

    /// <summary>How many of them any processor can run; changes at any time.</summary>
    internal readonly int Movable => _movable;

    /// <summary>How often its lock was taken, and waited for.</summary>
    internal readonly LockStatistics LockStatistics => _lock.Statistics;

    /// <summary>A queue without threads.</summary>
    internal static void Initialize(ThreadQueue* queue)
    {
        *queue = default;
        queue->_lock = new TicketLock(LockRank.Global);
    }

    /// <summary>Adds a thread behind all others.</summary>
    internal void Put(KernelThread* thread)
    {
        bool wereOn = _lock.Acquire(default(ProcessorGuard));
        thread->Next = null;
        if (_first == null) _first = thread;
        else _last->Next = thread;
        _last = thread;
        if (thread->IsNative == 0) Volatile.Write(ref _movable, _movable + 1);
        _lock.Release(default(ProcessorGuard), wereOn);
    }

    /// <summary>Takes the first thread for its own processor; null when there is none.</summary>
    internal KernelThread* Take()
    {
        bool wereOn = _lock.Acquire(default(ProcessorGuard));
        KernelThread* thread = _first;
        if (thread != null) Remove(null, thread);
        _lock.Release(default(ProcessorGuard), wereOn);
        return thread;
    }

    /// <summary>Takes the first thread that another processor can run; null when there is none.</summary>
    internal KernelThread* TakeMovable()
    {
        if (Volatile.Read(ref _movable) == 0) return null;
        bool wereOn = _lock.Acquire(default(ProcessorGuard));
        KernelThread* before = null;
        KernelThread* thread = _first;
        while (thread != null && thread->IsNative != 0)
        {
            before = thread;
            thread = thread->Next;
        }

        if (thread != null) Remove(before, thread);
        _lock.Release(default(ProcessorGuard), wereOn);
        return thread;
    }

    private void Remove(KernelThread* before, KernelThread* thread)
    {
        if (before == null) _first = thread->Next;
        else before->Next = thread->Next;
        if (_last == thread) _last = before;
        if (thread->IsNative == 0) Volatile.Write(ref _movable, _movable - 1);
    }
}
