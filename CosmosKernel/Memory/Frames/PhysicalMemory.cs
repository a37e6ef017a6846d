using System.Runtime.CompilerServices;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>All frames of the machine: the zones, the order to try them in, and who has what.</summary>
/// <typeparam name="TMemory">How frames are reached to clear them: <see cref="DirectMap"/> in the machine.</typeparam>
/// <remarks>
/// <para>
/// Theory. A layout cuts physical addresses into bands; each band with RAM is a zone with an allocator of its own (two, when its
/// RAM is further apart than an allocator reaches). Requests name the kind of zone they want most. Policy is here, mechanism
/// in the allocators: a request walks the fallback order of its zone, from plentiful memory down to scarce memory, first
/// asking for zones that stay above their low mark, then above their minimum, and at last, when it is urgent, for anything.
/// </para>
/// <para>
/// Zones are numbered upwards from 0; the number is in each managed frame's descriptor, so freeing finds the zone by the
/// lookup that it needs anyway. Frames are counted per owner, which the descriptor remembers too: the caller who frees need
/// not say whose they were.
/// </para>
/// <para>Invariants:</para>
/// <list type="bullet">
/// <item>I1 Each zone's allocator holds its own invariants.</item>
/// <item>I2 The frames counted for the owners add up to the managed frames that are not free.</item>
/// <item>I3 The zones' RAM is disjoint; what they manage is at most what they have.</item>
/// </list>
/// <para>
/// Single frames go through the running CPU's <see cref="PerCpuCache"/> of their zone. Frames there are free: they are counted so, and
/// before a request is refused, or goes below a low mark, the caches of its zones are drained. A zone below its low mark
/// has none cached, so the marks hold to the frame.
/// </para>
/// <para>
/// Cost. Allocating and freeing one frame that the cache has, or has room for: no loop, no call but this one. State: this struct and
/// storage given by the caller. Locking: the caller's, of the zone; a cache needs none.
/// </para>
/// </remarks>
public unsafe struct PhysicalMemory<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private readonly FrameTable _table;
    private readonly Zone* _zones;
    private readonly PerCpuCache* _caches;
    private readonly ulong _totalFrames;
    private TMemory _memory;
    private fixed byte _startZones[ZoneKinds.Count];
    private fixed ulong _startCaches[ZoneKinds.Count]; // Addresses.
    private fixed ulong _owned[FrameOwners.Count];
    private fixed ulong _refusals[FreeResults.Count];

    /// <summary>Takes every usable frame of <paramref name="map"/> that <paramref name="reserved"/> leaves.</summary>
    /// <param name="map">The machine's memory.</param>
    /// <param name="reserved">What is never handed out; <paramref name="storage"/> is in it.</param>
    /// <param name="layout">How it is cut into zones.</param>
    /// <param name="storage"><see cref="MetadataBytes"/> bytes at a multiple of 16, where this code can write.</param>
    /// <param name="memory">How frames are cleared.</param>
    public PhysicalMemory(in MemoryMap map, in ReservedRegions reserved, in ZoneLayout layout, byte* storage, TMemory memory)
    {
        this = default;
        _zones = (Zone*)storage;
        _caches = (PerCpuCache*)(storage + ZoneBytes);
        for (int i = 0; i < CacheCount; i++) _caches[i] = default;
        _table = FrameTable.Create(in map, storage + ZoneBytes + CacheBytes);
        _memory = memory;
        _totalFrames = map.UsableFrames;
        ZoneCount = new ZoneBuilder(in map, in layout, in _table, _zones, _caches).Build();
        Adopt(in map, in reserved);
        SetOrders();
    }

    /// <summary>The number of zones with RAM.</summary>
    public int ZoneCount { get; }

    /// <summary>Where all frames are.</summary>
    public readonly FrameStatistics Statistics
    {
        get
        {
            ulong managed = 0;
            ulong free = 0;
            ulong cached = 0;
            for (int i = 0; i < ZoneCount; i++)
            {
                managed += _zones[i].ManagedFrames;
                free += _zones[i].FreeFrames;
                cached += _zones[i].CachedFrames;
            }

            return new FrameStatistics(_totalFrames, managed, free, cached);
        }
    }

    /// <summary>One for each zone and, after them, one that stays empty, for kinds that no zone serves.</summary>
    private const int CacheCount = ZoneOrder.Limit + 1;

    private const ulong CacheBytes = CacheCount * PerCpuCache.SizeBytes;

    private static ulong ZoneBytes => ((ulong)(ZoneOrder.Limit * sizeof(Zone)) + 15) & ~15UL;

    /// <summary>The storage that the frames of <paramref name="map"/> take.</summary>
    public static ulong MetadataBytes(in MemoryMap map) => ZoneBytes + CacheBytes + FrameTable.MetadataBytes(in map);

    /// <summary>The frames that <paramref name="owner"/> has.</summary>
    public readonly ulong OwnedBy(FrameOwner owner) => _owned[(int)owner];

    /// <summary>How often a free was refused for <paramref name="reason"/>.</summary>
    public readonly ulong RefusalsFor(FreeResult reason) => _refusals[(int)reason];

    /// <summary>The zone at <paramref name="index"/>, counted from the lowest, for reading.</summary>
    public readonly ref readonly Zone ZoneAt(int index)
    {
        KernelAssert.That((uint)index < (uint)ZoneCount, "PhysicalMemory: no such zone");
        return ref _zones[index];
    }

    /// <summary>Allocates a block as it is, from any zone; false when there is none.</summary>
    public bool TryAllocate(Order order, FrameOwner owner, out FrameNumber frame) =>
        TryAllocate(order, FrameRequest.For(owner), out frame);

    /// <summary>Allocates a block; false when no zone that will do has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Most callers say order, owner and zone as constants: half of it folds away.
    public bool TryAllocate(Order order, FrameRequest request, out FrameNumber frame)
    {
        if (order.Value != 0) return TryAllocateBlock(order, request, out frame);
        if (!request.IsPlain || !CacheFor(request)->TryTake(request.Owner, out frame)) return TryAllocateFrame(request, out frame);
        _owned[(int)request.Owner] = _owned[(int)request.Owner] + 1; // So written it is one instruction, as ++ it is two.
        return true;
    }

    /// <summary>Allocates exactly <paramref name="frameCount"/> frames in a row, at most a largest block; false when no zone that will do has them.</summary>
    public bool TryAllocateRun(ulong frameCount, FrameRequest request, out FrameRange frames)
    {
        if (frameCount == 1)
        {
            bool isAllocated = TryAllocate(Order.Zero, request, out FrameNumber frame);
            frames = isAllocated ? new FrameRange(frame, 1) : default;
            return isAllocated;
        }

        if (!TryAllocateFurther(frameCount, request, out frames)) return false;
        Account(frames, request);
        return true;
    }

    /// <summary>Adds up to <paramref name="count"/> single frames to <paramref name="batch"/>, which has room for them.</summary>
    /// <returns>How many were added; fewer when memory is short.</returns>
    public int AllocateBatch(int count, FrameRequest request, ref FrameBatch batch)
    {
        int end = batch.Count + count;
        KernelAssert.That(count >= 0 && end <= FrameBatch.Capacity, "PhysicalMemory: the batch has no room for so many");
        while (batch.Count != end)
        {
            if (request.IsPlain && TakeMany(end - batch.Count, request, ref batch) != 0) continue;
            if (!TryAllocate(Order.Zero, request, out FrameNumber frame)) break;
            batch.Add(frame);
        }

        return count - (end - batch.Count);
    }

    /// <summary>Frees the block that was allocated at <paramref name="frame"/> with this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Only the choice, which most callers' constant order has made.
    public FreeResult Free(FrameNumber frame, Order order) => order.Value == 0 ? FreeSingle(frame) : FreeBlock(frame, order);

    /// <summary>Frees the single frames in <paramref name="batch"/> and empties it.</summary>
    /// <returns>How many were freed; the others were refused, and counted by reason.</returns>
    public int FreeBatch(ref FrameBatch batch)
    {
        int freed = 0;
        while (batch.Count != 0)
        {
            int put = PutMany(ref batch);
            freed += put;
            if (put == 0 && FreeFrame(batch.Take()) == FreeResult.Ok) freed++;
        }

        return freed;
    }

    /// <summary>Frees allocated blocks that fill <paramref name="frames"/> exactly; all of them or none.</summary>
    public FreeResult FreeRun(FrameRange frames)
    {
        FreeResult check = CheckRun(frames);
        if (check != FreeResult.Ok) return Refuse(check);

        while (!frames.IsEmpty)
        {
            Order order = Order.FromTrusted(_table.Find(frames.Start)->OrderValue);
            Free(frames.Start, order);
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }

        return FreeResult.Ok;
    }

    /// <summary>Takes reserved frames into management that are no longer needed: boot modules, ACPI tables once read.</summary>
    /// <returns>False, with nothing changed, when one of them is no RAM, is not reserved, or the range spans two zones.</returns>
    public bool TryAdopt(FrameRange frames)
    {
        for (int i = 0; i < ZoneCount; i++)
        {
            if (!_zones[i].Span.Contains(frames) || !_zones[i].TryAdopt(frames)) continue;
            _zones[i].SetMarks();
            return true;
        }

        return frames.IsEmpty;
    }

    /// <summary>Adds a reference to an allocated block; it is freed by its last user only.</summary>
    public readonly bool TryAddReference(FrameNumber frame) => _table.TryAddReference(frame);

    /// <summary>Takes one of several references from an allocated block; false when it is the last: free the block then.</summary>
    public readonly bool TryDropReference(FrameNumber frame) => _table.TryDropReference(frame);

    /// <summary>The state of <paramref name="frame"/>; Absent for what is no RAM.</summary>
    public readonly FrameState StateOf(FrameNumber frame) =>
        _table.TryFind(frame, out FrameDescriptor* descriptor) ? descriptor->State : FrameState.Absent;

    /// <summary>Who uses the allocated block that starts at <paramref name="frame"/>; None when none does.</summary>
    public readonly FrameOwner OwnerOf(FrameNumber frame) =>
        _table.TryFind(frame, out FrameDescriptor* block) && block->State == FrameState.Allocated ? block->Owner : FrameOwner.None;

    /// <summary>What is known of <paramref name="frame"/> now, for reading; false for what is no RAM.</summary>
    public readonly bool TryDescribe(FrameNumber frame, out FrameDescriptor descriptor)
    {
        bool isDescribed = _table.TryFind(frame, out FrameDescriptor* found) && found->State != FrameState.Absent;
        descriptor = isDescribed ? *found : default;
        return isDescribed;
    }

    /// <summary>Checks I1 to I3; null when they hold, else the name of the first that does not. O(frames).</summary>
    public readonly string? Validate()
    {
        ulong owned = 0;
        for (int i = 0; i < FrameOwners.Count; i++) owned += _owned[i];
        FrameNumber end = FrameNumber.Zero;
        for (int i = 0; i < ZoneCount; i++)
        {
            string? broken = _zones[i].Validate() ?? _zones[i].ValidateCache(in _table);
            if (broken != null) return broken;
            if (_zones[i].Span.Start < end || _zones[i].ManagedFrames > _zones[i].PresentFrames) return "I3: the zones are disjoint and manage what they have";
            end = _zones[i].Span.End;
        }

        if (owned != Statistics.Used) return "I2: the owners' frames add up to the used ones";
        return CachedFrames() != Statistics.Cached ? "cache I2: the zone has no other cached frames" : null;
    }

    private void Adopt(in MemoryMap map, in ReservedRegions reserved)
    {
        UnreservedCursor cursor = new(in map, in reserved);
        while (cursor.TryNext(out FrameRange free))
        {
            for (int i = 0; i < ZoneCount; i++) _zones[i].TryAdopt(free.Intersect(_zones[i].Span));
        }
    }

    private void SetOrders()
    {
        for (int i = 0; i < ZoneCount; i++)
        {
            _zones[i].SetMarks();
            ZoneOrder order = default;
            for (int lower = i; lower >= 0; lower--) order = order.Then(lower);
            _zones[i].Fallback = order;
        }

        for (int kind = 0; kind < ZoneKinds.Count; kind++)
        {
            int start = ZoneCount - 1;
            while (start >= 0 && (int)_zones[start].Kind > kind) start--;
            _startZones[kind] = (byte)(start < 0 ? ZoneOrder.Limit : start);
            _startCaches[kind] = (ulong)&_caches[_startZones[kind]];
        }
    }

    /// <summary>The cache that serves <paramref name="request"/>: the running CPU's, of the zone to start with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly PerCpuCache* CacheFor(FrameRequest request) => (PerCpuCache*)_startCaches[(int)request.Zone];

    /// <summary>The running CPU's cache of the zone that has an allocated block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly PerCpuCache* CacheOf(FrameDescriptor* block)
    {
        // SAFETY: what is allocated is of a zone that there is. The zone's byte times the size, by one shift for both.
        const int Shift = FrameDescriptor.ZoneShift - PerCpuCache.SizeShift;
        return (PerCpuCache*)((byte*)_caches + ((block->Header >> Shift) & (uint.MaxValue << PerCpuCache.SizeShift)));
    }

    /// <summary>Puts a single allocated frame into its zone's cache; false when it is something else, or there is no room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFreeToCache(FrameDescriptor* block)
    {
        if (!block->IsSingleAllocated) return false;
        ulong owner = (ulong)block->Owner;
        if (!CacheOf(block)->TryPut(block)) return false;
        _owned[owner] = _owned[owner] - 1; // As in TryAllocate.
        return true;
    }

    // Not marked against inlining, like the slow ways: compilers let no such method end with a jump.
    private FreeResult FreeSingle(FrameNumber frame)
    {
        FrameSlot* slot = _table.FirstSlot(frame);
        ulong offset = frame.Value - slot->First;
        if (offset < slot->Count && TryFreeToCache(slot->Descriptors + offset)) return FreeResult.Ok;
        return FreeFrame(frame);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeMany(int count, FrameRequest request, ref FrameBatch batch)
    {
        int taken;
        fixed (FrameBatch* pinned = &batch)
        {
            taken = CacheFor(request)->TakeMany(FrameBatch.StorageOf(pinned) + batch.Count, count, request.Owner);
        }

        batch.SetCount(batch.Count + taken);
        _owned[(int)request.Owner] += (ulong)taken;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PutMany(ref FrameBatch batch)
    {
        int put;
        fixed (FrameBatch* pinned = &batch)
        {
            ulong* frames = FrameBatch.StorageOf(pinned);
            FrameNumber last = FrameNumber.FromTrusted(frames[batch.Count - 1]);
            FrameDescriptor* block = _table.Find(last);
            if (block == null || !block->IsSingleAllocated) return 0;
            int owner = (int)block->Owner;
            put = CacheOf(block)->PutMany(in _table, block->Header, frames, batch.Count);
            _owned[owner] -= (ulong)put;
        }

        batch.SetCount(batch.Count - put);
        return put;
    }

    /// <summary>Frees a frame that the cache has no room for, or none at all.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Keeps the registers of the way through the cache free.
    private FreeResult FreeFrame(FrameNumber frame)
    {
        FrameDescriptor* block = _table.Find(frame);
        bool isRoom = block != null && block->IsSingleAllocated && _zones[block->Zone].TryMakeRoom();
        return isRoom && TryFreeToCache(block) ? FreeResult.Ok : FreeBlock(frame, Order.Zero);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private FreeResult FreeBlock(FrameNumber frame, Order order)
    {
        FrameDescriptor* block = _table.Find(frame);
        if (block == null) return Refuse(FreeResult.Foreign);
        int zone = block->Zone;
        if (zone >= ZoneCount) return Refuse(block->State == FrameState.Reserved ? FreeResult.Reserved : FreeResult.Foreign);

        int owner = (int)block->Owner;
        FreeResult result = _zones[zone].Free(block, frame, order);
        if (result != FreeResult.Ok) return Refuse(result);
        _owned[owner] = _owned[owner] - order.FrameCount;
        _zones[zone].OpenCache();
        return FreeResult.Ok;
    }

    /// <summary>Allocates a single frame that must be cleared, or that the loaded stack does not have.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateFrame(FrameRequest request, out FrameNumber frame)
    {
        if (request.IsStrict) return TryAllocateElsewhere(Order.Zero, request, out frame);
        PerCpuCache* cache = CacheFor(request);
        bool isCached = cache->TryTake(request.Owner, out frame) || (TryFillCache(request) && cache->TryTake(request.Owner, out frame));
        if (!isCached) return TryAllocateElsewhere(Order.Zero, request, out frame);
        Account(new FrameRange(frame, 1), request);
        return true;
    }

    private readonly bool TryFillCache(FrameRequest request)
    {
        int start = _startZones[(int)request.Zone];
        return start < ZoneCount && _zones[start].TryFillCache();
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateBlock(Order order, FrameRequest request, out FrameNumber frame)
    {
        int start = _startZones[(int)request.Zone];
        if (start >= ZoneCount || request.IsStrict) return TryAllocateElsewhere(order, request, out frame);
        Zone* zone = &_zones[start];
        if (!zone->TryAllocate(order, request.Owner, zone->Marks.Low, out frame)) return TryAllocateElsewhere(order, request, out frame);
        _owned[(int)request.Owner] = _owned[(int)request.Owner] + order.FrameCount;
        if (request.Zeroing == Zeroing.Zeroed) Clear(new FrameRange(frame, order.FrameCount));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateElsewhere(Order order, FrameRequest request, out FrameNumber frame)
    {
        bool isAllocated = TryAllocateFurther(order.FrameCount, request, out FrameRange found);
        frame = found.Start;
        if (isAllocated) Account(found, request);
        return isAllocated;
    }

    /// <summary>The slow way: the zones of the request one after the other, with less and less kept back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAllocateFurther(ulong frameCount, FrameRequest request, out FrameRange frames)
    {
        frames = default;
        int start = _startZones[(int)request.Zone];
        if (start >= ZoneCount) return false;

        ZoneOrder zones = _zones[start].Fallback;
        if (TryZones(zones, frameCount, request, Keep.Low, 1, out frames)) return true;
        for (int i = 0; i < zones.Count; i++) _zones[zones[i]].Drain();
        for (Keep keep = Keep.Low; keep <= (request.IsUrgent ? Keep.Nothing : Keep.Min); keep++)
        {
            if (TryZones(zones, frameCount, request, keep, zones.Count, out frames)) return true;
        }

        _zones[start].CountFailure();
        return false;
    }

    private readonly bool TryZones(ZoneOrder zones, ulong frameCount, FrameRequest request, Keep keep, int count, out FrameRange frames)
    {
        for (int i = 0; i < count; i++)
        {
            Zone* zone = &_zones[zones[i]];
            if (request.IsStrict && zone->Kind != request.Zone) continue;
            if (!zone->TryAllocateRun(frameCount, request.Owner, KeptFrames(zone, keep, i != 0), out frames)) continue;
            if (keep != Keep.Low) zone->CloseCache();
            return true;
        }

        frames = default;
        return false;
    }

    private void Account(FrameRange frames, FrameRequest request)
    {
        _owned[(int)request.Owner] += frames.Count;
        if (request.Zeroing == Zeroing.Zeroed) Clear(frames);
    }

    private static ulong KeptFrames(Zone* zone, Keep keep, bool isFallback)
    {
        if (keep == Keep.Nothing) return 0;
        ulong kept = keep == Keep.Low ? zone->Marks.Low : zone->Marks.Min;
        return isFallback ? kept + zone->Marks.ForOthers : kept;
    }

    /// <summary>The frames that the table calls cached.</summary>
    private readonly ulong CachedFrames()
    {
        ulong cached = 0;
        for (ulong slot = 0; slot < _table.SlotCount; slot++)
        {
            FrameRange frames = _table.SlotFrames(slot, out FrameDescriptor* first);
            for (ulong i = 0; i < frames.Count; i++) cached += first[i].State == FrameState.Cached ? 1UL : 0UL;
        }

        return cached;
    }

    private readonly FreeResult CheckRun(FrameRange frames)
    {
        if (frames.IsEmpty) return FreeResult.WrongOrder;
        if (!_table.TryFind(frames.Start, out FrameDescriptor* block) || block->State == FrameState.Absent) return FreeResult.Foreign;
        return block->Zone < ZoneCount ? _zones[block->Zone].CheckRun(frames) : FreeResult.Reserved;
    }

    private FreeResult Refuse(FreeResult reason)
    {
        _refusals[(int)reason]++;
        return reason;
    }

    private void Clear(FrameRange frames)
    {
        for (ulong i = 0; i < frames.Count; i++) _memory.ZeroFrame(frames.Start + i);
    }

    private enum Keep
    {
        Low,
        Min,
        Nothing,
    }
}
