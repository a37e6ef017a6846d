using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>What the heap says about itself.</content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
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
    /// <remarks>Of several CPUs each counts for itself: what they are doing at this moment may be counted in part.</remarks>
    public SizeClassStatistics GetClassStatistics(uint classIndex)
    {
        KernelAssert.That(classIndex < CacheLimit && IsCache(classIndex), "KernelHeap: no such size class");
        bool wereOn = Enter();
        SizeClassStatistics statistics = CountClass(classIndex);
        Leave(wereOn);
        return statistics;
    }

    private readonly SizeClassStatistics CountClass(uint classIndex)
    {
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

    /// <summary>How often its lock was taken, and waited for.</summary>
    public readonly LockStatistics LockStatistics => _lock.Statistics;

    /// <summary>The figures of the whole heap. Cost: one step a class.</summary>
    public HeapStatistics GetStatistics()
    {
        bool wereOn = Enter();
        HeapStatistics statistics = CountAll();
        Leave(wereOn);
        return statistics;
    }

    private readonly HeapStatistics CountAll()
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
            if (IsCache(i)) total.Add(CountClass(i));
        }

        if (_policy != null) CountPolicy(ref total);
        if (_guard != null) CountWatched(ref total);
        return total;
    }

    /// <summary>Checks the invariants of the theory statement while no other CPU is in the heap; names the first that does not hold. Cost: every object, several times.</summary>
    public HeapInvariant Validate()
    {
        bool wereOn = Enter();
        HeapInvariant violated = FindViolated();
        Leave(wereOn);
        return violated;
    }

    private readonly HeapInvariant FindViolated()
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
        ulong count = 0;
        for (HeapFront* front = _fronts; front != null; front = front->Next)
            count += Magazine.Count(HeapFront.OfClass(front, classIndex), Words) + front->Depot.Count(classIndex);
        return count;
    }

    // Compares each with all behind it: marking them would look like double frees to a CPU that goes on.
    private readonly bool HoldsCachedObjectsOnce(uint classIndex)
    {
        RoundCursor cursor = new(_fronts);
        while (TryNextRounds(ref cursor, classIndex, out Magazine.Round* rounds, out uint count))
        {
            if (count > Magazine.MostRounds) return false;
            for (uint i = 0; i < count; i++)
            {
                if (*rounds[i].State != ObjectState.Cached || !IsPaired(rounds[i]) || Holds(rounds + i + 1, count - i - 1, rounds[i].State)) return false;
                RoundCursor behind = cursor;
                while (TryNextRounds(ref behind, classIndex, out Magazine.Round* others, out uint otherCount))
                {
                    if (Holds(others, otherCount, rounds[i].State)) return false;
                }
            }
        }

        return true;
    }

    /// <summary>A place among the magazines and bundles of a class.</summary>
    private struct RoundCursor
    {
        internal HeapFront* Front;
        internal uint Next; // 0 for the magazine, then bundles.

        internal RoundCursor(HeapFront* first)
        {
            Front = first;
            Next = 0;
        }
    }

    private static bool TryNextRounds(ref RoundCursor cursor, uint classIndex, out Magazine.Round* rounds, out uint count)
    {
        for (; cursor.Front != null; cursor = new RoundCursor(cursor.Front->Next))
        {
            Magazine* magazine = HeapFront.OfClass(cursor.Front, classIndex);
            rounds = magazine->Bottom;
            count = Magazine.Count(magazine, Words);
            if (cursor.Next != 0) rounds = cursor.Front->Depot.BundleAt(classIndex, cursor.Next - 1, out count);
            cursor.Next++;
            if (rounds != null) return true;
        }

        rounds = null;
        count = 0;
        return false;
    }

    private static bool Holds(Magazine.Round* rounds, uint count, byte* state)
    {
        for (uint i = 0; i < count; i++)
        {
            if (rounds[i].State == state) return true;
        }

        return false;
    }

    private readonly bool IsPaired(Magazine.Round round)
    {
        Slab* slab = _store.Map.Find(round.Block);
        nuint index = (nuint)(round.State - Slab.States(slab));
        return index < slab->ObjectCount && slab->Start + (index * slab->ObjectSize) == round.Block;
    }
}
