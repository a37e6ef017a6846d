using System.Numerics;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>Runs: the first that fits, over chunks as far as their frames are in a row.</content>
public unsafe partial struct BitmapAllocator
{
    /// <inheritdoc/>
    public bool TryTakeRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        if (frameCount != 0 && frameCount <= alignment.FrameCount && alignment.Value <= FrameTable.ChunkShift)
            return TryTakeAligned((int)frameCount, alignment.Value, limit, out frames);

        RunSearch search = new(frameCount, alignment, limit);
        if (frameCount > _freeFrames || !Find(ref search))
        {
            frames = default;
            return false;
        }

        frames = search.Found;
        TakeAll(frames);
        return true;
    }

    /// <summary>A run that begins where a block of its alignment would and does not reach beyond it: within a chunk, so it is looked for as a block is.</summary>
    private bool TryTakeAligned(int frameCount, int alignment, FrameNumber limit, out FrameRange frames)
    {
        int order = BitOperations.Log2((uint)frameCount); // The run begins with a free block of this order.
        for (uint chunk = _index.Next(order, 0); chunk < _zone.ChunkCount; chunk = _index.Next(order, chunk + 1))
        {
            int offset = ChunkBits.FindRow(WordsOf(chunk), frameCount, alignment);
            if (offset != ChunkBits.None)
            {
                frames = new FrameRange(FirstFrame(chunk) + (uint)offset, (uint)frameCount);
                if (frames.End > limit) break;
                TakeIn(chunk, offset, frameCount);
                return true;
            }

            if (FindIn(chunk, order) == ChunkBits.None) _index.Lower(chunk, order);
        }

        frames = default;
        return false;
    }

    private readonly bool Find(ref RunSearch search)
    {
        // A run has an aligned block of half its size, in the chunk where it begins or in the next one.
        int order = BitOperations.Log2((search.FrameCount + 1) / 2);
        if (order > FrameTable.ChunkShift) order = FrameTable.ChunkShift;
        uint chunk = 0;
        while (true)
        {
            uint likely = _index.Next(order, chunk);
            if (likely >= _zone.ChunkCount) return false;
            chunk = _index.Next(0, likely > chunk ? likely - 1 : chunk);
            do
            {
                if (search.IsBeyond(FirstFrame(chunk))) return false;
                if (IsFoundIn(chunk, ref search)) return true;
                chunk++;
            }
            while (chunk < _zone.ChunkCount && _index.Has(chunk, 0) && search.GoesOnAt(FirstFrame(chunk)));
        }
    }

    private readonly bool IsFoundIn(uint chunk, ref RunSearch search)
    {
        FrameNumber first = FirstFrame(chunk);
        if (IsWhole(chunk)) return search.IsFoundWith(new FrameRange(first, ChunkFrames));

        int count;
        for (int offset = 0; ChunkBits.TryNextRun(WordsOf(chunk), ref offset, out count); offset += count)
        {
            if (search.IsFoundWith(new FrameRange(first + (uint)offset, (uint)count))) return true;
        }

        return false;
    }

    /// <summary>A run being looked for: free frames come in upwards until enough of them are in a row.</summary>
    private struct RunSearch
    {
        private readonly Order _alignment;
        private readonly FrameNumber _limit;
        private FrameRange _row;

        internal RunSearch(ulong frameCount, Order alignment, FrameNumber limit)
        {
            FrameCount = frameCount;
            _alignment = alignment;
            _limit = limit;
            _row = default;
        }

        internal readonly ulong FrameCount { get; }

        internal readonly FrameRange Found => new(_row.Start.AlignUp(_alignment), FrameCount);

        /// <summary>Whether the last free frames end where this one begins.</summary>
        internal readonly bool GoesOnAt(FrameNumber frame) => !_row.IsEmpty && _row.End == frame;

        internal readonly bool IsBeyond(FrameNumber frame) => frame >= _limit;

        internal bool IsFoundWith(FrameRange free)
        {
            FrameNumber start = GoesOnAt(free.Start) ? _row.Start : free.Start;
            _row = FrameRange.FromBounds(start, free.End < _limit ? free.End : _limit);
            FrameNumber aligned = start.AlignUp(_alignment);
            return aligned < _row.End && _row.End - aligned >= FrameCount;
        }
    }
}
