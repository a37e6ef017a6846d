using System.Runtime.CompilerServices;
using MemOS.Boot;
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
/// Cost. Allocating and freeing one frame when the preferred zone has one: no loop, no call but this one. State: this struct and
/// storage given by the caller. Locking: the caller's; one lock a zone follows with the second CPU.
/// </para>
/// </remarks>
public unsafe struct PhysicalMemory<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private readonly FrameTable _table;
    private readonly Zone* _zones;
    private readonly ulong _totalFrames;
    private TMemory _memory;
    private ZoneOrder _startZones;
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
        _table = FrameTable.Create(in map, storage + ZoneBytes);
        _memory = memory;
        _totalFrames = map.UsableFrames;
        ZoneCount = new ZoneBuilder(in map, in layout, in _table, _zones).Build();
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
            for (int i = 0; i < ZoneCount; i++)
            {
                managed += _zones[i].ManagedFrames;
                free += _zones[i].FreeFrames;
            }

            return new FrameStatistics(_totalFrames, managed, free);
        }
    }

    private static ulong ZoneBytes => ((ulong)(ZoneOrder.Limit * sizeof(Zone)) + 15) & ~15UL;

    /// <summary>The storage that the frames of <paramref name="map"/> take.</summary>
    public static ulong MetadataBytes(in MemoryMap map) => ZoneBytes + FrameTable.MetadataBytes(in map);

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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAllocate(Order order, FrameOwner owner, out FrameNumber frame) =>
        TryAllocate(order, FrameRequest.For(owner), out frame);

    /// <summary>Allocates a block; false when no zone that will do has one.</summary>
    public bool TryAllocate(Order order, FrameRequest request, out FrameNumber frame)
    {
        int start = _startZones[(int)request.Zone];
        if (start >= ZoneCount || request.IsStrict ||
            !_zones[start].TryAllocate(order, request.Owner, _zones[start].Marks.Low, out frame))
        {
            if (!TryAllocateFurther(order.FrameCount, request, out FrameRange found))
            {
                frame = default;
                return false;
            }

            frame = found.Start;
        }

        _owned[(int)request.Owner] += order.FrameCount;
        if (request.Zeroing == Zeroing.Zeroed) Clear(new FrameRange(frame, order.FrameCount));
        return true;
    }

    /// <summary>Allocates exactly <paramref name="frameCount"/> frames in a row, at most a largest block; false when no zone that will do has them.</summary>
    public bool TryAllocateRun(ulong frameCount, FrameRequest request, out FrameRange frames)
    {
        if (!TryAllocateFurther(frameCount, request, out frames))
        {
            frames = default;
            return false;
        }

        _owned[(int)request.Owner] += frameCount;
        if (request.Zeroing == Zeroing.Zeroed) Clear(frames);
        return true;
    }

    /// <summary>Frees the block that was allocated at <paramref name="frame"/> with this order.</summary>
    public FreeResult Free(FrameNumber frame, Order order)
    {
        FrameDescriptor* block = _table.Find(frame);
        if (block == null) return Refuse(FreeResult.Foreign);
        int zone = block->Zone;
        if (zone >= ZoneCount) return Refuse(block->State == FrameState.Reserved ? FreeResult.Reserved : FreeResult.Foreign);

        int owner = (int)block->Owner;
        FreeResult result = _zones[zone].Free(block, frame, order);
        if (result != FreeResult.Ok) return Refuse(result);
        _owned[owner] -= order.FrameCount;
        return FreeResult.Ok;
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

    /// <summary>Checks I1 to I3; null when they hold, else the name of the first that does not. O(frames).</summary>
    public readonly string? Validate()
    {
        ulong owned = 0;
        for (int i = 0; i < FrameOwners.Count; i++) owned += _owned[i];
        FrameNumber end = FrameNumber.Zero;
        for (int i = 0; i < ZoneCount; i++)
        {
            string? broken = _zones[i].Validate();
            if (broken != null) return broken;
            if (_zones[i].Span.Start < end || _zones[i].ManagedFrames > _zones[i].PresentFrames) return "I3: the zones are disjoint and manage what they have";
            end = _zones[i].Span.End;
        }

        return owned != Statistics.Used ? "I2: the owners' frames add up to the used ones" : null;
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
            _startZones = _startZones.Then(start < 0 ? ZoneOrder.Limit : start);
        }
    }

    /// <summary>The slow way: the zones of the request one after the other, with less and less kept back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAllocateFurther(ulong frameCount, FrameRequest request, out FrameRange frames)
    {
        frames = default;
        int start = _startZones[(int)request.Zone];
        if (start >= ZoneCount) return false;

        ZoneOrder zones = _zones[start].Fallback;
        for (Keep keep = Keep.Low; keep <= (request.IsUrgent ? Keep.Nothing : Keep.Min); keep++)
        {
            for (int i = 0; i < zones.Count; i++)
            {
                Zone* zone = &_zones[zones[i]];
                if (request.IsStrict && zone->Kind != request.Zone) continue;
                if (zone->TryAllocateRun(frameCount, request.Owner, KeptFrames(zone, keep, i != 0), out frames)) return true;
            }
        }

        _zones[start].CountFailure();
        return false;
    }

    private static ulong KeptFrames(Zone* zone, Keep keep, bool isFallback)
    {
        if (keep == Keep.Nothing) return 0;
        ulong kept = keep == Keep.Low ? zone->Marks.Low : zone->Marks.Min;
        return isFallback ? kept + zone->Marks.ForOthers : kept;
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
