using System.Collections.Generic;
using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>Many frames, for peers that have no way of their own.</summary>
internal static unsafe class Batches
{
    /// <summary>Takes a batch of single frames, one by one, then gives them back in the same order.</summary>
    public static void OneByOne<TPeer>(ref TPeer peer)
        where TPeer : struct, IFramePeer
    {
        ulong* blocks = stackalloc ulong[FrameOperation.BatchFrames];
        for (int i = 0; i < FrameOperation.BatchFrames; i++)
            KernelAssert.That(peer.TryTake(Order.Zero, out blocks[i]), "Batches: there is memory for a batch");
        for (int i = 0; i < FrameOperation.BatchFrames; i++) peer.Give(blocks[i], Order.Zero);
    }

    /// <summary>Takes single frames, one by one, until there are none, or <paramref name="limit"/> are taken.</summary>
    public static List<ulong> TakeAll<TPeer>(ref TPeer peer, ulong limit)
        where TPeer : struct, IFramePeer
    {
        List<ulong> frames = [];
        while ((ulong)frames.Count < limit && peer.TryTake(Order.Zero, out ulong frame)) frames.Add(frame);
        return frames;
    }
}
