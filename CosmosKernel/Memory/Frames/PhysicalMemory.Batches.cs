using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>Single frames by the batch.</content>
public unsafe partial struct PhysicalMemory<TMemory, TProcessor>
{
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeMany(int count, FrameRequest request, ref FrameBatch batch)
    {
        int taken;
        FrameFront* front = Front;
        fixed (FrameBatch* pinned = &batch)
        {
            taken = FrameFront.CacheFor(front, request)->TakeMany(FrameBatch.StorageOf(pinned) + batch.Count, count, request.Owner);
        }

        batch.SetCount(batch.Count + taken);
        FrameFront.Count(front, request.Owner, (ulong)taken);
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PutMany(ref FrameBatch batch)
    {
        int put;
        FrameFront* front = Front;
        fixed (FrameBatch* pinned = &batch)
        {
            ulong* frames = FrameBatch.StorageOf(pinned);
            FrameNumber last = FrameNumber.FromTrusted(frames[batch.Count - 1]);
            FrameDescriptor* block = _table.Find(last);
            if (block == null) return 0;
            uint header = FrameTable.HeaderOf(block);
            if (!FrameDescriptor.IsSingleAllocated(header)) return 0;
            put = FrameFront.CacheOf(front, block)->PutMany(in _table, header, frames, batch.Count);
            FrameFront.CountBack(front, FrameDescriptor.OwnerIn(header), (ulong)put);
        }

        batch.SetCount(batch.Count - put);
        return put;
    }
}
