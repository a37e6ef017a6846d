using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>Blocks larger than a chunk: rows of wholly free ones.</content>
public unsafe partial struct BitmapAllocator
{
    /// <inheritdoc/>
    public readonly ulong FreeBlocks(Order order) => CountBlocks(order.Value) - 2 * CountBlocks(order.Value + 1);

    private bool TryTakeRow(Order order, out FrameNumber frame)
    {
        frame = default;
        if (order.Value >= _noOrderFrom) return false;

        uint length = ChunksOf(order);
        uint chunk = NextWhole(0);
        while (chunk < _zone.ChunkCount)
        {
            // A row that begins at an unaligned chunk is asked again at its next one.
            uint whole = FirstFrame(chunk).IsAligned(order) ? WholeRow(chunk, length) : 1;
            if (whole == length)
            {
                frame = FirstFrame(chunk);
                TakeAll(new FrameRange(frame, order.FrameCount));
                return true;
            }

            chunk = NextWhole(chunk + whole);
        }

        _noOrderFrom = order.Value;
        return false;
    }

    /// <summary>The first wholly free chunk from this one on; those that only may have been are cleared on the way.</summary>
    private readonly uint NextWhole(uint chunk)
    {
        chunk = _index.Next(FrameTable.ChunkShift, chunk);
        while (chunk < _zone.ChunkCount && !IsWhole(chunk))
        {
            _index.Lower(chunk, FrameTable.ChunkShift);
            chunk = _index.Next(FrameTable.ChunkShift, chunk + 1);
        }

        return chunk;
    }

    /// <summary>How many chunks from a wholly free one on are so too and have their frames in a row, up to <paramref name="limit"/>.</summary>
    private readonly uint WholeRow(uint chunk, uint limit)
    {
        uint count = 1;
        while (count < limit && chunk + count < _zone.ChunkCount &&
            _index.Has(chunk + count, FrameTable.ChunkShift) && IsWhole(chunk + count) &&
            _records[chunk + count].Window == _records[chunk].Window + count)
        {
            count++;
        }

        return count;
    }

    /// <summary>How many aligned free blocks of this order there are, those within larger ones included.</summary>
    private readonly ulong CountBlocks(int order)
    {
        if (order > Order.MaxValue) return 0;
        if (order > FrameTable.ChunkShift) return CountRows(order - FrameTable.ChunkShift);

        ulong count = 0;
        for (uint chunk = _index.Next(order, 0); chunk < _zone.ChunkCount; chunk = _index.Next(order, chunk + 1))
        {
            count += ChunkBits.CountBlocks(WordsOf(chunk), order);
        }

        return count;
    }

    private readonly ulong CountRows(int shift)
    {
        ulong count = 0;
        uint chunk = NextWhole(0);
        while (chunk < _zone.ChunkCount)
        {
            uint whole = WholeRow(chunk, _zone.ChunkCount);
            ulong first = ((ulong)_records[chunk].Window + (1UL << shift) - 1) >> shift;
            ulong end = ((ulong)_records[chunk].Window + whole) >> shift;
            if (end > first) count += end - first;
            chunk = NextWhole(chunk + whole);
        }

        return count;
    }
}
