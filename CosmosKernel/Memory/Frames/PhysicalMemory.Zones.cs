using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>The ways that do not end at the cache: which zones are asked, in what order, and what stays free in them.</content>
public unsafe partial struct PhysicalMemory<TMemory, TProcessor>
{
    private readonly ulong TopKinds()
    {
        ulong kinds = 0;
        for (int kind = 0; kind < ZoneKinds.Count; kind++)
        {
            int top = 0;
            for (int i = 0; i < ZoneCount; i++)
            {
                int found = (int)_zones.At(i)->Kind;
                if (found <= kind && found > top) top = found;
            }

            kinds |= (ulong)top << (kind * 8);
        }

        return kinds;
    }

    /// <summary>Frees a frame that the cache has no room for, or none at all.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Keeps the registers of the way through the cache free.
    private FreeResult FreeFrame(FrameNumber frame)
    {
        FrameFront* front = Front;
        FrameDescriptor* block = _zones.Find(_processor, frame);
        bool isRoom = block != null && FrameDescriptor.IsSingleAllocated(block->Header) && TryMakeRoom(front, block->Zone);
        return isRoom && FrameFront.TryFreeToCache(front, block, default(MachineWords)) ? FreeResult.Ok : FreeToZone(frame, Order.Zero);
    }

    private readonly bool TryMakeRoom(FrameFront* front, int zone) =>
        zone < ZoneCount && _zones.At(zone)->TryMakeRoom(_processor, front->CacheAt(zone), front->LargeCacheAt(zone), front->Home);

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private FreeResult FreeBlock(FrameNumber frame, Order order) =>
        order == Order.TwoMiB && TryFreeLarge(Front, frame) ? FreeResult.Ok : FreeToZone(frame, order);

