using MemOS.Boot;
using MemOS.Collections;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <content>Freeing: as one should, and in every wrong way.</content>
public sealed unsafe partial class FrameStress<TMemory, TProcessor>
{
    private const int MostReferences = 3;
    private const int BatchSearch = 256;
    private const int LargestReserve = 8;
    private const int FarFrames = 1 << 20;

    private FrameNumber _reservedFrame;
    private bool _hasReservedFrame;

    private void Free()
    {
        if (Model.Count == 0) return;
        if (_random.Below(8) == 0) FreeBatch();
        else FreeAt(_random.Below(Model.Count));
    }

    private void FreeAt(int index)
    {
        FrameStressBlock block = Model[index];
        CheckMarks(in block);
        if (_random.Below(4) == 0) FreeWrongly(in block);
        for (; block.References > 1; block = block.With(block.References - 1))
        {
            Refuse(FreeResult.Shared, _frames->Free(block.Frames.Start, block.FirstOrder));
            Expect(_frames->TryDropReference(block.Frames.Start), "one of several references cannot be dropped");
        }

        Expect(!_frames->TryDropReference(block.Frames.Start), "the last reference was dropped without a free");
        if (!IsWell) return;
        GiveBack(in block);
        Model.RemoveAt(index);
        if (IsWell && _random.Below(4) == 0) FreeAgain(in block);
    }

    private void GiveBack(in FrameStressBlock block)
    {
        Order order = block.FirstOrder;
        int choice = _random.Below(3);
        if (choice == 0)
        {
            Accept(_frames->FreeRun(block.Frames));
            return;
        }

        Accept(_frames->Free(block.Frames.Start, order));
        FrameRange rest = FrameRange.FromBounds(block.Frames.Start + order.FrameCount, block.Frames.End);
        if (!rest.IsEmpty) Accept(_frames->FreeRun(rest));
    }

    private void FreeBatch()
    {
        FrameBatch batch = default;
        int wanted = 1 + _random.Below(FrameBatch.Capacity);
        int index = _random.Below(Model.Count);
        for (int i = 0; i < BatchSearch && batch.Count < wanted && Model.Count != 0; i++, index++)
        {
            if (index >= Model.Count) index = 0;
            FrameStressBlock block = Model[index];
            if (block.Frames.Count != 1 || block.References != 1) continue;
            CheckMarks(in block);
            batch.Add(block.Frames.Start);
            Model.RemoveAt(index);
        }

        int count = batch.Count;
        Expect(_frames->FreeBatch(ref batch) == count && batch.Count == 0, "a batch was not freed whole");
    }

    private void ChangeReferences()
    {
        if (Model.Count == 0) return;
        int index = _random.Below(Model.Count);
        FrameStressBlock block = Model[index];
        if (!block.IsBlock) return;
        if (block.References == MostReferences)
        {
            Expect(_frames->TryDropReference(block.Frames.Start), "one of several references cannot be dropped");
            Model.SetReferences(index, block.References - 1);
        }
        else
        {
            Expect(_frames->TryAddReference(block.Frames.Start), "an allocated block takes no reference");
            Model.SetReferences(index, block.References + 1);
        }
    }

    /// <summary>Frees an allocated block in ways that are wrong; it stays as it is.</summary>
    private void FreeWrongly(in FrameStressBlock block)
    {
        FrameNumber start = block.Frames.Start;
        Order order = block.FirstOrder;
        Order other = Order.FromTrusted(_random.Below(Order.Count));
        if (other != order) Refuse(start.IsAligned(other) ? FreeResult.WrongOrder : FreeResult.Misaligned, _frames->Free(start, other));
        if (order != Order.Zero)
        {
            FrameNumber inside = start + (1 + (_random.Next() % (order.FrameCount - 1)));
            Refuse(FreeResult.InsideBlock, _frames->Free(inside, other));
            Refuse(FreeResult.InsideBlock, _frames->FreeRun(FrameRange.FromBounds(inside, block.Frames.End)));
        }

        if (block.References != 1)
        {
            Refuse(FreeResult.Shared, _frames->FreeRun(block.Frames));
            return;
        }

        if (block.IsBlock && order != Order.Zero) Refuse(FreeResult.WrongOrder, _frames->FreeRun(new FrameRange(start, block.Frames.Count - 1)));
        bool isOthers = _frames->Describe(block.Frames.End).State == FrameState.Allocated;
        if (!isOthers) Refuse(FreeResult.OverFree, _frames->FreeRun(new FrameRange(start, block.Frames.Count + 1)));
    }

