using MemOS.Collections;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <content>What the heap says about itself.</content>
public unsafe partial struct ManagedHeap<TPages, TObjects, TLocals, TGuard>
{
    /// <summary>How many size classes there are, numbered from 0.</summary>
    public readonly uint ClassCount => _store.ClassCount;

    /// <summary>The figures of one class, below <see cref="ClassCount"/>.</summary>
    public readonly SizeClassStatistics GetClassStatistics(uint classIndex)
    {
        KernelAssert.That(classIndex < _store.ClassCount, "ManagedHeap: no such size class");
        ulong remaining = 0;
        ulong taken = 0;
        ulong requestedBytes = 0;
        for (ObjectFront* front = _fronts; front != null; front = front->NextFront)
        {
            ObjectRun* run = ObjectFront.Runs(front) + classIndex;
            remaining += run->Remaining;
            taken += run->TakenObjects;
            requestedBytes += run->RequestedBytes;
        }

        return new SizeClassStatistics(_store.Cache(classIndex), remaining, taken - remaining, requestedBytes);
    }

    /// <summary>How often its lock was taken, and waited for.</summary>
    public readonly LockStatistics LockStatistics => _lock.Statistics;

    /// <summary>The figures of the whole heap. Cost: one step a class and processor.</summary>
    public readonly HeapStatistics GetStatistics()
    {
        HeapStatistics total = new()
        {
            LiveBlocks = _store.LargeBlocks,
            LiveBytes = PageNumber.BytesOf(_store.LargePages),
            LargeBlocks = _store.LargeBlocks,
            LargePages = _store.LargePages,
            SlabPages = _store.SlabPages,
            TablePages = _store.TablePages + _ownPages + _handles.PageCount + _finalizers.PageCount,
            Allocations = _largeAllocations,
            RequestedBytes = _largeRequestedBytes,
            GrantedBytes = _largeGrantedBytes,
            FailedAllocations = _failedAllocations,
            DoubleFrees = _doubleFrees,
            InteriorPointers = _interiorPointers,
            ForeignPointers = _foreignPointers,
        };
        for (uint i = 0; i < _store.ClassCount; i++) total.Add(GetClassStatistics(i));
        return total;
    }

    /// <summary>The next object, from the lowest address up; false behind the last. Nobody may allocate or free between two calls.</summary>
    /// <param name="cursor">0 at first; where in the window the search goes on, in bytes.</param>
    /// <param name="start">Its first byte, header and all.</param>
    /// <param name="sizeBytes">The bytes that it has.</param>
    public readonly bool TryNextObject(ref nuint cursor, out byte* start, out nuint sizeBytes)
    {
        while (_store.TryNextLive(ref cursor, out start, out sizeBytes))
        {
            if (Examine(start, out _) == HeapFreeResult.Ok) return true;
        }

        return false;
    }

    /// <summary>Checks the invariants of the theory statement while nobody allocates or frees; names the first that does not hold. Cost: every object, several times.</summary>
    public readonly HeapInvariant Validate()
    {
        HeapInvariant violated = _store.Validate();
        if (violated != HeapInvariant.None) return violated;
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            if (!_store.IsClassConsistent(i, 0)) return HeapInvariant.ClassCounts;
            for (ObjectFront* front = _fronts; front != null; front = front->NextFront)
            {
                if (!IsRunOfZeroedObjects(ObjectFront.Runs(front) + i, i)) return HeapInvariant.FrontLayer;
            }
        }

        return HeapInvariant.None;
    }

    private readonly bool IsRunOfZeroedObjects(ObjectRun* run, uint classIndex)
    {
        if (run->Next == run->End) return true;
        Slab* slab = _store.Map.Find(run->Next);
        if (run->Next > run->End || slab->ClassIndex != classIndex || _store.Map.Find(run->End - 1) != slab) return false;
        for (byte* start = run->Next; start < run->End; start += run->ObjectSize)
        {
            if (_store.Examine(start, out _) != HeapFreeResult.Ok) return false;
        }

        if ((nuint)(run->End - run->Next) % run->ObjectSize != 0) return false;
        for (ulong* word = (ulong*)run->Next; word < run->End; word++)
        {
            if (*word != 0) return false;
        }

        return true;
    }
}
