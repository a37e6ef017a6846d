using System.Numerics;
using System.Runtime.CompilerServices;

namespace MemOS.Memory.Frames;

/// <summary>For each order up to a chunk's, which chunks may have a free block of it; a clear bit means that the chunk has none.</summary>
/// <remarks>
/// Who has a large block has the small ones in it, so a chunk's bits are set from order 0 up to a largest one: raising stops at the
/// first bit that is set already, lowering at the first that is clear.
/// </remarks>
internal unsafe struct ChunkIndex
{
    /// <summary>The orders 0 to <see cref="FrameTable.ChunkShift"/>.</summary>
    internal const int Orders = FrameTable.ChunkShift + 1;

    private const int WordShift = 6;
    private const int WordBits = 1 << WordShift;

    private ulong* _bits; // A row of words for each order.
    private uint _words;
    private fixed uint _from[Orders]; // No word of the order before this one has a bit.

    /// <summary>The storage of an index of so many chunks, at a multiple of 8.</summary>
    internal static ulong Bytes(uint chunkCount) => Orders * WordsFor(chunkCount) * sizeof(ulong);

    /// <summary>How many words have a bit for each chunk.</summary>
    internal static ulong WordsFor(uint chunkCount) => ((ulong)chunkCount + (WordBits - 1)) >> WordShift;

    /// <summary>Without a bit.</summary>
    internal void Initialize(byte* storage, uint chunkCount)
    {
        _bits = (ulong*)storage; // SAFETY: the caller gives Bytes of them.
        _words = (uint)WordsFor(chunkCount);
        for (ulong i = 0; i < (ulong)Orders * _words; i++) _bits[i] = 0;
        for (int order = 0; order < Orders; order++) _from[order] = _words;
    }

    /// <summary>Whether the chunk may have a block of this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool Has(uint chunk, int order) => (Row(order)[chunk >> WordShift] >> (int)(chunk & (WordBits - 1)) & 1) != 0;

    /// <summary>From now on the chunk may have blocks up to this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Raise(uint chunk, int order)
    {
        if (!Has(chunk, order)) RaiseFrom(chunk, order);
    }

    /// <summary>The chunk has no blocks of this order or larger ones.</summary>
    internal readonly void Lower(uint chunk, int order)
    {
        uint word = chunk >> WordShift;
        ulong bit = 1UL << (int)(chunk & (WordBits - 1));
        for (; order < Orders && (Row(order)[word] & bit) != 0; order++) Row(order)[word] &= ~bit;
    }

    /// <summary>The first chunk that may have a block of this order; false when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryFirst(int order, out uint chunk)
    {
        ulong* row = Row(order);
        for (uint word = _from[order]; word < _words; word++)
        {
            if (row[word] == 0) continue;
            _from[order] = word;
            chunk = (word << WordShift) + (uint)BitOperations.TrailingZeroCount(row[word]);
            return true;
        }

        _from[order] = _words;
        chunk = 0;
        return false;
    }

    /// <summary>The first chunk from this one on that may have a block of this order; at or beyond the number of chunks for none.</summary>
    internal readonly uint Next(int order, uint chunk)
    {
        uint word = chunk >> WordShift;
        ulong wanted = ulong.MaxValue << (int)(chunk & (WordBits - 1));
        if (word < _from[order])
        {
            word = _from[order];
            wanted = ulong.MaxValue;
        }

        ulong* row = Row(order);
        for (; word < _words; word++, wanted = ulong.MaxValue)
        {
            ulong found = row[word] & wanted;
            if (found != 0) return (word << WordShift) + (uint)BitOperations.TrailingZeroCount(found);
        }

        return _words << WordShift;
    }

    /// <summary>Whether a search begins no later than the first bit, in each order.</summary>
    internal readonly bool IsBeginRight()
    {
        for (int order = 0; order < Orders; order++)
        {
            for (uint word = 0; word < _from[order]; word++)
            {
                if (Row(order)[word] != 0) return false;
            }
        }

        return true;
    }

    /// <summary>Whether the chunk's bits are set from order 0 up to one of them.</summary>
    internal readonly bool IsMonotone(uint chunk)
    {
        for (int order = 1; order < Orders; order++)
        {
            if (Has(chunk, order) && !Has(chunk, order - 1)) return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Seldom: for most frames that come back, the chunk has others.
    private void RaiseFrom(uint chunk, int order)
    {
        uint word = chunk >> WordShift;
        ulong bit = 1UL << (int)(chunk & (WordBits - 1));
        for (; order >= 0 && (Row(order)[word] & bit) == 0; order--)
        {
            Row(order)[word] |= bit;
            if (_from[order] > word) _from[order] = word;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong* Row(int order) => _bits + (ulong)(uint)order * _words;
}
