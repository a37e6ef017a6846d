using System;
using System.Diagnostics;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>A replay on <see cref="FrameAllocator{TBlocks}"/>.</summary>
internal sealed class FrameReplay<TBlocks>(ulong memoryFrames) : FrameReplay(memoryFrames)
    where TBlocks : unmanaged, IBlockAllocator
{
    /// <summary>What a slot holds whose allocation failed.</summary>
    private const ulong Nothing = ulong.MaxValue;

    private const int WarmUpOrders = 10;

    private readonly HostZone<TBlocks> _zone = new(memoryFrames);
    private ulong[] _blocks = [];
    private ReplayCounts _counts;
    private int _position;

    public override ReplayCounts Counts => _counts;

    protected override ulong FreeFrames => _zone.Allocator.FreeFrames;

    /// <summary>Gets everything compiled that a replay calls, so that the time it takes is not the compiler's.</summary>
    public static void WarmUp()
    {
        using FrameReplay<TBlocks> replay = new(1 << WarmUpOrders);
        TraceOperation[] operations = new TraceOperation[2 * WarmUpOrders];
        for (int i = 0; i < operations.Length; i++) operations[i] = new TraceOperation(i % 2 == 0, 0, Order.FromTrusted(i / 2), 1, 0);
        replay.Run(operations, 1);
    }

    public override void Dispose() => _zone.Dispose();

    protected override string? FindBroken() => _zone.Allocator.Validate();

    protected override ulong FreeBlocks(Order order) => _zone.Allocator.FreeBlocks(order);

    protected override void Run(ReadOnlySpan<TraceOperation> operations, int slotCount)
    {
        if (_blocks.Length < slotCount) Array.Resize(ref _blocks, Math.Max(slotCount, 2 * _blocks.Length));
        try
        {
            long start = Stopwatch.GetTimestamp();
            RunAll(operations);
            _counts.Elapsed += Stopwatch.GetElapsedTime(start);
        }
        catch (KernelAssertException assertion)
        {
            throw Misbehaved(operations[_position], assertion.Message);
        }
    }

    private void RunAll(ReadOnlySpan<TraceOperation> operations)
    {
        ref FrameAllocator<TBlocks> allocator = ref _zone.Allocator;
        for (_position = 0; _position < operations.Length; _position++)
        {
            ref readonly TraceOperation operation = ref operations[_position];
            if (operation.IsAllocation) Allocate(ref allocator, in operation);
            else Free(ref allocator, in operation);
        }
    }

    private void Allocate(ref FrameAllocator<TBlocks> allocator, ref readonly TraceOperation operation)
    {
        _counts.Allocations++;
        if (!allocator.TryAllocate(operation.Order, out FrameNumber frame))
        {
            _blocks[operation.Slot] = Nothing;
            _counts.Failures++;
            if (allocator.FreeFrames >= operation.Order.FrameCount) _counts.FailuresByFragmentation++;
            return;
        }

        _blocks[operation.Slot] = frame.Value;
        _counts.RequestedFrames += operation.RequestedFrames;
        ulong used = MemoryFrames - allocator.FreeFrames;
        if (used > _counts.PeakFrames) _counts.PeakFrames = used;
    }

    private void Free(ref FrameAllocator<TBlocks> allocator, ref readonly TraceOperation operation)
    {
        _counts.Frees++;
        ulong block = _blocks[operation.Slot];
        if (block == Nothing) return;

        FreeResult result = allocator.Free(FrameNumber.FromTrusted(block), operation.Order);
        if (result != FreeResult.Ok) throw Misbehaved(operation, $"a block that it handed out is refused as {result}");
        _counts.RequestedFrames -= operation.RequestedFrames;
    }

    private static LabException Misbehaved(TraceOperation operation, string how) => new($"at line {operation.Line} the allocator fails: {how}");
}
