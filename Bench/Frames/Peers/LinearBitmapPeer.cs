using System.Collections.Generic;
using MemOS.Lab;
using MemOS.Primitives;

namespace MemOS.Bench.Frames.Peers;

/// <summary>A bit a frame, looked through from the first one for each allocation: what MyOS describes.</summary>
/// <remarks>MyOS has single pages only; for larger blocks the bits at each multiple of the size are looked through the same way.</remarks>
internal readonly unsafe struct LinearBitmapPeer(ulong memoryFrames) : IFramePeer
{
    private const int WordBits = 32;

    private readonly HostBlock _bits = new((memoryFrames + (WordBits - 1)) / WordBits * sizeof(uint));
    private readonly uint _frameCount = (uint)memoryFrames;

    public bool TryTake(Order order, out ulong block)
    {
        uint* words = (uint*)_bits.Bytes;
        uint count = (uint)order.FrameCount;
        for (uint start = 0; count <= _frameCount - start; start += count)
        {
            uint end = start + count;
            uint at = start;
            while (at < end && (words[at / WordBits] & (1U << (int)(at % WordBits))) == 0) at++;
            if (at < end) continue;

            for (at = start; at < end; at++) words[at / WordBits] |= 1U << (int)(at % WordBits);
            block = start;
            return true;
        }

        block = 0;
        return false;
    }

    public void Give(ulong block, Order order)
    {
        uint* words = (uint*)_bits.Bytes;
        for (uint at = (uint)block; at < (uint)block + (uint)order.FrameCount; at++) words[at / WordBits] &= ~(1U << (int)(at % WordBits));
    }

    // One by one would look through as many bits as half the square of the frames.
    public List<ulong> TakeAll(ulong limit)
    {
        List<ulong> frames = [];
        uint* words = (uint*)_bits.Bytes;
        for (uint at = 0; at < _frameCount && (ulong)frames.Count < limit; at++)
        {
            uint bit = 1U << (int)(at % WordBits);
            if ((words[at / WordBits] & bit) != 0) continue;
            words[at / WordBits] |= bit;
            frames.Add(at);
        }

        return frames;
    }

    public void RunBatch()
    {
        LinearBitmapPeer self = this;
        Batches.OneByOne(ref self);
    }

    public void Dispose() => _bits.Dispose();
}