    /// <summary>Frees a block that was freed just now.</summary>
    private void FreeAgain(in FrameStressBlock block)
    {
        FrameNumber frame = block.Frames.Start + (_random.Next() % block.Frames.Count);
        Refuse(FreeResult.DoubleFree, _frames->Free(frame, Order.FromTrusted(_random.Below(Order.Count))));
        Refuse(FreeResult.DoubleFree, _frames->FreeRun(block.Frames));
        Expect(!_frames->TryAddReference(frame) && !_frames->TryDropReference(frame), "a free frame takes references");
    }

    /// <summary>Frees what was never handed out: a reserved frame, one beyond all memory.</summary>
    private void FreeWhatIsNobodys()
    {
        Order order = Order.FromTrusted(_random.Below(Order.Count));
        FrameNumber beyond = _map.UsableEnd + (ulong)_random.Below(FarFrames);
        Refuse(FreeResult.Foreign, _frames->Free(beyond, order));
        Refuse(FreeResult.Foreign, _frames->FreeRun(new FrameRange(beyond, 1)));
        if (_hasReservedFrame) Refuse(FreeResult.Reserved, _frames->Free(_reservedFrame, order));
    }

    /// <summary>Reserves frames, which must be free then, and gives them back.</summary>
    private void ReserveAndRelease()
    {
        FrameNumber start = FrameNumber.Zero + (_random.Next() % _map.UsableEnd.Value);
        FrameRange frames = new(start, 1 + (ulong)_random.Below(LargestReserve));
        ulong free = _frames->Statistics.Free;
        if (!_frames->TryReserve(frames, ReservedKind.Device))
        {
            Expect(_frames->Statistics.Free == free, "a refused reservation changed something");
            return;
        }

        Expect(!Model.HasAny(frames), "frames in use were reserved");
        Expect(_frames->Statistics.Free == free - frames.Count, "reserved frames are not counted so");
        Refuse(FreeResult.Reserved, _frames->Free(start, Order.Zero));
        Expect(_frames->TryRelease(frames) && !_frames->TryRelease(frames), "reserved frames are not released once");
    }

    private void FindReservedFrame()
    {
        int position = 0;
        _hasReservedFrame = false;
        while (!_hasReservedFrame && _map.TryNextUsable(ref position, out FrameRange usable))
        {
            for (FrameNumber frame = usable.Start; frame < usable.End && !_hasReservedFrame; frame++)
            {
                _hasReservedFrame = _frames->Describe(frame).State == FrameState.Reserved;
                _reservedFrame = frame;
            }
        }
    }

    private void CheckMarks(in FrameStressBlock block)
    {
        for (ulong i = 0; i < block.Frames.Count; i += block.MarkStep) CheckMark(in block, block.Frames.Start + i);
        CheckMark(in block, block.Frames.End - 1);
    }

    private void CheckMark(in FrameStressBlock block, FrameNumber frame) =>
        Expect(_memory.ReadWord(block.MarkAddress(frame)) == block.MarkOf(frame), "a frame lost what was written into it");

    private void Accept(FreeResult result) => Expect(result == FreeResult.Ok, "a right free was refused");

    private void Refuse(FreeResult expected, FreeResult result)
    {
        _refusals[(int)expected]++;
        Expect(result == expected, "a wrong free was not refused by its name");
    }
}
