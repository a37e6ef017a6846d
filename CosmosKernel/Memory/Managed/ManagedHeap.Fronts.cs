using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.Heap;

namespace MemOS.Memory.Managed;

/// <content>What each processor has of the heap.</content>
public unsafe partial struct ManagedHeap<TPages, TObjects, TLocals, TGuard>
{
    /// <summary>Makes a processor's runs, before it takes its first object; false when there is no memory for them.</summary>
    public bool TryAddProcessor(ProcessorLocals* processor)
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        bool isAdded = _store.TryTakeTablePages(ObjectFront.PageCount, out byte* storage);
        if (isAdded)
        {
            _ownPages += ObjectFront.PageCount;
            ObjectFront* front = (ObjectFront*)storage;
            Prepare(front);
            front->NextFront = _fronts;

            // Reports follow the list without the lock: what it holds is written first.
            Interlocked.MemoryBarrier();
            _fronts = front;
            processor->Objects = front;
        }

        _lock.Release(default(TGuard), wereOn);
        return isAdded;
    }

    private readonly void Prepare(ObjectFront* front)
    {
        *front = default;
        ObjectRun* runs = ObjectFront.Runs(front);
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            runs[i] = default;
            runs[i].ObjectSize = _store.Cache(i)->ObjectSize;
        }

        for (uint step = 0; step < SizeClasses.FineEntries; step++) ObjectFront.ByStep(front)[step] = runs + _store.ClassOfEntry(step);
    }
}
