using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Bench.Frames.Peers;

/// <summary>The kernel's frames as the kernel uses them: zones, watermarks, owners, and a CPU's cache before the allocator.</summary>
internal readonly struct MemoryPeer(ulong memoryFrames) : IFramePeer
{
    private readonly HostPhysicalMemory _machine = new(memoryFrames);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(Order order, out ulong block)
    {
        bool isTaken = _machine.Memory.TryAllocate(order, FrameOwner.Kernel, out FrameNumber frame);
        block = frame.Value;
        return isTaken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(ulong block, Order order) =>
        KernelAssert.That(_machine.Memory.Free(FrameNumber.FromTrusted(block), order) == FreeResult.Ok, "MemoryPeer: it was allocated");

    public List<ulong> TakeAll(ulong limit)
    {
        MemoryPeer self = this;
        return Batches.TakeAll(ref self, limit);
    }

    public void RunBatch()
    {
        FrameBatch batch = default;
        int taken = _machine.Memory.AllocateBatch(FrameOperation.BatchFrames, FrameRequest.For(FrameOwner.Kernel), ref batch);
        KernelAssert.That(taken == FrameOperation.BatchFrames, "MemoryPeer: there is memory for a batch");
        KernelAssert.That(_machine.Memory.FreeBatch(ref batch) == taken, "MemoryPeer: they were allocated");
    }

    public void Dispose() => _machine.Dispose();
}
