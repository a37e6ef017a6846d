using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Callers' own caches: objects of one size, by name, perhaps constructed once and kept constructed.</content>
public unsafe partial struct KernelHeap<TPages>
{
    /// <summary>Makes a cache; kmem_cache_create, slab_cache_create.</summary>
    /// <param name="name">For reports: ASCII, of which 23 characters are kept.</param>
    /// <param name="objectSizeBytes">From 1 to 16 KiB.</param>
    /// <param name="alignmentBytes">A power of two up to 4 KiB; at least 16 for objects from 16 bytes on.</param>
    /// <param name="constructor">
    /// Runs once on each object when its slab is made, where there may be no <c>new</c>; objects are to be freed as it left them. Null for none.
    /// </param>
    /// <param name="cache">For <see cref="AllocateFrom"/>.</param>
    /// <returns>False when a value is out of range, 24 caches exist, or there is no memory.</returns>
    public bool TryCreateCache(string name, nuint objectSizeBytes, nuint alignmentBytes, delegate*<void*, void> constructor, out SlabCacheId cache)
    {
        cache = default;
        if (objectSizeBytes == 0 || objectSizeBytes > SizeClasses.LargestSmallBytes) return false;
        if (!IsAlignment(alignmentBytes) || alignmentBytes > PageNumber.SizeBytes) return false;
        nuint least = objectSizeBytes >= 16 ? 16u : 8u;
        nuint alignment = alignmentBytes > least ? alignmentBytes : least;
        uint sizeBytes = (uint)((objectSizeBytes + alignment - 1) & ~(alignment - 1));
        if (!_store.TryAddCache(sizeBytes, constructor, out uint index)) return false;
        if (!TryAddMagazines(index))
        {
            _store.RemoveCache(index);
            return false;
        }

        _store.Cache(index)->SetName(name);
        cache = new SlabCacheId(index);
        return true;
    }

    /// <summary>An object of a cache, as its constructor or its last user left it; <see cref="Free(void*)"/> takes it back. Null when there is no memory.</summary>
    public byte* AllocateFrom(SlabCacheId cache)
    {
        byte* block = AllocateSmall(OwnMagazine(cache.Index), _store.Cache(cache.Index)->ObjectSize);
        if (_guard != null && block != null) block = WatchCacheObject(block, _store.Cache(cache.Index)->ObjectSize);
        return Tell(block, _store.Cache(cache.Index)->ObjectSize);
    }

    /// <summary>Gives up to a whole cache; false when one of its objects is live, nothing has changed then but that the free ones are in their slabs.</summary>
    public bool TryDestroyCache(SlabCacheId cache)
    {
        EmptyQuarantine(0);
        for (HeapFront* front = _fronts; front != null; front = front->Next)
        {
            Magazine* magazine = HeapFront.OfClass(front, cache.Index);
            ReturnOldest(magazine, Magazine.Count(magazine));
        }

        EmptyDepot(cache.Index);
        _store.RemoveEmptySlabs();
        if (_store.Cache(cache.Index)->SlabCount != 0) return false;
        RemoveMagazines(cache.Index, null);
        _store.RemoveCache(cache.Index);
        return true;
    }

    /// <summary>How many empty slabs a cache keeps; 1 when nothing was said. What is more goes back to the page source as it becomes empty.</summary>
    public readonly void SetEmptyMark(SlabCacheId cache, uint slabs) => _store.Cache(cache.Index)->EmptyMark = slabs;

    private bool TryAddMagazines(uint index)
    {
        nuint pageCount = (nuint)PageNumber.CountFor(MagazineBytes(index));
        for (HeapFront* front = _fronts; front != null; front = front->Next)
        {
            if (!_store.TryTakeTablePages(pageCount, out byte* memory))
            {
                RemoveMagazines(index, front);
                return false;
            }

            Magazine.Initialize((Magazine*)memory, index, _store.Cache(index)->ObjectSize, CapacityOf(index));
            HeapFront.SetMagazine(front, index, (Magazine*)memory);
            _ownPages += pageCount;
        }

        return true;
    }

    /// <summary>Takes the magazines of a cache from the fronts before <paramref name="end"/>.</summary>
    private void RemoveMagazines(uint index, HeapFront* end)
    {
        nuint pageCount = (nuint)PageNumber.CountFor(MagazineBytes(index));
        for (HeapFront* front = _fronts; front != end; front = front->Next)
        {
            _store.ReturnTablePages((byte*)HeapFront.OfClass(front, index), pageCount);
            HeapFront.SetMagazine(front, index, &front->Closed);
            _ownPages -= pageCount;
        }
    }
}
