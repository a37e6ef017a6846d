using System;
using System.Collections.Generic;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>What a frame allocator should do, the naive way: a value for each frame, and a list of the allocated blocks.</summary>
public sealed class FrameModel
{
    private readonly byte[] _frames; // Each a Use.
    private readonly Dictionary<ulong, Order> _blocks = [];
    private readonly List<ulong> _starts = [];
    private readonly Dictionary<ulong, int> _places = [];

    /// <summary>RAM that is reserved, all of it.</summary>
    public FrameModel(params FrameRange[] ram)
    {
        ulong end = 0;
        foreach (FrameRange range in ram) end = Math.Max(end, range.End.Value);
        _frames = new byte[end + 10];
        foreach (FrameRange range in ram) Set(range, Use.None, Use.Reserved);
    }

    private enum Use : byte
    {
        None,
        Reserved,
        Free,
        Allocated,
    }

    /// <summary>One more than the highest frame worth asking for; those at the end are no RAM.</summary>
    public int FrameCount => _frames.Length;

    public ulong FreeFrames { get; private set; }

    public ulong ManagedFrames { get; private set; }

    public int BlockCount => _starts.Count;

    /// <summary>The blocks as they were numbered until the next change.</summary>
    public FrameRange Block(int index) => new(FrameNumber.FromTrusted(_starts[index]), _blocks[_starts[index]].FrameCount);

    public bool IsFree(FrameNumber frame) => UseOf(frame) == Use.Free;

    public bool TryAdopt(FrameRange frames) => TryChange(frames, Use.Reserved, Use.Free, 1);

    public bool TryWithdraw(FrameRange frames) => TryChange(frames, Use.Free, Use.Reserved, -1);

    /// <summary>Whether a block of this order is free, all of it below the limit but for what is beyond the wanted frames.</summary>
    public bool HasBlock(Order order, ulong wantedFrames, FrameNumber limit)
    {
        ulong step = order.FrameCount;
        for (ulong start = 0; start + step <= (ulong)_frames.Length && start + wantedFrames <= limit.Value; start += step)
        {
            if (Are(new FrameRange(FrameNumber.FromTrusted(start), step), Use.Free)) return true;
        }

        return false;
    }

    /// <summary>Whether so many frames in a row are free, from an aligned one on and all below the limit.</summary>
    public bool HasRun(ulong frameCount, Order alignment, FrameNumber limit)
    {
        ulong end = Math.Min((ulong)_frames.Length, limit.Value);
        ulong length = 0;
        for (ulong at = 0; at < end; at++)
        {
            // Counted from the first aligned frame of a row on.
            bool isFree = _frames[at] == (byte)Use.Free;
            length = isFree && (length != 0 || FrameNumber.FromTrusted(at).IsAligned(alignment)) ? length + 1 : 0;
            if (length >= frameCount) return true;
        }

        return false;
    }

    /// <summary>Notes frames that were handed out: a row of the largest blocks that fit.</summary>
    public void Take(FrameRange frames)
    {
        Set(frames, Use.Free, Use.Allocated);
        FreeFrames -= frames.Count;
        while (!frames.IsEmpty)
        {
            Order order = Order.LargestAt(frames.Start, frames.Count);
            _blocks.Add(frames.Start.Value, order);
            _places.Add(frames.Start.Value, _starts.Count);
            _starts.Add(frames.Start.Value);
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }
    }

    /// <summary>Frees a block, or says why not.</summary>
    public FreeResult Free(FrameNumber frame, Order order)
    {
        FreeResult result = Check(frame, order);
        if (result == FreeResult.Ok) Release(frame);
        return result;
    }

    /// <summary>Frees a row of blocks, or says why not.</summary>
    public FreeResult FreeRun(FrameRange frames)
    {
        if (frames.IsEmpty) return FreeResult.WrongOrder;
        FrameNumber at = frames.Start;
        while (at < frames.End)
        {
            Order order = _blocks.GetValueOrDefault(at.Value);
            FreeResult result = Check(at, order);
            if (result != FreeResult.Ok) return at == frames.Start ? result : FreeResult.OverFree;
            at += order.FrameCount;
        }

        if (at != frames.End) return FreeResult.WrongOrder;
        for (at = frames.Start; at < frames.End;)
        {
            ulong count = _blocks[at.Value].FrameCount;
            Release(at);
            at += count;
        }

        return FreeResult.Ok;
    }

    /// <summary>The allocated blocks that follow each other from this one on, at most so many.</summary>
    public FrameRange Row(FrameRange block, int blocks)
    {
        while (--blocks > 0 && _blocks.TryGetValue(block.End.Value, out Order next)) block = new FrameRange(block.Start, block.Count + next.FrameCount);
        return block;
    }

    /// <summary>The free frames of each order's blocks, each as large as can be.</summary>
    public ulong[] FreeBlocks()
    {
        ulong[] blocks = new ulong[Order.Count];
        for (int at = 0; at < _frames.Length;)
        {
            int end = at;
            while (end < _frames.Length && _frames[end] == (byte)Use.Free) end++;
            if (end == at)
            {
                at++;
                continue;
            }

            Order order = Order.LargestAt(FrameNumber.FromTrusted((ulong)at), (ulong)(end - at));
            blocks[order.Value]++;
            at += (int)order.FrameCount;
        }

        return blocks;
    }

    private FreeResult Check(FrameNumber frame, Order order)
    {
        switch (UseOf(frame))
        {
            case Use.None: return FreeResult.Foreign;
            case Use.Reserved: return FreeResult.Reserved;
            case Use.Free: return FreeResult.DoubleFree;
        }

        if (!_blocks.TryGetValue(frame.Value, out Order actual)) return FreeResult.InsideBlock;
        if (!frame.IsAligned(order)) return FreeResult.Misaligned;
        return actual == order ? FreeResult.Ok : FreeResult.WrongOrder;
    }

    private void Release(FrameNumber start)
    {
        _blocks.Remove(start.Value, out Order order);
        Set(new FrameRange(start, order.FrameCount), Use.Allocated, Use.Free);
        FreeFrames += order.FrameCount;

        _places.Remove(start.Value, out int place);
        ulong last = _starts[^1];
        _starts.RemoveAt(_starts.Count - 1);
        if (last == start.Value) return;
        _starts[place] = last;
        _places[last] = place;
    }

    private bool TryChange(FrameRange frames, Use from, Use to, int sign)
    {
        if (!Are(frames, from)) return false;
        Set(frames, from, to);
        ulong change = (ulong)sign * frames.Count;
        FreeFrames += change;
        ManagedFrames += change;
        return true;
    }

    private Use UseOf(FrameNumber frame) => frame.Value < (ulong)_frames.Length ? (Use)_frames[frame.Value] : Use.None;

    private bool Are(FrameRange frames, Use use)
    {
        if (frames.End.Value > (ulong)_frames.Length) return false;
        return !_frames.AsSpan((int)frames.Start.Value, (int)frames.Count).ContainsAnyExcept((byte)use);
    }

    private void Set(FrameRange frames, Use from, Use to)
    {
        KernelAssert.That(Are(frames, from), "the model's frames are not what they should be");
        _frames.AsSpan((int)frames.Start.Value, (int)frames.Count).Fill((byte)to);
    }
}
