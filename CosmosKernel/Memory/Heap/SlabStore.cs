using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>The slabs and large blocks of one heap: pages from a source, descriptors, size classes, and the map that finds them.</summary>
/// <remarks>
/// What KernelHeap and ManagedHeap have in common; each has one of its own, so that no page belongs to both. Every operation that
/// needs several pages takes all of them before it changes anything, or gives back what it took.
/// <para>Slabs with free objects are listed by <i>owner</i>: whoever asked for the slab. Each is given objects of its own slabs while there are
/// pages for more of them, so that neither objects nor states of different owners share lines of a processor's cache.</para>
/// </remarks>
internal unsafe partial struct SlabStore<TPages>
    where TPages : struct, IPageSource
{
    private const uint PoolCount = 5;

    // The pool whose slots are the depot's bundles.
    private const uint BundlePool = PoolCount - 1;

    /// <summary>The map; read by the fast paths.</summary>
    internal PageMap Map;

    private TPages _pages;
    private byte* _lookup;
    private SlabCache* _caches;
    private Slab*** _owners;
    private DescriptorPool* _pools;
    private Slab* _unknown;
    private nuint _tablePageCount;

    /// <summary>Owners, numbered from 0; there is always one.</summary>
    internal uint OwnerCount { get; private set; }

    /// <summary>Classes of the scheme, numbered from 0.</summary>
    internal uint ClassCount { get; private set; }

    /// <summary>Where the indexes of classes and callers' caches end; some below are not in use.</summary>
    internal uint CacheLimit { get; private set; }

    /// <summary>Pages of slabs.</summary>
    internal nuint SlabPages { get; private set; }

    /// <summary>Large blocks.</summary>
    internal nuint LargeBlocks { get; private set; }

    /// <summary>Pages of large blocks.</summary>
    internal nuint LargePages { get; private set; }

    /// <summary>Pages of tables: descriptors, map, classes.</summary>
    internal readonly nuint TablePages
    {
        get
        {
            nuint count = Map.PageCount + _tablePageCount;
            for (uint i = 0; i < PoolCount; i++) count += _pools[i].PageCount;
            return count;
        }
    }

    /// <summary>Takes the tables. False when there is not enough memory for them; nothing is kept then.</summary>
    internal bool TryInitialize(TPages pages, PageRange window, SizeClassScheme scheme)
    {
        _pages = pages;
        uint cacheCount = CacheCount(scheme);
        ulong tableBytes = (cacheCount * (ulong)(sizeof(SlabCache) + sizeof(Slab*))) + (CpuId.Limit * (ulong)sizeof(Slab**)) + (PoolCount * (ulong)sizeof(DescriptorPool))
            + (ulong)sizeof(Slab) + sizeof(ulong) + SizeClasses.LookupLength;
        _tablePageCount = (nuint)PageNumber.CountFor(tableBytes);
        if (!_pages.TryAllocatePages(_tablePageCount, out PageNumber tables)) return false;

        // SAFETY: the parts follow each other in the bytes counted above.
        _caches = (SlabCache*)HeapPages.AddressOf(tables);
        _pools = (DescriptorPool*)(_caches + cacheCount);
        _owners = (Slab***)(_pools + PoolCount);
        Slab** lists = (Slab**)(_owners + CpuId.Limit);
        _unknown = (Slab*)(lists + cacheCount);
        _lookup = Slab.States(_unknown) + sizeof(ulong);
        if (!Map.TryInitialize(ref _pages, window, _unknown))
        {
            _pages.FreePages(tables, _tablePageCount);
            return false;
        }

        for (uint i = 0; i < cacheCount; i++) _caches[i] = default;
        OwnerCount = 0;
        AddOwner(lists, cacheCount);
        *_unknown = default;
        *Slab.States(_unknown) = ObjectState.Free;
        SlabPages = 0;
        LargeBlocks = 0;
        LargePages = 0;
        for (uint i = 0; i < BundlePool; i++) _pools[i].Initialize(PoolSlotBytes(i));
        _pools[BundlePool].Initialize(MagazineDepot.BundleBytes);
        InitializeClasses(scheme);
        return true;
    }

    /// <summary>Gives back the tables of a store without slabs and large blocks.</summary>
    internal void Dispose()
    {
        Map.Dispose(ref _pages);
        _pages.FreePages(HeapPages.PageOf((byte*)_caches), _tablePageCount);
    }

    /// <summary>Pages for the tables of a heap itself.</summary>
    internal bool TryTakeTablePages(nuint pageCount, out byte* start)
    {
        bool taken = _pages.TryAllocatePages(pageCount, out PageNumber first);
        start = taken ? HeapPages.AddressOf(first) : null;
        return taken;
    }

    /// <summary>Gives back pages of <see cref="TryTakeTablePages"/>.</summary>
    internal void ReturnTablePages(byte* start, nuint pageCount) => _pages.FreePages(HeapPages.PageOf(start), pageCount);

    /// <summary>Memory for a bundle of the depot.</summary>
    internal bool TryTakeBundle(out void* bundle) => TryTakeSlot(ref _pools[BundlePool], out bundle);

    /// <summary>A slot of a pool of the heap's own.</summary>
    internal bool TryTakeSlot(ref DescriptorPool pool, out void* slot)
    {
        bool taken = pool.TryTake(ref _pages, out Slab* taking);
        slot = taking;
        return taken;
    }

    /// <summary>Gives back a slot of <see cref="TryTakeSlot"/>.</summary>
    internal void ReturnSlot(ref DescriptorPool pool, void* slot) => pool.Return(ref _pages, (Slab*)slot);

    /// <summary>Gives back a bundle.</summary>
    internal void ReturnBundle(void* bundle) => _pools[BundlePool].Return(ref _pages, (Slab*)bundle);

    /// <summary>The class of a size up to <see cref="SizeClasses.FineLimitBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly uint ClassOfFine(nuint sizeBytes) => _lookup[SizeClasses.FineEntry(sizeBytes)];

    /// <summary>The class of a size above it, up to <see cref="SizeClasses.LargestSmallBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly uint ClassOfCoarse(nuint sizeBytes) => _lookup[SizeClasses.CoarseEntry(sizeBytes)];

    /// <summary>The class of any size up to <see cref="SizeClasses.LargestSmallBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly uint ClassOf(nuint sizeBytes) => sizeBytes <= SizeClasses.FineLimitBytes ? ClassOfFine(sizeBytes) : ClassOfCoarse(sizeBytes);

    /// <summary>The class of a step of sizes up to <see cref="SizeClasses.FineLimitBytes"/>.</summary>
    internal readonly uint ClassOfEntry(uint entry) => _lookup[entry];

    /// <summary>The class with index <paramref name="classIndex"/>.</summary>
    internal readonly SlabCache* Cache(uint classIndex) => _caches + classIndex;

    /// <summary>Makes a cache of a caller's own; false when there are <see cref="SizeClasses.MostClasses"/> classes and caches.</summary>
    internal readonly bool TryAddCache(uint objectSizeBytes, delegate*<void*, void> constructor, out uint index)
    {
        index = SizeClasses.FirstOwnIndex;
        while (index < CacheLimit && Cache(index)->IsUsed) index++;
        if (index >= CacheLimit) return false;
        InitializeCache(index, objectSizeBytes);
        Cache(index)->Colour();
        Cache(index)->Constructor = constructor;
        return true;
    }

    /// <summary>Forgets a cache without slabs.</summary>
    internal readonly void RemoveCache(uint index)
    {
        KernelAssert.That(Cache(index)->SlabCount == 0, "SlabStore: the cache has slabs");
        *Cache(index) = default;
    }

    /// <summary>Whose slabs with free objects of a class are listed where.</summary>
    internal readonly Slab** ListOf(uint owner, uint classIndex) => _owners[owner] + classIndex;

    /// <summary>The list that a slab is in while it has free objects.</summary>
    internal readonly Slab** ListOf(Slab* slab) => ListOf(slab->Owner, slab->ClassIndex);

    /// <summary>Makes an owner, whose lists lie in <paramref name="lists"/>, a word for each of <paramref name="count"/> classes and caches; its number.</summary>
    internal uint AddOwner(Slab** lists, uint count)
    {
        KernelAssert.That(OwnerCount < CpuId.Limit, "SlabStore: too many owners");
        for (uint i = 0; i < count; i++) lists[i] = null;
        _owners[OwnerCount] = lists;
        return OwnerCount++;
    }

    /// <summary>Makes a slab for a class, its objects free and of any content.</summary>
    internal bool TryAddSlab(uint classIndex, uint owner = 0)
    {
        SlabCache* cache = Cache(classIndex);
        if (!TryTakePages(cache->PageCount, cache->PoolIndex, out Slab* slab, out byte* start)) return false;
        cache->AddSlab(slab, start, (byte)owner, ListOf(owner, classIndex));
        SlabPages += cache->PageCount;
        return true;
    }

    /// <summary>Takes up to <paramref name="wanted"/> free objects of a class, from a new slab if need be; returns how many it got.</summary>
    /// <remarks>Another owner's slab becomes <paramref name="owner"/>'s only when there are no pages for a new one.</remarks>
    internal uint Take<TWords>(uint classIndex, uint owner, Magazine.Round* rounds, uint wanted, TWords words)
        where TWords : struct, ISharedWords
    {
        SlabCache* cache = Cache(classIndex);
        Slab** list = ListOf(owner, classIndex);
        uint taken = 0;
        while (taken < wanted)
        {
            if (*list != null) taken += TakeFrom(cache, list, rounds + taken, wanted - taken, words);
            else if (taken != 0 || !(TryAddSlab(classIndex, owner) || TryAdopt(classIndex, owner))) break;
        }

        return taken;
    }

    private readonly bool TryAdopt(uint classIndex, uint owner)
    {
        for (uint other = 0; other < OwnerCount; other++)
        {
            Slab* slab = *ListOf(other, classIndex);
            if (slab == null) continue;
            SlabCache.Unlink(slab, ListOf(other, classIndex));
            slab->Owner = (byte)owner;
            SlabCache.Link(slab, ListOf(owner, classIndex));
            return true;
        }

        return false;
    }

    /// <summary>
    /// Takes up to <paramref name="most"/> free objects of a class that follow each other, their state <see cref="ObjectState.Live"/>,
    /// from a new slab if need be.
    /// </summary>
    /// <returns>How many there are from <paramref name="first"/> on; 0 when there is no memory.</returns>
    internal uint TakeNeighbours(uint classIndex, uint most, out byte* first)
    {
        first = null;
        SlabCache* cache = Cache(classIndex);
        Slab** list = ListOf(0, classIndex);
        if (*list == null && !TryAddSlab(classIndex)) return 0;
        Slab* slab = *list;
        byte* states = Slab.States(slab);
        uint start = slab->FirstFreeHint;
        while (states[start] != ObjectState.Free) start++;
        uint limit = slab->ObjectCount - start > most ? start + most : slab->ObjectCount;
        uint end = MarkLive(states, start, limit);
        slab->FirstFreeHint = end;
        cache->CountTaken(slab, end - start, list);
        first = slab->Start + (start * slab->ObjectSize);
        return end - start;
    }

    /// <summary>Makes the free states from <paramref name="start"/> on Live, up to one that is not free or the limit; returns where that is.</summary>
    private static uint MarkLive(byte* states, uint start, uint limit)
    {
        uint end = start;

        // SAFETY: eight states below the limit.
        for (; end + StatesPerWord <= limit && *(ulong*)(states + end) == 0; end += StatesPerWord) *(ulong*)(states + end) = LiveBits;
        while (end < limit && states[end] == ObjectState.Free) states[end++] = ObjectState.Live;
        return end;
    }

    /// <summary>Gives <paramref name="count"/> neighbouring objects back to their slab.</summary>
    /// <remarks>The slab's pages go back when all its objects are free and the class has as many empty slabs as it keeps.</remarks>
    internal void Return(byte* first, uint count)
    {
        Slab* slab = Map.Find(first);
        SlabCache* cache = Cache(slab->ClassIndex);
        uint index = slab->IndexAt((nuint)(first - slab->Start));
        byte* states = Slab.States(slab) + index;
        for (uint i = 0; i < count; i++) states[i] = ObjectState.Free;
        cache->CountReturned(slab, index, count, ListOf(slab));
        if (slab->FreeCount == slab->ObjectCount && cache->EmptySlabs > cache->EmptyMark) RemoveEmptySlab(slab);
    }

    /// <summary>Gives back all empty slabs; returns how many pages those were.</summary>
    internal nuint RemoveEmptySlabs()
    {
        nuint before = SlabPages;
        for (uint i = 0; i < CacheLimit; i++)
        {
            while (Cache(i)->EmptySlabs != 0) RemoveEmptySlab(FindEmpty(i));
        }

        return before - SlabPages;
    }

    /// <summary>A slab of a class all of whose objects are free; null when there is none. Cost: the lengths of the lists.</summary>
    internal readonly Slab* FindEmpty(uint classIndex)
    {
        Slab* slab = null;
        for (uint owner = 0; owner < OwnerCount && slab == null; owner++) slab = Cache(classIndex)->FindEmpty(*ListOf(owner, classIndex));
        return slab;
    }

    /// <summary>Makes a large block of any content, aligned as the page source aligns runs.</summary>
    internal bool TryAddLarge(nuint pageCount, out byte* block)
    {
        bool isAdded = TryAddRun(pageCount, SizeClasses.LargeIndex, out Slab* slab);
        block = isAdded ? slab->Start : null;
        return isAdded;
    }

    /// <summary>Makes a run of pages for a policy to place blocks in.</summary>
    internal bool TryAddExtent(nuint pageCount, out Slab* extent) => TryAddRun(pageCount, SizeClasses.ExtentIndex, out extent);

    /// <summary>Gives an extent back.</summary>
    internal void RemoveExtent(Slab* extent) => RemoveLarge(extent);

    private bool TryAddRun(nuint pageCount, uint classIndex, out Slab* slab)
    {
        if (!TryTakePages(pageCount, 0, out slab, out byte* block)) return false;
        *slab = default;
        slab->Start = block;
        slab->ObjectSize = pageCount << PageNumber.Shift;
        slab->ClassIndex = classIndex;
        slab->ObjectCount = 1;
        slab->PageCount = pageCount;
        slab->PoolIndex = 0;
        slab->Checksum = Slab.ChecksumOf(slab);
        *Slab.States(slab) = ObjectState.Live;
        LargeBlocks++;
        LargePages += pageCount;
        return true;
    }

    /// <summary>Makes a large block longer where it is; false when the pages behind it are not free.</summary>
    internal bool TryGrowLarge(Slab* slab, nuint pageCount)
    {
        nuint more = pageCount - slab->PageCount;
        if (!Map.HasRoom(slab, more) || !Map.TryPrepareExtension(ref _pages, slab, more)) return false;
        if (!_pages.TryExtend(HeapPages.PageOf(slab->Start), slab->PageCount, more))
        {
            Map.ForgetExtension(ref _pages, slab, more);
            return false;
        }

        Map.Extend(slab, more);
        slab->PageCount = pageCount;
        slab->ObjectSize = pageCount << PageNumber.Shift;
        slab->Checksum = Slab.ChecksumOf(slab);
        LargePages += more;
        return true;
    }

    /// <summary>Gives back a large block.</summary>
    internal void RemoveLarge(Slab* slab)
    {
        LargeBlocks--;
        LargePages -= slab->PageCount;
        ReturnPages(slab);
    }

    /// <summary>The live block that the byte at <paramref name="address"/> lies in; false when there is none.</summary>
    internal readonly bool TryFindBlock(byte* address, out byte* block, out Slab* slab)
    {
        slab = Map.Find(address);
        block = null;
        if (!Map.IsKnown(slab)) return false;
        uint index = slab->IndexAt((nuint)(address - slab->Start));
        if (index >= slab->ObjectCount || Slab.States(slab)[index] != ObjectState.Live) return false;
        block = slab->Start + (index * slab->ObjectSize);
        return true;
    }

    /// <summary>The next object in state Live at or behind <paramref name="cursor"/>, an offset in the window that is moved past it.</summary>
    internal readonly bool TryNextLive(ref nuint cursor, out byte* start, out nuint sizeBytes)
    {
        start = null;
        sizeBytes = 0;
        while (true)
        {
            nuint page = cursor >> PageNumber.Shift;
            Slab* slab = Map.Find(Map.At(cursor));
            if (!Map.IsKnown(slab))
            {
                slab = Map.NextSlab(ref page);
                if (slab == null) return false;
                cursor = Map.OffsetOf(slab->Start);
            }

            nuint first = Map.OffsetOf(slab->Start);
            nuint index = cursor < first ? 0 : ((cursor - first) + slab->ObjectSize - 1) / slab->ObjectSize;
            byte* states = Slab.States(slab);
            while (index < slab->ObjectCount && states[index] != ObjectState.Live) index++;
            if (index < slab->ObjectCount)
            {
                start = slab->Start + (index * slab->ObjectSize);
                sizeBytes = slab->ObjectSize;
                cursor = Map.OffsetOf(start) + 1;
                return true;
            }

            cursor = ((first >> PageNumber.Shift) + slab->PageCount) << PageNumber.Shift;
        }
    }

    /// <summary>Why <paramref name="address"/> is not a live block: <see cref="HeapFreeResult.Ok"/> when it is one.</summary>
    internal readonly HeapFreeResult Examine(byte* address, out Slab* slab)
    {
        slab = Map.Find(address);
        if (!Map.IsKnown(slab)) return HeapFreeResult.Foreign;
        nuint offset = (nuint)(address - slab->Start);
        uint index = slab->IndexAt(offset);
        if (index >= slab->ObjectCount || index * slab->ObjectSize != offset) return HeapFreeResult.Interior;
        return Slab.States(slab)[index] == ObjectState.Live ? HeapFreeResult.Ok : HeapFreeResult.DoubleFree;
    }

    /// <summary>Checks I1 to I4.</summary>
    internal readonly HeapInvariant Validate()
    {
        nuint slabPages = 0;
        nuint largePages = 0;
        nuint runs = 0;
        nuint cursor = 0;
        Slab* slab;
        while ((slab = Map.NextSlab(ref cursor)) != null)
        {
            runs++;
            if (Slab.IsRun(slab)) largePages += slab->PageCount;
            else slabPages += slab->PageCount;
            if (!Map.IsEnteredFor(slab)) return HeapInvariant.MapEntries;
            if (!HasRightShape(slab)) return HeapInvariant.SlabShape;
            if (!HasRightStates(slab)) return HeapInvariant.ObjectStates;
        }

        for (nuint region = 0; region < Map.RegionCount; region++)
        {
            if (!Map.IsCounted(region)) return HeapInvariant.MapEntries;
        }

        for (uint i = 0; i < BundlePool; i++) runs -= _pools[i].UsedCount;
        bool counted = slabPages == SlabPages && largePages == LargePages && runs == 0;
        return counted ? HeapInvariant.None : HeapInvariant.PageCounts;
    }

    /// <summary>Checks I5 for a class of which <paramref name="cachedObjects"/> are <see cref="ObjectState.Cached"/>.</summary>
    internal readonly bool IsClassConsistent(uint classIndex, nuint cachedObjects)
    {
        SlabCache* cache = Cache(classIndex);
        nuint slabs = 0;
        nuint partial = 0;
        nuint cached = 0;
        nuint cursor = 0;
        Slab* slab;
        while ((slab = Map.NextSlab(ref cursor)) != null)
        {
            if (slab->ClassIndex != classIndex) continue;
            slabs++;
            if (slab->FreeCount != 0) partial++;
            byte* states = Slab.States(slab);
            for (uint i = 0; i < slab->ObjectCount; i++)
            {
                if (states[i] == ObjectState.Cached) cached++;
            }
        }

        return slabs == cache->SlabCount && cached == cachedObjects && AreListsConsistent(classIndex, partial);
    }

    private readonly bool AreListsConsistent(uint classIndex, nuint partialSlabs)
    {
        SlabCache* cache = Cache(classIndex);
        nuint listed = 0;
        nuint free = 0;
        nuint empty = 0;
        bool isConsistent = true;
        for (uint owner = 0; owner < OwnerCount && isConsistent; owner++)
            isConsistent = cache->IsListConsistent(*ListOf(owner, classIndex), (byte)owner, partialSlabs, ref listed, ref free, ref empty);
        return isConsistent && listed == partialSlabs && free == cache->FreeObjects && empty == cache->EmptySlabs;
    }

    // A header and the states of up to 64, 128, 256 or 512 objects, with 8 bytes more for the one of a tail: whole lines of a processor's cache.
    private static uint PoolSlotBytes(uint poolIndex)
    {
        uint bytes = (uint)sizeof(Slab) + sizeof(ulong) + (poolIndex switch
        {
            0 => 64,
            1 => 128,
            2 => 256,
            _ => SlabGeometry.MostObjects,
        });
        return (bytes + Magazine.LineBytes - 1) & ~(uint)(Magazine.LineBytes - 1);
    }

    // Only the kernel's blocks have room for callers' caches.
    private static uint CacheCount(SizeClassScheme scheme) =>
        scheme == SizeClassScheme.ManagedObjects ? SizeClasses.LargeIndex : (uint)SizeClasses.MostClasses;

    private static uint PoolFor(uint stateCount)
    {
        uint pool = 0;
        while ((uint)sizeof(Slab) + stateCount > PoolSlotBytes(pool)) pool++;
        return pool;
    }

    private void InitializeClasses(SizeClassScheme scheme)
    {
        SizeClasses.FillLookup(scheme, _lookup);
        ClassCount = 0;
        for (uint size = SizeClasses.First(scheme); size <= SizeClasses.Last(scheme); size = SizeClasses.Next(scheme, size))
        {
            KernelAssert.That(ClassCount < SizeClasses.LargeIndex, "SlabStore: too many size classes");
            InitializeCache(ClassCount, size);

            // Objects of the managed heap are handed out as neighbours and searched from a page's start.
            if (scheme != SizeClassScheme.ManagedObjects) Cache(ClassCount)->Colour();
            ClassCount++;
        }

        CacheLimit = CacheCount(scheme);
    }

    private readonly void InitializeCache(uint index, uint objectSizeBytes)
    {
        SlabGeometry geometry = SlabGeometry.For(objectSizeBytes);
        Cache(index)->Initialize(index, objectSizeBytes, geometry, PoolFor(geometry.ObjectCount + 1));
    }

    private bool TryTakePages(nuint pageCount, uint poolIndex, out Slab* slab, out byte* start)
    {
        slab = null;
        start = null;
        if (!_pools[poolIndex].TryTake(ref _pages, out Slab* descriptor)) return false;
        if (_pages.TryAllocatePages(pageCount, out PageNumber first))
        {
            start = HeapPages.AddressOf(first);
            if (Map.TryAdd(ref _pages, descriptor, start, pageCount))
            {
                slab = descriptor;
                slab->PoolIndex = (byte)poolIndex;
                return true;
            }

            _pages.FreePages(first, pageCount);
        }

        _pools[poolIndex].Return(ref _pages, descriptor);
        return false;
    }

    private static uint TakeFrom<TWords>(SlabCache* cache, Slab** list, Magazine.Round* rounds, uint wanted, TWords words)
        where TWords : struct, ISharedWords
    {
        Slab* slab = *list;
        uint count = wanted < slab->FreeCount ? wanted : slab->FreeCount;
        byte* states = Slab.States(slab);
        uint index = slab->FirstFreeHint;
        uint taken = 0;
        for (; taken < count && index < slab->ObjectCount; index++)
        {
            if (words.Read(ref states[index]) != ObjectState.Free) continue;
            words.Write(ref states[index], ObjectState.Cached);
            Magazine.Put(rounds + taken, slab->Start + (index * slab->ObjectSize), states + index, words);
            taken++;
        }

        // Fewer than are counted only where two CPUs freed an object at the same moment: see KernelHeap.IsSettled.
        slab->FirstFreeHint = index;
        cache->CountTaken(slab, taken < count ? slab->FreeCount : count, list);
        return taken;
    }

    /// <summary>Gives back a slab whose objects are all free.</summary>
    internal void RemoveEmptySlab(Slab* slab)
    {
        Cache(slab->ClassIndex)->RemoveEmptySlab(slab, ListOf(slab));
        SlabPages -= slab->PageCount;
        ReturnPages(slab);
    }

    private void ReturnPages(Slab* slab)
    {
        byte* start = slab->Start;
        nuint pageCount = slab->PageCount;
        Map.Remove(ref _pages, slab);
        _pools[slab->PoolIndex].Return(ref _pages, slab);
        _pages.FreePages(HeapPages.PageOf(start), pageCount);
    }

    private readonly bool HasRightShape(Slab* slab)
    {
        if (slab->Checksum != Slab.ChecksumOf(slab)) return false;
        if (Slab.IsRun(slab))
            return slab->ObjectCount == 1 && slab->Reciprocal == 0 && slab->ObjectSize == slab->PageCount << PageNumber.Shift;
        if (slab->ClassIndex >= CacheLimit || !Cache(slab->ClassIndex)->IsUsed) return false;
        SlabCache* cache = Cache(slab->ClassIndex);
        return slab->ObjectSize == cache->ObjectSize && slab->ObjectCount == cache->ObjectCount
            && slab->PageCount == cache->PageCount && slab->Reciprocal == cache->Reciprocal;
    }

    private static bool HasRightStates(Slab* slab)
    {
        byte* states = Slab.States(slab);
        if (Slab.IsRun(slab)) return states[0] == ObjectState.Live;
        if (states[slab->ObjectCount] != ObjectState.Free) return false;
        uint free = 0;
        for (uint i = 0; i < slab->ObjectCount; i++)
        {
            if (states[i] > ObjectState.Live) return false;
            if (states[i] != ObjectState.Free) continue;
            free++;
            if (i < slab->FirstFreeHint) return false;
        }

        return free == slab->FreeCount;
    }
}
