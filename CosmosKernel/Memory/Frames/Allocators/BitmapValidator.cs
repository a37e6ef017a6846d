using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Checks the invariants of <see cref="BitmapAllocator"/> by recomputing what its index and counts should be.</summary>
internal readonly unsafe struct BitmapValidator
{
    private const string I1 = "I1: a free frame is no RAM of the zone, or not Inner";
    private const string I2 = "I2: a count is not that of the set bits";
    private const string I3 = "I3: the index denies a block that is there, or has an unused chunk";
    private const string I4 = "I4: the index has a gap, or begins too late";
    private const string I5 = "I5: a chunk is not where its record says";
    private const string I6 = "I6: a row is there that was looked for in vain";

    private readonly ZoneFrames _zone;
    private readonly ChunkIndex _index;
    private readonly ulong* _words;
    private readonly ChunkRecord* _records;
    private readonly ulong* _inUse;

    internal BitmapValidator(in ZoneFrames zone, in ChunkIndex index, ulong* words, ChunkRecord* records, ulong* inUse)
    {
        _zone = zone;
        _index = index;
        _words = words;
        _records = records;
        _inUse = inUse;
    }

    internal string? Validate(ulong freeFrames, int noOrderFrom)
    {
        if (!_index.IsBeginRight()) return I4;
        ulong free = 0;
        uint row = 0; // The wholly free chunks that end with this one.
        for (uint chunk = 0; chunk < _zone.ChunkCount; chunk++)
        {
            if ((_inUse[chunk >> 6] >> (int)(chunk & 63) & 1) == 0)
            {
                if (_index.Has(chunk, 0)) return I3;
                row = 0;
                continue;
            }

            string? broken = ValidateChunk(chunk);
            if (broken != null) return broken;
            free += _records[chunk].Free;
            row = RowWith(chunk, row);
            if (EndsRow(chunk, row, noOrderFrom)) return I6;
        }

        return free != freeFrames ? I2 : null;
    }

    private string? ValidateChunk(uint chunk)
    {
        ulong* words = _words + (ulong)chunk * ChunkBits.Words;
        if (!_index.IsMonotone(chunk)) return I4;
        for (int order = 0; order < ChunkIndex.Orders; order++)
        {
            if (!_index.Has(chunk, order) && ChunkBits.Find(words, order) != ChunkBits.None) return I3;
        }

        uint count = 0;
        int length;
        for (int offset = 0; ChunkBits.TryNextRun(words, ref offset, out length); offset += length)
        {
            count += (uint)length;
            for (int i = 0; i < length; i++)
            {
                string? broken = ValidateFrame(chunk, _records[chunk].FirstFrame + (uint)(offset + i));
                if (broken != null) return broken;
            }
        }

        return count != _records[chunk].Free ? I2 : null;
    }

    private string? ValidateFrame(uint chunk, FrameNumber frame)
    {
        if (!_zone.Table.TryFind(frame, out FrameDescriptor* descriptor) || descriptor->Zone != _zone.Number) return I1;
        if (descriptor->State != FrameState.Inner) return I1;
        return _zone.Table.ChunkOf(frame) - _zone.FirstChunk != chunk ? I5 : null;
    }

    private uint RowWith(uint chunk, uint row)
    {
        if (_records[chunk].Free != FrameTable.ChunkFrames) return 0;
        return row != 0 && _records[chunk].Window == _records[chunk - 1].Window + 1 ? row + 1 : 1;
    }

    /// <summary>Whether an aligned row of the order that is said not to be there ends with this chunk.</summary>
    private bool EndsRow(uint chunk, uint row, int noOrderFrom)
    {
        if (row == 0 || noOrderFrom > Order.MaxValue) return false;
        uint length = 1U << (noOrderFrom - FrameTable.ChunkShift);
        return row >= length && ((_records[chunk].Window + 1) & (length - 1)) == 0;
    }
}
