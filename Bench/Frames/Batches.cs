using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>Batches for those who have no way of their own.</summary>
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
}
