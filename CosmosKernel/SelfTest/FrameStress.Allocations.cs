using MemOS.Collections;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <content>Allocating: blocks, runs, batches, all there is.</content>
public sealed unsafe partial class FrameStress<TMemory, TProcessor>
{
    private const int FrameBatchRoom = FrameBatch.Capacity;
    private const int OrdersLimit = 11;
    private const int LargestZeroedOrder = 3;
    private const int UsualRun = 40;
    private const int LongRun = 2000;

    private void Allocate()
    {
        if (Model.Capacity - Model.Count < FrameBatchRoom)
        {
            Free();
            return;
        }

        FrameRequest request = NextRequest();
        switch (_random.Below(10))
        {
            case 0:
                AllocateBlock(Order.FromTrusted(_random.Below(LargestZeroedOrder + 1)), request.Cleared());
                break;
            case 1:
                AllocateBatch(request);
                break;
            case 2:
                AllocateRun((ulong)_random.Below(_random.Below(8) == 0 ? LongRun : UsualRun) + 1, request);
                break;
            default:
                // The smaller of two: small blocks are asked for more often.
                int order = _random.Below(OrdersLimit);
                int other = _random.Below(OrdersLimit);
                AllocateBlock(Order.FromTrusted(order < other ? order : other), request);
                break;
        }
    }

    private FrameRequest NextRequest()
    {
        FrameRequest request = FrameRequest.For((FrameOwner)(1 + _random.Below(FrameOwners.Count - 1)));
        int choice = _random.Below(10);
        if (choice < 2) request = request.From((ZoneKind)_random.Below(ZoneKinds.Count));
        else if (choice < 4) request = request.OnlyFrom(_frames->ZoneAt(_random.Below(_frames->ZoneCount)).Kind);
        else if (choice == 4) request = request.Below((FrameNumber.Zero + (_random.Next() % _map.UsableEnd.Value)).Start);
        else if (choice < 7) request = NextNode(request);
        return _random.Below(50) == 0 ? request.Urgent() : request;
    }

    private FrameRequest NextNode(FrameRequest request)
    {
        NodeId node = _frames->ZoneAt(_random.Below(_frames->ZoneCount)).Node;
        return _random.Below(2) == 0 ? request.On(node) : request.OnlyOn(node);
    }

    private void AllocateBlock(Order order, FrameRequest request)
    {
        bool isForAnyFrame = order == Order.Zero && request.Zone == ZoneKind.High && request.Limit >= _map.UsableEnd
            && !request.IsStrict && !request.IsStrictNode;
        bool mustBeServed = isForAnyFrame && _frames->Statistics.Free > KeptFrames();
        if (_frames->TryAllocate(order, request, out FrameNumber frame))
        {
            Expect(frame.IsAligned(order), "a block is not aligned");
            Record(new FrameRange(frame, order.FrameCount), request);
            return;
        }

        _unserved++;
        Expect(!mustBeServed, "a frame was refused though more are free than the zones keep back");
    }

    private void AllocateRun(ulong frameCount, FrameRequest request)
    {
        Order alignment = Order.FromTrusted(_random.Below(4) == 0 ? _random.Below(OrdersLimit) : 0);
        if (_frames->TryAllocateRun(frameCount, alignment, request, out FrameRange run))
        {
            Expect(run.Count == frameCount && run.Start.IsAligned(alignment), "a run is not as long, or not as aligned, as it was asked for");
            Record(run, request);
        }
        else
        {
            _unserved++;
        }
    }

    private void AllocateBatch(FrameRequest request)
    {
        FrameBatch batch = default;
        int wanted = 1 + _random.Below(FrameBatch.Capacity);
        int got = _frames->AllocateBatch(wanted, request, ref batch);
        Expect(got <= wanted && batch.Count == got, "a batch does not hold what it says");
        while (batch.Count != 0) Record(new FrameRange(batch.Take(), 1), request);
        if (got != wanted) _unserved++;
    }

    /// <summary>Takes every frame there is, at first without what the zones keep back, and gives them all back.</summary>
    private void Exhaust()
    {
        int first = Model.Count;
        FrameRequest request = FrameRequest.For(FrameOwner.User);
        if (TakeAll(request))
        {
            Expect(_frames->Statistics.Free <= KeptFrames(), "more is refused than the zones keep back");
            if (TakeAll(request.Urgent())) Expect(_frames->Statistics.Free == 0, "an urgent request does not get the last frame");
            _exhaustions++;
        }

        CheckCounts();
        while (IsWell && Model.Count > first) FreeAt(first + _random.Below(Model.Count - first));
    }

    /// <summary>Allocates from the largest blocks down to single frames; false when the model is full before.</summary>
    private bool TakeAll(FrameRequest request)
    {
        for (int order = Order.MaxValue; order >= 0; order--)
        {
            while (IsWell && _frames->TryAllocate(Order.FromTrusted(order), request, out FrameNumber frame))
            {
                Record(new FrameRange(frame, Order.FromTrusted(order).FrameCount), request);
                if (Model.Count == Model.Capacity) return false;
            }
        }

        return IsWell;
    }

    /// <summary>What requests that are not urgent can leave in the zones.</summary>
    private ulong KeptFrames()
    {
        ulong kept = 0;
        for (int i = 0; i < _frames->ZoneCount; i++)
        {
            Watermarks marks = _frames->ZoneAt(i).Marks;
            kept += marks.Min + marks.ForOthers;
        }

        return kept;
    }

    private void Record(FrameRange frames, FrameRequest request)
    {
        _allocations++;
        var block = new FrameStressBlock(frames, request.Owner, _random.Next());
        if (!Expect(frames.End <= _map.UsableEnd, "an allocated frame is no memory") || !Expect(Model.TryAdd(in block), "a frame was handed out twice")) return;
        CheckDescription(in block, request);
        if (request.Zeroing == Zeroing.Zeroed) CheckCleared(frames);
        Mark(in block);
    }

    private void CheckDescription(in FrameStressBlock block, FrameRequest request)
    {
        FrameReport first = _frames->Describe(block.Frames.Start);
        Expect(first.State == FrameState.Allocated && first.Owner == block.Owner, "an allocated block is not its owner's");
        Expect(first.Order == block.FirstOrder && first.References == 1, "an allocated block has another order, or references");
        Expect(block.Frames.End <= request.Limit, "a block lies above what a device reaches");
        if (!IsWell) return;
        ref readonly Zone zone = ref _frames->ZoneAt(first.ZoneIndex);
        Expect(request.IsStrict ? zone.Kind == request.Zone : zone.Kind <= request.Zone, "a block is from a zone that was not asked for");
        bool isNamed = request.TryGetNode(out NodeId node);
        Expect(!request.IsStrictNode || (isNamed && zone.Node == node), "a block is from a node that was not asked for");
        Expect(zone.Span.Contains(block.Frames), "a block does not lie in its zone");
    }

    private void CheckCleared(FrameRange frames)
    {
        for (PhysAddr word = frames.Start.Start; word < frames.End.Start; word += sizeof(ulong))
        {
            if (!Expect(_memory.ReadWord(word) == 0, "a cleared block is not clear")) return;
        }
    }

    private void Mark(in FrameStressBlock block)
    {
        for (ulong i = 0; i < block.Frames.Count; i += block.MarkStep) Mark(in block, block.Frames.Start + i);
        Mark(in block, block.Frames.End - 1);
    }

    private void Mark(in FrameStressBlock block, FrameNumber frame) => _memory.WriteWord(block.MarkAddress(frame), block.MarkOf(frame));
}