    /// <summary>Puts an allocated block of 2 MiB into its zone's cache; false when it is something else, or there is no room.</summary>
    private readonly bool TryFreeLarge(FrameFront* front, FrameNumber frame)
    {
        FrameDescriptor* block = _table.Find(frame);
        if (block == null) return false;
        uint header = FrameTable.HeaderOf(block);
        if (!FrameDescriptor.IsLargeAllocated(header) || block->ReferenceCount != 1) return false;
        PerCpuCache* cache = front->LargeCacheAt(FrameDescriptor.ZoneIn(header));
        if (!cache->HasRoom && !cache->TryAdapt()) return false;
        if (!cache->TryPut(block, header)) return false;
        FrameFront.CountBack(front, FrameDescriptor.OwnerIn(header), Order.TwoMiB.FrameCount);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private FreeResult FreeToZone(FrameNumber frame, Order order)
    {
        FrameFront* front = Front;
        FrameDescriptor* block = _zones.Find(_processor, frame);
        if (block == null) return front->Refuse(FreeResult.Foreign);
        uint header = FrameTable.HeaderOf(block);
        int number = FrameDescriptor.ZoneIn(header);
        if (number >= ZoneCount) return front->Refuse(block->State == FrameState.Reserved ? FreeResult.Reserved : FreeResult.Foreign);

        FreeResult result = _zones.At(number)->Free(_processor, block, frame, order);
        if (result != FreeResult.Ok) return front->Refuse(result);
        FrameFront.CountBack(front, FrameDescriptor.OwnerIn(header), order.FrameCount);
        return FreeResult.Ok;
    }

    /// <summary>Allocates a single frame that must be cleared, or that the loaded stack does not have.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateFrame(FrameRequest request, out FrameNumber frame)
    {
        frame = default;
        if (!request.IsPlainButForZeroing) return TryAllocateElsewhere(Order.Zero, request, out frame);
        FrameFront* front = Front;
        PerCpuCache* cache = FrameFront.CacheFor(front, request);
        bool isCached = cache->TryTake(request.Owner, out frame) || (TryFillCache(front->Home, cache, request) && cache->TryTake(request.Owner, out frame));
        if (!isCached) return TryAllocateElsewhere(Order.Zero, request, out frame);
        Account(front, new FrameRange(frame, 1), request);
        return true;
    }

    private readonly bool TryFillCache(NodeId home, PerCpuCache* cache, FrameRequest request)
    {
        byte start = _zones.StartOf(home, request.Zone);
        if (start == Zone.None) return false;
        Zone* zone = _zones.At(start);
        ulong pending;
        do
        {
            pending = zone->PendingFrames;
            if (zone->TryFill(_processor, cache)) return true;
        }
        while (cache->Capacity != 0 && _zones.TryPrepareNext(_processor, zone, pending));
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateBlock(Order order, FrameRequest request, out FrameNumber frame)
    {
        FrameFront* front = Front;
        if (order != Order.TwoMiB || !request.IsPlainButForZeroing || !FrameFront.LargeCacheFor(front, request)->TryTake(request.Owner, out frame))
            return TryAllocateFromZone(order, request, out frame);
        FrameFront.Count(front, request.Owner, order.FrameCount);
        if (request.Zeroing == Zeroing.Zeroed) Clear(new FrameRange(frame, order.FrameCount));
        return true;
    }

    /// <summary>Allocates a block from the zone to start with, or else where there is one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateFromZone(Order order, FrameRequest request, out FrameNumber frame)
    {
        FrameFront* front = Front;
        byte start = _zones.StartOf(front->Home, request.Zone);
        if (start == Zone.None || !request.IsPlainButForZeroing) return TryAllocateElsewhere(order, request, out frame);
        Zone* zone = _zones.At(start);
        if (!zone->TryAllocate(_processor, order, request.Owner, zone->Marks.Low, out frame)) return TryAllocateElsewhere(order, request, out frame);
        front->Served++;
        Account(front, new FrameRange(frame, order.FrameCount), request);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateElsewhere(Order order, FrameRequest request, out FrameNumber frame)
    {
        RunRequest run = new(order.FrameCount, order, request.Limit, request.Owner);
        bool isAllocated = TryAllocateFurther(in run, request, out FrameRange found);
        frame = found.Start;
        return isAllocated;
    }

    /// <summary>The slow way: the zones of the request one after the other, with less and less kept back, and again when the other processors have drained their caches.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAllocateFurther(in RunRequest run, FrameRequest request, out FrameRange frames)
    {
        FrameFront* front = Front;
        NodeId node = request.TryGetNode(out NodeId named) && named.Value < _zones.NodeCount ? named : front->Home;
        if (TryStart(node, in run, request, out frames) || TryDrained(front, node, in run, request, out frames)
            || (TryAskOthers() && TryDrained(front, node, in run, request, out frames)))
        {
            front->Served++;
            Account(front, frames, request);
            return true;
        }

        byte start = _zones.StartOf(node, request.Zone);
        if (start != Zone.None) _zones.At(start)->CountFailure();
        return false;
    }

    /// <summary>Drains the running processor's caches of the request's zones and tries them, with less and less kept back.</summary>
    private readonly bool TryDrained(FrameFront* front, NodeId node, in RunRequest run, FrameRequest request, out FrameRange frames)
    {
        DrainFor(front, node, request);
        for (Keep keep = Keep.Low; keep <= (request.IsUrgent ? Keep.Nothing : Keep.Min); keep++)
        {
            if (TryNodes(front, node, in run, request, keep, out frames)) return true;
        }

        frames = default;
        return false;
    }

    /// <summary>Tries the zone that the request wants most.</summary>
    private readonly bool TryStart(NodeId node, in RunRequest run, FrameRequest request, out FrameRange frames)
    {
        byte start = _zones.StartOf(node, request.Zone);
        if (start != Zone.None) return TryZone(_zones.At(start), in run, request, Keep.Low, out frames);
        frames = default;
        return false;
    }

    private readonly bool TryNodes(FrameFront* front, NodeId node, in RunRequest run, FrameRequest request, Keep keep, out FrameRange frames)
    {
        int count = request.IsStrictNode ? 1 : _zones.FallbackCount(node);
        for (int i = 0; i < count; i++)
        {
            NodeId other = request.IsStrictNode ? node : _zones.Fallback(node, i);
            for (byte zone = _zones.StartOf(other, request.Zone); zone != Zone.None; zone = _zones.At(zone)->Below)
            {
                if (!TryZone(_zones.At(zone), in run, request, keep, out frames)) continue;
                if (other == node) return true;
                _zones.At(zone)->CountOthers();
                _zones.NodeAt(node)->CountMiss();
                front->Missed++;
                return true;
            }
        }

        frames = default;
        return false;
    }

    /// <summary>Tries a zone, whose pending frames become ready as long as that may help.</summary>
    private readonly bool TryZone(Zone* zone, in RunRequest run, FrameRequest request, Keep keep, out FrameRange frames)
    {
        frames = default;
        ulong kept = KeptFrames(zone, keep, request.Zone);
        if ((request.IsStrict && zone->Kind != request.Zone) || zone->Span.Start >= run.Limit) return false;
        ulong pending;
        do
        {
            pending = zone->PendingFrames;
            if (!zone->TryAllocateRun(_processor, in run, kept, out frames)) continue;
            if (keep != Keep.Low) CloseCaches(zone);
            return true;
        }
        while (zone->CanSpare(run.FrameCount, kept) && _zones.TryPrepareNext(_processor, zone, pending));
        return false;
    }

    // The zone goes below its low mark: from now on each free frame is to count.
    private readonly void CloseCaches(Zone* zone)
    {
        zone->Close(_processor);
        FrameFront* front = Front;
        zone->Drain(_processor, front->CacheAt(zone->Number), front->LargeCacheAt(zone->Number));
    }

    private readonly void DrainFor(FrameFront* front, NodeId node, FrameRequest request)
    {
        int count = request.IsStrictNode ? 1 : _zones.FallbackCount(node);
        for (int i = 0; i < count; i++)
        {
            NodeId other = request.IsStrictNode ? node : _zones.Fallback(node, i);
            for (byte zone = _zones.StartOf(other, request.Zone); zone != Zone.None; zone = _zones.At(zone)->Below) Drain(front, zone);
        }
    }

    private void Account(FrameFront* front, FrameRange frames, FrameRequest request)
    {
        FrameFront.Count(front, request.Owner, frames.Count);
        if (request.Zeroing == Zeroing.Zeroed) Clear(frames);
    }

    /// <summary>What stays free in a zone; more when the machine has zones that suit the request better.</summary>
    private readonly ulong KeptFrames(Zone* zone, Keep keep, ZoneKind wanted)
    {
        if (keep == Keep.Nothing) return 0;
        ulong kept = keep == Keep.Low ? zone->Marks.Low : zone->Marks.Min;
        return zone->Kind < (ZoneKind)(byte)(_topKinds >> ((int)wanted * 8)) ? kept + zone->Marks.ForOthers : kept;
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
