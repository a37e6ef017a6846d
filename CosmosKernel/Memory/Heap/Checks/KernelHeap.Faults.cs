using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Frees that are looked at, and what is found.</content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    private HeapFreeResult FreeWatched(byte* block)
    {
        HeapFreeResult result = ExamineWatched(block, out BlockRecord* record);
        return result == HeapFreeResult.Ok ? FreeRecorded(record) : Find(result, record, block, OffsetIn(record, block), 0);
    }

    private HeapFreeResult FreeWatched(byte* block, nuint sizeBytes)
    {
        HeapFreeResult result = ExamineWatched(block, out BlockRecord* record);
        if (result != HeapFreeResult.Ok) return Find(result, record, block, OffsetIn(record, block), 0);
        bool isRight = record->Kind == BlockKind.CacheObject || sizeBytes == record->UserBytes || (sizeBytes == 0 && record->UserBytes == 1);
        return isRight ? FreeRecorded(record) : Find(HeapFreeResult.WrongSize, record, block, sizeBytes, 0);
    }

    private HeapFreeResult FreeRecorded(BlockRecord* record)
    {
        HeapFreeResult result = CheckHeader(record);
        if (result != HeapFreeResult.Ok) return result;
        result = CheckZones(record);
        record->IsLive = false;
        record->FreedBy = CaptureStack();
        _guard->LiveBlocks--;
        _guard->LiveBytes -= record->InnerBytes;
        if (record->Keeping == BlockKeeping.Bare)
        {
            Release(record);
            return result;
        }

        if (record->Keeping == BlockKeeping.Guarded) _guard->Unmapped = record->Inner;
        else RedZones.Fill(record->Inner, record->Inner + record->InnerBytes, RedZones.Freed);
        _guard->Enqueue(record);
        EmptyQuarantine(_guard->QuarantineLimit);
        return result;
    }

    /// <summary>Lets freed blocks go, the oldest first, until those that stay have at most so many bytes.</summary>
    private void EmptyQuarantine(nuint limitBytes)
    {
        if (_guard == null) return;
        while (_guard->QuarantineBytes > limitBytes)
        {
            BlockRecord* record = _guard->Dequeue();
            CheckFreed(record);
            Release(record);
        }
    }

    private void Release(BlockRecord* record)
    {
        byte* inner = record->Inner;
        bool isCore = record->Keeping != BlockKeeping.Guarded;
        _guard->Records.Remove(ref _store, record);
        if (isCore) FreeCore(inner);
    }

    /// <summary>Forgets a freed block whose pages have come back for another one.</summary>
    private void ForgetFreed(byte* pages)
    {
        BlockRecord* stale = _guard->Records.Find(pages);
        if (stale == null) return;
        BlockRecord* rest = null;
        BlockRecord* restLast = null;
        for (BlockRecord* record = _guard->Dequeue(); record != null; record = _guard->Dequeue())
        {
            if (record == stale) continue;
            record->Queued = null;
            if (restLast == null) rest = record;
            else restLast->Queued = record;
            restLast = record;
        }

        while (rest != null)
        {
            BlockRecord* next = rest->Queued;
            _guard->Enqueue(rest);
            rest = next;
        }

        _guard->Records.Remove(ref _store, stale);
    }

    /// <summary>Why <paramref name="block"/> is not what a caller was given; its record where there is one, freed or not.</summary>
    private readonly HeapFreeResult ExamineWatched(byte* block, out BlockRecord* record)
    {
        record = FindRecord(block);
        if (record != null)
        {
            if (!record->IsLive) return HeapFreeResult.DoubleFree;
            return record->User == block ? HeapFreeResult.Ok : HeapFreeResult.Interior;
        }

        // No block of a caller's: what the layer below says, where a block that it has and nobody recorded is none of theirs.
        HeapFreeResult result = ExamineCore(block, out _, out _);
        if (result == HeapFreeResult.Ok) return HeapFreeResult.Foreign;
        bool wasZoned = result == HeapFreeResult.Interior && _guard->IsChecking
            && ExamineCore(block - RedZones.LeastBytes, out _, out _) == HeapFreeResult.DoubleFree;
        return wasZoned ? HeapFreeResult.DoubleFree : result;
    }

    /// <summary>The record of the block or freed block whose memory, zones included, <paramref name="address"/> lies in.</summary>
    private readonly BlockRecord* FindRecord(byte* address)
    {
        if (TryFindBlockCore(address, out byte* inner)) return _guard->Records.Find(inner);
        if (address < _guard->LowestGuarded || address >= _guard->GuardedEnd || _store.Map.IsInWindow(address)) return null;
        BlockRecord* freed = null;
        for (nuint bucket = 0; bucket < _guard->Records.BucketCount; bucket++)
        {
            for (BlockRecord* record = _guard->Records.First(bucket); record != null; record = record->Next)
            {
                if (record->Keeping != BlockKeeping.Guarded || !IsAt(record, address)) continue;
                if (record->IsLive) return record;
                freed = record;
            }
        }

        return freed;
    }

    // The page behind a guarded block is its own: that is where overflows end.
    private static bool IsAt(BlockRecord* record, byte* address) =>
        unchecked((nuint)(address - record->Inner)) < record->InnerBytes + (nuint)PageNumber.SizeBytes;

    private static ulong OffsetIn(BlockRecord* record, byte* address) =>
        record == null ? 0 : address >= record->User ? (ulong)(address - record->User) : (ulong)(record->User - address);

    private HeapFreeResult CheckZones(BlockRecord* record)
    {
        if (record->Keeping == BlockKeeping.Bare) return HeapFreeResult.Ok;
        byte* end = record->User + record->UserBytes;
        byte* damaged = RedZones.FirstOther(end, record->Inner + record->InnerBytes, RedZones.Zone);
        if (damaged != null) return Damaged(HeapFreeResult.Overflow, record, damaged, end, record->Inner + record->InnerBytes);

        damaged = RedZones.FirstOther(record->Inner, record->User, RedZones.Zone);
        return damaged == null ? HeapFreeResult.Ok : Damaged(HeapFreeResult.Underflow, record, damaged, record->Inner, record->User);
    }

    private HeapFreeResult CheckFreed(BlockRecord* record)
    {
        if (record->Keeping != BlockKeeping.Zoned) return HeapFreeResult.Ok;
        byte* end = record->Inner + record->InnerBytes;
        byte* damaged = RedZones.FirstOther(record->Inner, end, RedZones.Freed);
        if (damaged == null) return HeapFreeResult.Ok;
        HeapFreeResult result = Find(HeapFreeResult.UseAfterFree, record, damaged, OffsetIn(record, damaged), *damaged);
        RedZones.Fill(record->Inner, end, RedZones.Freed);
        return result;
    }

    // Told once: the zone is whole again afterwards.
    private HeapFreeResult Damaged(HeapFreeResult kind, BlockRecord* record, byte* damaged, byte* zone, byte* zoneEnd)
    {
        HeapFreeResult result = Find(kind, record, damaged, OffsetIn(record, damaged), *damaged);
        RedZones.Fill(zone, zoneEnd, RedZones.Zone);
        return result;
    }

    private HeapFreeResult CheckHeader(BlockRecord* record)
    {
        if (record->Keeping == BlockKeeping.Guarded) return HeapFreeResult.Ok;
        Slab* slab = _store.Map.Find(record->Inner);
        if (_store.Map.IsKnown(slab) && slab->Checksum == Slab.ChecksumOf(slab)) return HeapFreeResult.Ok;
        return Find(HeapFreeResult.CorruptHeader, record, (byte*)slab, 0, 0);
    }

    private HeapFreeResult Find(HeapFreeResult kind, BlockRecord* record, byte* address, ulong offset, byte found)
    {
        TrackedBlock block = record == null ? default : record->Describe();
        HeapFault fault = new(kind, VirtAddr.FromTrusted((ulong)(nuint)address), in block, offset, found, CaptureStack());
        HeapGuard.Keep(_guard, in fault);
        if (_guard->Options.Report != null) _guard->Options.Report(&fault);
        return Refuse(kind);
    }
}
