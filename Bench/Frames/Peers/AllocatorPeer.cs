using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Lab.Frames;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Bench.Frames.Peers;

/// <summary>One of the kernel's frame allocators, without zones and caches before it.</summary>
internal readonly struct AllocatorPeer<TBlocks>(ulong memoryFrames) : IFramePeer
    where TBlocks : unmanaged, IBlockAllocator
{
    private readonly HostZone<TBlocks> _zone = new(memoryFrames);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(Order order, out ulong block)
    {
        bool isTaken = _zone.Allocator.TryAllocate(order, out FrameNumber frame);
        block = frame.Value;
        return isTaken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(ulong block, Order order) =>
        KernelAssert.That(_zone.Allocator.Free(FrameNumber.FromTrusted(block), order) == FreeResult.Ok, "AllocatorPeer: it was allocated");

    public List<ulong> TakeAll(ulong limit)
    {
        AllocatorPeer<TBlocks> self = this;
        return Batches.TakeAll(ref self, limit);
    }

    public void RunBatch()
    {
        AllocatorPeer<TBlocks> self = this;
        Batches.OneByOne(ref self);
    }

    public void Dispose() => _zone.Dispose();
}
