using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Callers' own caches: objects of one size, by name, perhaps constructed once and kept constructed.</content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
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
        bool wereOn = Enter();
        bool isMade = TryMakeCache(name, sizeBytes, constructor, out uint index);
        Leave(wereOn);
        if (isMade) cache = new SlabCacheId(index);
        return isMade;
    }

    /// <summary>An object of a cache, as its constructor or its last user left it; <see cref="Free(void*)"/> takes it back. Null when there is no memory.</summary>
    public byte* AllocateFrom(SlabCacheId cache)
    {
        Magazine* magazine = HeapFront.OfClass(Front, cache.Index);
        return Magazine.IsLoaded(magazine, Words) ? Magazine.Pop(magazine, magazine->ObjectSize, Words) : AllocateFromBehind(cache.Index);
    }

    /// <summary>Gives up a whole cache; false when one of its objects is live, nothing has changed then but that the free ones are in their slabs.</summary>
    /// <remarks>No CPU allocates from it or frees to it any more: its magazines are emptied from here.</remarks>
    public bool TryDestroyCache(SlabCacheId cache)
    {
        bool wereOn = Enter();
        bool isGone = TryRemoveCache(cache.Index);
        Leave(wereOn);
        return isGone;
    }

    /// <summary>How many empty slabs a cache keeps; 1 when nothing was said. What is more goes back to the page source as it becomes empty.</summary>
    public readonly void SetEmptyMark(SlabCacheId cache, uint slabs) => _store.Cache(cache.Index)->EmptyMark = slabs;

    private bool TryMakeCache(string name, uint sizeBytes, delegate*<void*, void> constructor, out uint index)
    {
        if (!_store.TryAddCache(sizeBytes, constructor, out index)) return false;
        for (HeapFront* front = _fronts; front != null; front = front->Next)
        {
            if (TryAddMagazine(front, index)) continue;
            RemoveMagazines(index, front);
            _store.RemoveCache(index);
            return false;
        }

        _store.Cache(index)->SetName(name);
        return true;
    }

    private bool TryRemoveCache(uint index)
    {
        EmptyQuarantine(0);
        for (HeapFront* front = _fronts; front != null; front = front->Next) EmptyMagazine(HeapFront.OfClass(front, index));
        EmptyDepots(index);
        RemoveEmptySlabs();
        if (_store.Cache(index)->SlabCount != 0) return false;
        RemoveMagazines(index, null);
        _store.RemoveCache(index);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateFromBehind(uint index)
    {
        bool wereOn = Enter();
        uint sizeBytes = _store.Cache(index)->ObjectSize;
        byte* block = AllocateSmall(OwnMagazine(index), sizeBytes);
        if (_guard != null) block = Record(block, sizeBytes, BlockKind.CacheObject);
        if (block == null) _failedAllocations++;
        Tell(block, sizeBytes);
        Leave(wereOn);
        return block;
    }

    /// <summary>Magazines for the caches that there are when a CPU comes; false when there is no memory, none are kept then.</summary>
    private bool TryAddOwnMagazines(HeapFront* front)
    {
        for (uint index = SizeClasses.FirstOwnIndex; index < _store.CacheLimit; index++)
        {
            if (!IsCache(index) || TryAddMagazine(front, index)) continue;
            while (index-- > SizeClasses.FirstOwnIndex)
            {
                if (IsCache(index)) RemoveMagazine(front, index);
            }

            return false;
        }

        return true;
    }

    private bool TryAddMagazine(HeapFront* front, uint index)
    {
        nuint pageCount = (nuint)PageNumber.CountFor(MagazineBytes(index));
        if (!_store.TryTakeTablePages(pageCount, out byte* memory)) return false;
        Magazine.Initialize((Magazine*)memory, index, _store.Cache(index)->ObjectSize, CapacityOf(index));
        HeapFront.SetMagazine(front, index, (Magazine*)memory);
        _ownPages += pageCount;
        return true;
    }

    private void RemoveMagazine(HeapFront* front, uint index)
    {
        nuint pageCount = (nuint)PageNumber.CountFor(MagazineBytes(index));
        _store.ReturnTablePages((byte*)HeapFront.OfClass(front, index), pageCount);
        HeapFront.SetMagazine(front, index, front->Nothing);
        _ownPages -= pageCount;
    }

    /// <summary>Takes the magazines of a cache from the fronts before <paramref name="end"/>.</summary>
    private void RemoveMagazines(uint index, HeapFront* end)
    {
        for (HeapFront* front = _fronts; front != end; front = front->Next) RemoveMagazine(front, index);
    }
}
