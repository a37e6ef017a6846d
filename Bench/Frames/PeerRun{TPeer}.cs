using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>One operation on a <typeparamref name="TPeer"/>.</summary>
internal sealed class PeerRun<TPeer> : PeerRun
    where TPeer : struct, IFramePeer
{
    private readonly FrameOperation _operation;
    private readonly List<ulong> _held = [];
    private TPeer _peer;

    /// <param name="name">The peer's name.</param>
    /// <param name="peer">The peer, everything free; the run owns it.</param>
    /// <param name="operation">What it is going to do.</param>
    /// <param name="memoryFrames">The frames that count as its memory.</param>
    public PeerRun(string name, TPeer peer, FrameOperation operation, ulong memoryFrames)
        : base(name)
    {
        _peer = peer;
        _operation = operation;
        if (operation.Fill != MemoryFill.Empty) Fill(memoryFrames);
    }

    public override double Run(long count)
    {
        long start = Stopwatch.GetTimestamp();
        if (_operation.Batch == 1) AllocateAndFree(ref _peer, _operation.Order, count);
        else RunBatches(ref _peer, count);
        return (Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency); // A TimeSpan counts in hundreds of them.
    }

    public override void Dispose()
    {
        foreach (ulong block in _held) _peer.Give(block, Order.Zero);
        _peer.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllocateAndFree(ref TPeer peer, Order order, long count)
    {
        for (long i = 0; i < count; i++)
        {
            if (!peer.TryTake(order, out ulong block)) throw new InvalidOperationException("A peer has no memory for the operation.");
            peer.Give(block, order);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunBatches(ref TPeer peer, long count)
    {
        for (long i = 0; i < count; i++) peer.RunBatch();
    }

    private void Fill(ulong memoryFrames)
    {
        List<ulong> frames = _peer.TakeAll(memoryFrames);
        frames.Sort();
        for (int i = 0; i < frames.Count; i++)
        {
            bool isHeld = _operation.Fill == MemoryFill.EverySecond ? i % 2 == 0 : i < frames.Count / 2;
            if (isHeld) _held.Add(frames[i]);
            else _peer.Give(frames[i], Order.Zero);
        }
    }
}
