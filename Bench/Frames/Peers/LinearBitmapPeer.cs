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

    public void RunBatch()
    {
        LinearBitmapPeer self = this;
        Batches.OneByOne(ref self);
    }

    public void Dispose() => _bits.Dispose();
}
