using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>What the heap says about itself.</content>
public unsafe partial struct KernelHeap<TPages>
{
    /// <summary>How many size classes there are, numbered from 0.</summary>
    public readonly uint ClassCount => _store.ClassCount;

    private static ulong MagazinePages => PageNumber.CountFor(MagazineCount * Magazine.StrideBytes);

    /// <summary>The figures of one class, below <see cref="ClassCount"/>.</summary>
    public readonly SizeClassStatistics GetClassStatistics(uint classIndex)
    {
        KernelAssert.That(classIndex < _store.ClassCount, "KernelHeap: no such size class");
        SlabCache* cache = _store.Cache(classIndex);
        Magazine* magazine = MagazineOf(classIndex);
        return new SizeClassStatistics(cache, Magazine.Count(magazine), magazine->Allocations, magazine->RequestedBytes);
    }

    /// <summary>The figures of the whole heap. Cost: one step a class.</summary>
    public readonly HeapStatistics GetStatistics()
    {
        Magazine* large = MagazineOf(SizeClasses.LargeIndex);
        HeapStatistics total = new()
        {
            LiveBlocks = _store.LargeBlocks,
            LiveBytes = PageNumber.BytesOf(_store.LargePages),
            LargeBlocks = _store.LargeBlocks,
            LargePages = _store.LargePages,
            SlabPages = _store.SlabPages,
            TablePages = _store.TablePages + MagazinePages,
            Allocations = large->Allocations,
            RequestedBytes = large->RequestedBytes,
            GrantedBytes = _grantedLargeBytes,
            FailedAllocations = _failedAllocations,
            DoubleFrees = _doubleFrees,
            InteriorPointers = _interiorPointers,
            ForeignPointers = _foreignPointers,
        };
        for (uint i = 0; i < _store.ClassCount; i++) total.Add(GetClassStatistics(i));
        return total;
    }

    /// <summary>Checks the invariants of the theory statement; names the first that does not hold. Cost: every object, several times.</summary>
    public readonly HeapInvariant Validate()
    {
        HeapInvariant violated = _store.Validate();
        if (violated != HeapInvariant.None) return violated;
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            if (!_store.IsClassConsistent(i, Magazine.Count(MagazineOf(i)))) return HeapInvariant.ClassCounts;
            if (!HoldsCachedObjectsOnce(MagazineOf(i))) return HeapInvariant.FrontLayer;
        }

        return HeapInvariant.None;
    }

    private readonly bool HoldsCachedObjectsOnce(Magazine* magazine)
    {
        Magazine.Round* rounds = Magazine.Rounds(magazine);
        if (magazine->Top < rounds || magazine->Top > magazine->End) return false;
        uint held = Magazine.Count(magazine);
        uint seen = 0;
        while (seen < held && *rounds[seen].State == ObjectState.Cached && IsPaired(rounds[seen]))
        {
            *rounds[seen].State = ObjectState.CachedAndSeen;
            seen++;
        }

        for (uint i = 0; i < seen; i++) *rounds[i].State = ObjectState.Cached;
        return seen == held;
    }

    private readonly bool IsPaired(Magazine.Round round)
    {
        Slab* slab = _store.Map.Find(round.Block);
        nuint index = (nuint)(round.State - Slab.States(slab));
        return index < slab->ObjectCount && slab->Start + (index * slab->ObjectSize) == round.Block;
    }
}
