using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>A thread as a processor that allocates, frees, and has others free what it allocated.</summary>
internal sealed unsafe class FrameWorker(FrameBoard board, ProcessorLocals* locals, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<FrameBoard.Block> _held = [];

    /// <summary>What others give this one to free.</summary>
    public ConcurrentQueue<FrameBoard.Block> Given { get; } = new();

    public FrameWorker[] Others { get; set; } = [];

    public Exception? Failure { get; private set; }

    /// <summary>The requests that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Works, then waits for all, and frees all it has and was given.</summary>
    public void Run(int operations, int limit, Barrier end)
    {
        HostProcessor.Become(locals);
        try
        {
            for (int i = 0; i < operations && !board.HasFailed; i++) Step(limit);
        }
        catch (Exception exception)
        {
            board.HasFailed = true;
            Failure = exception;
        }

        end.SignalAndWait();
        try
        {
            while (Given.TryDequeue(out FrameBoard.Block block)) _held.Add(block);
            while (_held.Count != 0) Free(Take());
            board.Memory.Drain();
        }
        catch (Exception exception)
        {
            Failure ??= exception;
        }
    }

    private void Step(int limit)
    {
        int choice = _random.Next(100);
        if (choice < 45 && _held.Count < limit) Allocate();
        else if (choice < 50 && _held.Count < limit) AllocateMany();
        else if (choice < 55 && _held.Count != 0) Share();
        else if (choice < 70 && _held.Count != 0) Others[_random.Next(Others.Length)].Given.Enqueue(Take());
        else if (choice < 80) FreeGiven();
        else if (choice == 80) board.Memory.Drain();
        else if (_held.Count != 0) Free(Take());
    }

    private FrameRequest NewRequest()
    {
        FrameRequest request = FrameRequest.For((FrameOwner)_random.Next(FrameOwners.Count));
        if (_random.Next(3) == 0) request = request.From((ZoneKind)_random.Next(ZoneKinds.Count));
        if (_random.Next(4) == 0) request = request.On(NodeId.FromTrusted(_random.Next(board.NodeCount)));
        if (_random.Next(8) == 0) request = request.Urgent();
        return request;
    }

    private void Allocate()
    {
        FrameRequest request = NewRequest();
        if (_random.Next(6) == 0)
        {
            if (board.Memory.TryAllocateRun((ulong)_random.Next(1, 40), request, out FrameRange run)) Keep(run, null);
            else Refused++;
            return;
        }

        // Mostly single frames, now and then up to 2 MiB.
        Order order = _random.Next(3) != 0 ? Order.Zero : Order.FromTrusted(_random.Next(10));
        if (board.Memory.TryAllocate(order, request, out FrameNumber frame)) Keep(new FrameRange(frame, order.FrameCount), order);
        else Refused++;
    }

    private void AllocateMany()
    {
        FrameBatch batch = default;
        board.Memory.AllocateBatch(_random.Next(1, FrameBatch.Capacity + 1), NewRequest(), ref batch);
        FrameBatch copy = batch;
        while (copy.Count != 0) board.Claim(new FrameRange(copy.Take(), 1));
        if (_random.Next(2) == 0)
        {
            while (batch.Count != 0) _held.Add(new FrameBoard.Block(new FrameRange(batch.Take(), 1), Order.Zero));
            return;
        }

        copy = batch;
        int count = batch.Count;
        while (copy.Count != 0) board.GiveUp(new FrameRange(copy.Take(), 1));
        Assert.That(board.Memory.FreeBatch(ref batch), Is.EqualTo(count));
    }

    /// <summary>Two processors have the block then; whoever is the last to let it go frees it.</summary>
    private void Share()
    {
        FrameBoard.Block block = _held[_random.Next(_held.Count)];
        if (block.Order is null) return;
        Assert.That(board.Memory.TryAddReference(block.Frames.Start), Is.True);
        Others[_random.Next(Others.Length)].Given.Enqueue(block);
    }

    private void FreeGiven()
    {
        if (Given.TryDequeue(out FrameBoard.Block block)) Free(block);
    }

    private void Keep(FrameRange frames, Order? order)
    {
        board.Claim(frames);
        _held.Add(new FrameBoard.Block(frames, order));
    }

    private FrameBoard.Block Take()
    {
        int index = _random.Next(_held.Count);
        FrameBoard.Block block = _held[index];
        _held[index] = _held[^1];
        _held.RemoveAt(_held.Count - 1);
        return block;
    }

    private void Free(FrameBoard.Block block)
    {
        if (block.Order is { } order)
        {
            if (board.Memory.TryDropReference(block.Frames.Start)) return;
            board.GiveUp(block.Frames);
            Assert.That(board.Memory.Free(block.Frames.Start, order), Is.EqualTo(FreeResult.Ok));
        }
        else
        {
            board.GiveUp(block.Frames);
            Assert.That(board.Memory.FreeRun(block.Frames), Is.EqualTo(FreeResult.Ok));
        }
    }
}
