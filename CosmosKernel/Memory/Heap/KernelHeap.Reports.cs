using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>What the heap says about itself.</content>
public unsafe partial struct KernelHeap<TPages>
{
    /// <summary>How many size classes there are, numbered from 0.</summary>
    public readonly uint ClassCount => _store.ClassCount;

    /// <summary>Where the numbers of classes and callers' caches end; some below are not in use.</summary>
    public readonly uint CacheLimit => _store.CacheLimit;

    /// <summary>Whether there is a class or cache of this number, below <see cref="CacheLimit"/>.</summary>
    public readonly bool IsCache(uint index) => _store.Cache(index)->IsUsed;

    /// <summary>A character of a cache's name; 0 at its end, and at once for a size class.</summary>
    public readonly byte NameAt(uint index, int position) => _store.Cache(index)->NameAt(position);

    /// <summary>The figures of a class or cache that there is.</summary>
    public readonly SizeClassStatistics GetClassStatistics(uint classIndex)
    {
        KernelAssert.That(classIndex < CacheLimit && IsCache(classIndex), "KernelHeap: no such size class");
        ulong allocations = 0;
        ulong requestedBytes = 0;
        for (HeapFront* front = _fronts; front != null; front = front->Next)
        {
            Magazine* magazine = HeapFront.OfClass(front, classIndex);
            allocations += magazine->Allocations;
            requestedBytes += magazine->RequestedBytes;
        }

        return new SizeClassStatistics(_store.Cache(classIndex), CachedObjects(classIndex), allocations, requestedBytes);
    }

    /// <summary>How often a free was refused for <paramref name="reason"/>.</summary>
    public readonly ulong RefusalsFor(HeapFreeResult reason) => _refusals[(int)reason];

    /// <summary>The figures of the whole heap. Cost: one step a class.</summary>
    public readonly HeapStatistics GetStatistics()
    {
        HeapStatistics total = new()
        {
            LiveBlocks = _store.LargeBlocks,
            LiveBytes = PageNumber.BytesOf(_store.LargePages),
            LargeBlocks = _store.LargeBlocks,
            LargePages = _store.LargePages,
            SlabPages = _store.SlabPages,
            TablePages = _store.TablePages + _ownPages + GuardPages,
            Allocations = _largeAllocations,
            RequestedBytes = _requestedLargeBytes,
            GrantedBytes = _grantedLargeBytes,
            FailedAllocations = _failedAllocations,
            DoubleFrees = RefusalsFor(HeapFreeResult.DoubleFree),
            InteriorPointers = RefusalsFor(HeapFreeResult.Interior),
            ForeignPointers = RefusalsFor(HeapFreeResult.Foreign),
            WrongSizes = RefusalsFor(HeapFreeResult.WrongSize),
        };
        for (uint i = 0; i < CacheLimit; i++)
        {
            if (IsCache(i)) total.Add(GetClassStatistics(i));
        }

        if (_policy != null) CountPolicy(ref total);
        if (_guard != null) CountWatched(ref total);
        return total;
    }

    /// <summary>Checks the invariants of the theory statement; names the first that does not hold. Cost: every object, several times.</summary>
    public readonly HeapInvariant Validate()
    {
        HeapInvariant violated = _store.Validate();
        if (violated != HeapInvariant.None) return violated;
        if (!IsPolicyConsistent()) return HeapInvariant.Policy;
        for (uint i = 0; i < CacheLimit; i++)
        {
            if (!IsCache(i)) continue;
            if (!_store.IsClassConsistent(i, (nuint)CachedObjects(i))) return HeapInvariant.ClassCounts;
            if (!HoldsCachedObjectsOnce(i)) return HeapInvariant.FrontLayer;
        }

        return HeapInvariant.None;
    }

    private readonly ulong CachedObjects(uint classIndex)
    {
        ulong count = _depot.Count(classIndex);
        for (HeapFront* front = _fronts; front != null; front = front->Next) count += Magazine.Count(HeapFront.OfClass(front, classIndex));
        return count;
    }

    // Marks what it meets: an object that is marked when it is met is in two places. The marks go in the end.
    private readonly bool HoldsCachedObjectsOnce(uint classIndex)
    {
        bool holds = true;
        for (HeapFront* front = _fronts; front != null; front = front->Next)
        {
            Magazine* magazine = HeapFront.OfClass(front, classIndex);
            holds &= magazine->Top >= magazine->Bottom && magazine->Top <= magazine->End && TryMark(magazine->Bottom, Magazine.Count(magazine));
        }

        uint index = 0;
        for (Magazine.Round* rounds = _depot.BundleAt(classIndex, index, out uint count); rounds != null; rounds = _depot.BundleAt(classIndex, ++index, out count))
            holds &= TryMark(rounds, count);
        _store.UnmarkCached(classIndex);
        return holds;
    }

    private readonly bool TryMark(Magazine.Round* rounds, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            if (*rounds[i].State != ObjectState.Cached || !IsPaired(rounds[i])) return false;
            *rounds[i].State = ObjectState.CachedAndSeen;
        }

        return true;
    }

    private readonly bool IsPaired(Magazine.Round round)
    {
        Slab* slab = _store.Map.Find(round.Block);
        nuint index = (nuint)(round.State - Slab.States(slab));
        return index < slab->ObjectCount && slab->Start + (index * slab->ObjectSize) == round.Block;
    }
}
