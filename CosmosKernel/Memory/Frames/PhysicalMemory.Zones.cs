using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>The ways that do not end at the cache: which zones are asked, in what order, and what stays free in them.</content>
public unsafe partial struct PhysicalMemory<TMemory>
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
        FrameDescriptor* block = _zones.Find(frame);
        bool isRoom = block != null && block->IsSingleAllocated && TryMakeRoom(_zones.At(block->Zone));
        return isRoom && TryFreeToCache(block) ? FreeResult.Ok : FreeBlock(frame, Order.Zero);
    }

    private readonly bool TryMakeRoom(Zone* zone) => zone->TryMakeRoom(zone->Node != _home);

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private FreeResult FreeBlock(FrameNumber frame, Order order)
    {
        FrameDescriptor* block = _zones.Find(frame);
        if (block == null) return Refuse(FreeResult.Foreign);
        if (block->Zone >= ZoneCount) return Refuse(block->State == FrameState.Reserved ? FreeResult.Reserved : FreeResult.Foreign);

        Zone* zone = _zones.At(block->Zone);
        int owner = (int)block->Owner;
        if (order == Order.TwoMiB && block->IsLargeAllocated && _largeCaches[block->Zone].TryPut(block))
        {
            _owned[owner] = _owned[owner] - order.FrameCount;
            return FreeResult.Ok;
        }

        FreeResult result = zone->Free(block, frame, order);
        if (result != FreeResult.Ok) return Refuse(result);
        _owned[owner] = _owned[owner] - order.FrameCount;
        zone->OpenCache();
        return FreeResult.Ok;
    }

    /// <summary>Allocates a single frame that must be cleared, or that the loaded stack does not have.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateFrame(FrameRequest request, out FrameNumber frame)
    {
        frame = default;
        bool isCached = request.IsPlainButForZeroing &&
            (CacheFor(request)->TryTake(request.Owner, out frame) || (TryFillCache(request) && CacheFor(request)->TryTake(request.Owner, out frame)));
        if (!isCached) return TryAllocateElsewhere(Order.Zero, request, out frame);
        Account(new FrameRange(frame, 1), request);
        return true;
    }

    private readonly bool TryFillCache(FrameRequest request)
    {
        byte start = _zones.StartOf(_home, request.Zone);
        if (start == Zone.None || !_zones.At(start)->IsCacheOpen) return false;
        do
        {
            if (_zones.At(start)->TryFillCache()) return true;
        }
        while (_zones.TryPrepareNext(_zones.At(start)));
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateBlock(Order order, FrameRequest request, out FrameNumber frame)
    {
        byte start = _zones.StartOf(_home, request.Zone);
        if (start == Zone.None || !request.IsPlainButForZeroing) return TryAllocateElsewhere(order, request, out frame);
        Zone* zone = _zones.At(start);
        frame = default;
        bool isCached = order == Order.TwoMiB && _largeCaches[start].TryTake(request.Owner, out frame);
        if (!isCached && !zone->TryAllocate(order, request.Owner, zone->Marks.Low, out frame)) return TryAllocateElsewhere(order, request, out frame);
        _owned[(int)request.Owner] = _owned[(int)request.Owner] + order.FrameCount;
        if (request.Zeroing == Zeroing.Zeroed) Clear(new FrameRange(frame, order.FrameCount));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As FreeFrame.
    private bool TryAllocateElsewhere(Order order, FrameRequest request, out FrameNumber frame)
    {
        RunRequest run = new(order.FrameCount, order, request.Limit, request.Owner);
        bool isAllocated = TryAllocateFurther(in run, request, out FrameRange found);
        frame = found.Start;
        if (isAllocated) Account(found, request);
        return isAllocated;
    }

    /// <summary>The slow way: the zones of the request one after the other, with less and less kept back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAllocateFurther(in RunRequest run, FrameRequest request, out FrameRange frames)
    {
        NodeId node = request.TryGetNode(out NodeId named) && named.Value < _zones.NodeCount ? named : _home;
        if (TryStart(node, in run, request, out frames)) return true;
        DrainFor(node, request);
        for (Keep keep = Keep.Low; keep <= (request.IsUrgent ? Keep.Nothing : Keep.Min); keep++)
        {
            if (TryNodes(node, in run, request, keep, out frames)) return true;
        }

        byte start = _zones.StartOf(node, request.Zone);
        if (start != Zone.None) _zones.At(start)->CountFailure();
        return false;
    }

    /// <summary>Tries the zone that the request wants most.</summary>
    private bool TryStart(NodeId node, in RunRequest run, FrameRequest request, out FrameRange frames)
    {
        byte start = _zones.StartOf(node, request.Zone);
        if (start != Zone.None) return TryZone(_zones.At(start), in run, request, Keep.Low, out frames);
        frames = default;
        return false;
    }

    private bool TryNodes(NodeId node, in RunRequest run, FrameRequest request, Keep keep, out FrameRange frames)
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
                _zones.NodeAt(node)->Missed++;
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
        while (!zone->TryAllocateRun(in run, kept, out frames))
        {
            if (!zone->CanSpare(run.FrameCount, kept) || !_zones.TryPrepareNext(zone)) return false;
        }

        if (keep != Keep.Low) zone->CloseCache();
        return true;
    }

    private readonly void DrainFor(NodeId node, FrameRequest request)
    {
        int count = request.IsStrictNode ? 1 : _zones.FallbackCount(node);
        for (int i = 0; i < count; i++)
        {
            NodeId other = request.IsStrictNode ? node : _zones.Fallback(node, i);
            for (byte zone = _zones.StartOf(other, request.Zone); zone != Zone.None; zone = _zones.At(zone)->Below) _zones.At(zone)->Drain();
        }
    }

    private void Account(FrameRange frames, FrameRequest request)
    {
        _owned[(int)request.Owner] += frames.Count;
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
