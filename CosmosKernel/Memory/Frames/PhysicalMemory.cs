using System.Runtime.CompilerServices;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>All frames of the machine: the zones, the order to try them in, and who has what.</summary>
/// <typeparam name="TMemory">How frames are reached to clear them: <see cref="DirectMap"/> in the machine.</typeparam>
/// <typeparam name="TProcessor">The processor that runs: <see cref="ThisProcessor"/> in the machine.</typeparam>
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
/// Single frames, and blocks of 2 MiB, go through the running processor's <see cref="PerCpuCache"/> of their zone. Frames there are free: they are
/// counted so. When a zone goes below its low mark all its caches are closed and the running processor's is drained, and before a request is
/// refused the other processors are asked to drain theirs, where the caller holds no lock that they might wait for. So with one processor
/// the marks hold to the frame; with several, what the others have cached counts as gone until they give it back, which each does when it
/// comes to the zone next: a request may be refused, or a mark held, too early by as many frames as they have, never too late. That is at most a
/// sixteenth of the zone in large blocks and a 32nd, two stacks, in single frames, since the caches of all processors share what the zone puts at hand.
/// </para>
/// <para>
/// Cost. Allocating and freeing one frame that the cache has, or has room for: no loop, no call but this one and that which finds the processor.
/// State: this struct, what processors keep for themselves, and storage given by the caller.
/// </para>
/// <para>
/// Locking. What one processor needs in the usual case is its own: caches, counters, its home (<see cref="FrameFront"/>). It takes no lock there
/// and masks nothing, for the kernel is not pre-empted and interrupts do not allocate; and it writes to no line of the cache that other
/// processors use in their usual case. Those lines are: its front and its caches, which are whole lines of their own; and the
/// descriptor of the frame, which nobody but its user and the cache's processor touches, though the three frames beside it have theirs
/// on the same line, and may be another processor's: batches come in rows, so most are not. What it reads, the table's slots and this struct, is written when a
/// section is made ready, a processor is added or regions are reserved, and else never. All else is under the lock of one zone, which ranks lowest of all, or that of the
/// sections (<see cref="ZoneSet"/>); no two zones' at once.
/// </para>
/// <para>
/// Several processors that free one block: see <see cref="FrameTable"/>. Counters are summed when somebody asks, and exact when nobody
/// is about to change them; so is <see cref="Validate"/>.
/// </para>
/// </remarks>
public unsafe partial struct PhysicalMemory<TMemory, TProcessor>
    where TMemory : struct, IPhysicalMemory
    where TProcessor : struct, IProcessor
{
    private const int LineWords = 8;

    // So that what lies beside this struct shares no line with what every free reads.
    private fixed ulong _before[LineWords];

    private readonly FrameTable _table;
    private readonly ulong _totalFrames;
    private readonly ulong _topKinds; // For each kind the highest kind of zone not above it, a byte each.
    private TMemory _memory;
    private TProcessor _processor;
    private ZoneSet _zones;
    private FrameFront* _fronts; // Of the processor that was added last.
    private delegate*<void> _askOthers;
    private fixed ulong _after[LineWords];

    /// <summary>Takes every usable frame of <paramref name="map"/> that <paramref name="reserved"/> leaves.</summary>
    /// <param name="map">The machine's memory.</param>
    /// <param name="reserved">What is never handed out; <paramref name="storage"/> is in it.</param>
    /// <param name="plan">How memory is cut into zones, and what serves them.</param>
    /// <param name="storage"><see cref="MetadataBytes"/> bytes at a multiple of 64, where this code can write.</param>
    /// <param name="memory">How frames are cleared.</param>
    /// <param name="processor">The processor that runs, the first that works with the frames.</param>
    public PhysicalMemory(in MemoryMap map, in ReservedRegions reserved, in FramePlan plan, byte* storage, TMemory memory, TProcessor processor)
    {
        this = default;
        FramePlan.Measures measures = plan.Measure(in map);
        Zone* zones = (Zone*)(storage + measures.ZonesOffset);
        ZoneNode* nodes = (ZoneNode*)(storage + measures.NodesOffset);
        _table = FrameTable.Create(in map, storage + measures.TableOffset);
        _memory = memory;
        _processor = processor;
        _totalFrames = map.UsableFrames;
        _zones = new ZoneSet(in map, in reserved, plan.Topology, plan.Layout, in _table, zones, nodes, (TicketLock*)(storage + measures.SectionsOffset));

        byte* allocator = storage + measures.AllocatorsOffset;
        ZonePlanner planner = new(in map, plan.Topology, plan.Layout);
        while (planner.TryNext(out NodeZone place))
        {
            _zones.Add(in place, plan.Allocator, allocator);
            allocator += plan.AllocatorBytes(in map, in place);
        }

        _zones.CountPending(processor);
        _topKinds = TopKinds();
        AddProcessor(processor.Current, storage, NodeId.Zero);
    }

    /// <summary>The number of zones with RAM.</summary>
    public readonly int ZoneCount => _zones.Count;

    /// <summary>The node that the running processor is of.</summary>
    public readonly NodeId Home => Front->Home;

    /// <summary>The storage that <see cref="AddProcessor"/> wants, in bytes.</summary>
    public readonly ulong ProcessorBytes => FramePlan.CacheBytes(ZoneCount);

    /// <summary>What is never handed out.</summary>
    public readonly ReservedRegions Reserved => _zones.Reserved;

    /// <summary>How often the lock for making sections ready, and for the list of what is reserved, was taken, and waited for.</summary>
    public readonly LockStatistics SectionLockStatistics => _zones.LockStatistics;

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
                managed += _zones.At(i)->ManagedFrames;
                free += _zones.At(i)->FreeFrames;
                cached += _zones.At(i)->CachedFrames;
            }

            ulong wanted = 0;
            ulong granted = 0;
            for (FrameFront* front = _fronts; front != null; front = front->Next)
            {
                wanted += front->Wanted;
                granted += front->Granted;
            }

            return new FrameStatistics(_totalFrames, managed, free, cached, wanted, granted);
        }
    }

    /// <summary>The storage that the frames of <paramref name="map"/> take.</summary>
    public static ulong MetadataBytes(in MemoryMap map, in FramePlan plan) => plan.Measure(in map).SizeBytes;

    /// <summary>The frames that <paramref name="owner"/> has.</summary>
    public readonly ulong OwnedBy(FrameOwner owner)
    {
        ulong frames = 0;
        for (FrameFront* front = _fronts; front != null; front = front->Next) frames = unchecked(frames + front->Owned(owner));
        return frames;
    }

    /// <summary>How often a free was refused for <paramref name="reason"/>.</summary>
    public readonly ulong RefusalsFor(FreeResult reason)
    {
        ulong refusals = 0;
        for (FrameFront* front = _fronts; front != null; front = front->Next) refusals += front->Refusals(reason);
        return refusals;
    }

    /// <summary>The zone at <paramref name="index"/>, counted from the lowest, for reading.</summary>
    public readonly ref readonly Zone ZoneAt(int index)
    {
        KernelAssert.That((uint)index < (uint)ZoneCount, "PhysicalMemory: no such zone");
        return ref *_zones.At(index);
    }

    /// <summary>Allocates a block as it is, from any zone; false when there is none.</summary>
    public bool TryAllocate(Order order, FrameOwner owner, out FrameNumber frame) =>
        TryAllocate(order, FrameRequest.For(owner), out frame);

    /// <summary>Allocates a block; false when no zone that will do has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Most callers say order, owner and zone as constants: half of it folds away.
    public bool TryAllocate(Order order, FrameRequest request, out FrameNumber frame)
    {
        if (order.Value != 0) return TryAllocateBlock(order, request, out frame);
        if (!request.IsPlain) return TryAllocateFrame(request, out frame);
        FrameFront* front = Front;
        if (!FrameFront.CacheFor(front, request)->TryTake(request.Owner, out frame)) return TryAllocateFrame(request, out frame);
        FrameFront.Count(front, request.Owner, 1);
        return true;
    }

    /// <summary>Allocates the smallest block with at least <paramref name="frameCount"/> frames, which is aligned to its size; false when there is none.</summary>
    /// <remarks>For what must be a block, a ring or a table that a device reads; the frames beyond those wanted are counted as internal fragmentation.</remarks>
    public bool TryAllocateFor(ulong frameCount, FrameRequest request, out FrameNumber frame, out Order order)
    {
        frame = default;
        if (!Order.TryForFrameCount(frameCount, out order) || !TryAllocate(order, request, out frame)) return false;
        FrameFront* front = Front;
        front->Wanted += frameCount;
        front->Granted += order.FrameCount;
        return true;
    }

    /// <summary>Allocates exactly <paramref name="frameCount"/> frames in a row; false when no zone that will do has them.</summary>
    public bool TryAllocateRun(ulong frameCount, FrameRequest request, out FrameRange frames) =>
        TryAllocateRun(frameCount, Order.Zero, request, out frames);

    /// <summary>Allocates exactly <paramref name="frameCount"/> frames in a row from a multiple of <paramref name="alignment"/>'s on; false when no zone that will do has them.</summary>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameRequest request, out FrameRange frames)
    {
        if (frameCount == 1 && alignment.Value == 0)
        {
            bool isAllocated = TryAllocate(Order.Zero, request, out FrameNumber frame);
            frames = isAllocated ? new FrameRange(frame, 1) : default;
            return isAllocated;
        }

        RunRequest run = new(frameCount, alignment, request.Limit, request.Owner);
        return TryAllocateFurther(in run, request, out frames);
    }

    /// <summary>Allocates the <paramref name="moreFrames"/> frames behind an allocated run, which then are part of it.</summary>
    /// <returns>False, with nothing changed, when one of them is not free, or its zone is not the run's or has none to spare.</returns>
    public bool TryExtendRun(FrameRange run, ulong moreFrames, FrameRequest request)
    {
        FrameDescriptor* first = _zones.Find(_processor, run.Start);
        if (run.IsEmpty || first == null || first->Zone >= ZoneCount) return false;
        Zone* zone = _zones.At(first->Zone);
        FrameRange frames = new(run.End, moreFrames);
        for (FrameNumber at = frames.Start; at < frames.End; at += 1)
        {
            // Also makes ready what nobody wanted so far.
            FrameDescriptor* frame = _zones.Find(_processor, at);
            if (frame == null || frame->Zone != first->Zone || frame->State is FrameState.Allocated or FrameState.Cached) return false;
        }

        if (!zone->TryAllocateAt(_processor, frames, request.Owner, zone->Marks.Low)) return false;
        Account(Front, frames, request);
        return true;
    }

    /// <summary>Frees the block that was allocated at <paramref name="frame"/> with this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // As TryAllocate.
    public FreeResult Free(FrameNumber frame, Order order) => order.Value == 0 ? FreeSingle(frame) : FreeBlock(frame, order);

    /// <summary>Frees allocated blocks that fill <paramref name="frames"/> exactly; all of them or none.</summary>
    public FreeResult FreeRun(FrameRange frames)
    {
        FreeResult check = CheckRun(frames);
        if (check != FreeResult.Ok) return Front->Refuse(check);

        while (!frames.IsEmpty)
        {
            Order order = Order.FromTrusted(_table.Find(frames.Start)->OrderValue);
            Free(frames.Start, order);
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }

        return FreeResult.Ok;
    }

    /// <summary>Takes free frames out of management, for <paramref name="kind"/> to be listed in <see cref="Reserved"/>.</summary>
    /// <returns>False, with nothing changed, when one of them is not free, or is in another processor's cache, or the list is full.</returns>
    public bool TryReserve(FrameRange frames, ReservedKind kind)
    {
        Drain();
        return _zones.TryReserve(_processor, frames, kind) || (TryAskOthers() && _zones.TryReserve(_processor, frames, kind));
    }

    /// <summary>Takes reserved frames into management that are no longer needed: boot modules, ACPI tables once read.</summary>
    /// <returns>False, with nothing changed, when one of them is no RAM, is not reserved or no zone's, or the list of what is reserved is full.</returns>
    public bool TryRelease(FrameRange frames) => _zones.TryRelease(_processor, frames);

    /// <summary>Adds a reference to an allocated block; it is freed by its last user only.</summary>
    public readonly bool TryAddReference(FrameNumber frame) => _table.TryAddReference(frame);

    /// <summary>Takes one of several references from an allocated block; false when it is the last: free the block then.</summary>
    public readonly bool TryDropReference(FrameNumber frame) => _table.TryDropReference(frame);

    /// <summary>The references to the allocated block that starts at <paramref name="frame"/>; 0 when none does.</summary>
    public readonly uint ReferencesOf(FrameNumber frame)
    {
        FrameDescriptor* block = _table.Find(frame); // What is allocated has been described.
        return block != null && block->State == FrameState.Allocated ? block->ReferenceCount : 0;
    }

    /// <summary>What <paramref name="frame"/> is; O(orders).</summary>
    public readonly FrameReport Describe(FrameNumber frame)
    {
        FrameDescriptor* descriptor = _zones.Find(_processor, frame);
        if (descriptor == null || descriptor->State == FrameState.Absent) return FrameReport.Absent;
        if (descriptor->Zone >= ZoneCount) return FrameReport.Reserved;
        return FrameReport.Of(in _table, frame, descriptor->Zone, _zones.At(descriptor->Zone)->IsFree(_processor, frame));
    }

    /// <summary>Who uses the allocated block that starts at <paramref name="frame"/>; None when none does.</summary>
    public readonly FrameOwner OwnerOf(FrameNumber frame)
    {
        FrameDescriptor* block = _zones.Find(_processor, frame);
        return block != null && block->State == FrameState.Allocated ? block->Owner : FrameOwner.None;
    }

    /// <summary>Checks I1 to I4; null when they hold, else the name of the first that does not. No other processor works with the frames. O(frames).</summary>
    public readonly string? Validate()
    {
        ulong owned = 0;
        for (int i = 0; i < FrameOwners.Count; i++) owned = unchecked(owned + OwnedBy((FrameOwner)i));
        for (int i = 0; i < ZoneCount; i++)
        {
            Zone* zone = _zones.At(i);
            string? broken = zone->Validate(in _table);
            if (broken != null) return broken;
            if (zone->ManagedFrames > zone->PresentFrames) return "I3: a zone manages at most what it has";
        }

        if (owned != Statistics.Used) return "I2: the owners' frames add up to the used ones";
        return CachedFrames() != Statistics.Cached ? "cache I2: the zone has no other cached frames" : null;
    }

    /// <summary>What serves the zones.</summary>
    internal readonly FrameAllocatorKind Calls => _zones.At(0)->Calls;

    /// <summary>Has every allocation and free go through <paramref name="calls"/>, which end in <see cref="Calls"/>. Slow: no cache is used.</summary>
    internal void BeginObserving(in FrameAllocatorKind calls)
    {
        for (int i = 0; i < ZoneCount; i++) _zones.At(i)->BeginObserving(_processor, in calls);
        Drain();
        TryAskOthers();
    }

    /// <summary>Gives the zones back what served them before.</summary>
    internal readonly void EndObserving(in FrameAllocatorKind calls)
    {
        for (int i = 0; i < ZoneCount; i++) _zones.At(i)->EndObserving(_processor, in calls);
    }

    /// <summary>What the running processor has for itself.</summary>
    private readonly FrameFront* Front
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FrameFront.Of(_processor.Current);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FreeResult FreeSingle(FrameNumber frame)
    {
        FrameFront* front = Front;
        FrameSlot* slot = FrameFront.FirstSlot(front, frame);
        ulong offset = frame.Value - slot->First;
        if (offset < slot->Count && FrameFront.TryFreeToCache(front, slot->Descriptors + offset, default(MachineWords))) return FreeResult.Ok;
        return FreeFrame(frame);
    }

    /// <summary>The frames that the table calls cached.</summary>
    private readonly ulong CachedFrames()
    {
        ulong cached = 0;
        for (ulong slot = 0; slot < _table.SlotCount; slot++)
        {
            FrameRange frames = _table.SlotFrames(slot, out FrameDescriptor* first);
            for (ulong i = 0; i < frames.Count; i++) cached += first[i].State == FrameState.Cached ? 1UL << first[i].OrderValue : 0UL;
        }

        return cached;
    }

    private readonly FreeResult CheckRun(FrameRange frames)
    {
        if (frames.IsEmpty) return FreeResult.WrongOrder;
        FrameDescriptor* block = _zones.Find(_processor, frames.Start);
        if (block == null || block->State == FrameState.Absent) return FreeResult.Foreign;
        return block->Zone < ZoneCount ? _zones.At(block->Zone)->CheckRun(frames) : FreeResult.Reserved;
    }
}
