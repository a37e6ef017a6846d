using System.Numerics;
using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>The bits of a chunk's frames, set while they are free: <see cref="Words"/> words, the chunk's cache line.</summary>
internal static unsafe class ChunkBits
{
    internal const int Words = (int)FrameTable.ChunkFrames >> WordShift;
    internal const int SizeBytes = Words * sizeof(ulong);

    /// <summary>What <see cref="Find"/> says when there is none.</summary>
    internal const int None = -1;

    /// <summary>log2 of a word's bits, which is also the order of a block that fills a word.</summary>
    private const int WordShift = 6;

    private const int WordBits = 1 << WordShift;

    /// <summary>Where the lowest free block of this order, at most <see cref="FrameTable.ChunkShift"/>, begins; <see cref="None"/> without one.</summary>
    internal static int Find(ulong* words, int order)
    {
        if (order < WordShift)
        {
            for (int index = 0; index < Words; index++)
            {
                ulong starts = Starts(words[index], order);
                if (starts != 0) return (index << WordShift) + BitOperations.TrailingZeroCount(starts);
            }

            return None;
        }

        int length = 1 << (order - WordShift);
        for (int index = 0; index < Words; index += length)
        {
            if (AreFull(words + index, length)) return index << WordShift;
        }

        return None;
    }

    /// <summary>
    /// Where the lowest <paramref name="count"/> free frames begin, at a multiple of 2^<paramref name="alignment"/>, which is not less than the count;
    /// <see cref="None"/> without them.
    /// </summary>
    internal static int FindRow(ulong* words, int count, int alignment)
    {
        if (alignment < WordShift)
        {
            for (int index = 0; index < Words; index++)
            {
                ulong starts = RowStarts(words[index], count) & Aligned(alignment);
                if (starts != 0) return (index << WordShift) + BitOperations.TrailingZeroCount(starts);
            }

            return None;
        }

        int step = 1 << (alignment - WordShift);
        int full = count >> WordShift;
        ulong rest = (1UL << (count & (WordBits - 1))) - 1;
        for (int index = 0; index < Words; index += step)
        {
            // SAFETY: without a rest the word behind the full ones is not read; with one the row ends in it, before the chunk does.
            if (AreFull(words + index, full) && (rest == 0 || (words[index + full] & rest) == rest)) return index << WordShift;
        }

        return None;
    }

    /// <summary>The order of the largest free block around a free block of <paramref name="order"/> at <paramref name="offset"/>.</summary>
    internal static int OrderAround(ulong* words, int offset, int order)
    {
        ulong word = words[offset >> WordShift];
        if (word != ulong.MaxValue)
        {
            // Within the word: the block is doubled while all of it is free. It cannot become the word.
            while (true)
            {
                int start = offset & (WordBits - 1) & -(2 << order);
                ulong mask = Mask(2 << order) << start;
                if ((word & mask) != mask) return order;
                order++;
            }
        }

        if (order < WordShift) order = WordShift;
        while (order < FrameTable.ChunkShift)
        {
            int length = 2 << (order - WordShift);
            if (!AreFull(words + ((offset >> WordShift) & -length), length)) return order;
            order++;
        }

        return order;
    }

    /// <summary>The order of the largest free block; <see cref="None"/> when nothing is free.</summary>
    internal static int LargestOrder(ulong* words)
    {
        int order = FrameTable.ChunkShift;
        while (order >= 0 && Find(words, order) == None) order--;
        return order;
    }

    /// <summary>How many aligned free blocks of this order there are, those within larger ones included.</summary>
    internal static uint CountBlocks(ulong* words, int order)
    {
        uint count = 0;
        if (order < WordShift)
        {
            for (int index = 0; index < Words; index++) count += (uint)BitOperations.PopCount(Starts(words[index], order));
            return count;
        }

        int length = 1 << (order - WordShift);
        for (int index = 0; index < Words; index += length) count += AreFull(words + index, length) ? 1U : 0U;
        return count;
    }

    /// <summary>Whether these frames are all free.</summary>
    internal static bool AreFree(ulong* words, int offset, int count)
    {
        while (count > 0)
        {
            ulong mask = MaskAt(offset, count, out int taken);
            if ((words[offset >> WordShift] & mask) != mask) return false;
            offset += taken;
            count -= taken;
        }

        return true;
    }

    /// <summary>Makes frames free that are not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Free(ulong* words, int offset, int count)
    {
        while (count > 0)
        {
            ulong mask = MaskAt(offset, count, out int taken);
            ulong* word = words + (offset >> WordShift);
            KernelAssert.That((*word & mask) == 0, "ChunkBits: a frame is free already");
            *word |= mask;
            offset += taken;
            count -= taken;
        }
    }

    /// <summary>Takes frames that are free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Take(ulong* words, int offset, int count)
    {
        while (count > 0)
        {
            ulong mask = MaskAt(offset, count, out int taken);
            ulong* word = words + (offset >> WordShift);
            KernelAssert.That((*word & mask) == mask, "ChunkBits: a frame is not free");
            *word &= ~mask;
            offset += taken;
            count -= taken;
        }
    }

    /// <summary>The frames that are free.</summary>
    internal static uint Count(ulong* words) => CountBlocks(words, 0);

    /// <summary>Goes on from frame <paramref name="offset"/> to the next free ones; false when there are none.</summary>
    internal static bool TryNextRun(ulong* words, ref int offset, out int count)
    {
        count = 0;
        while (offset < Words * WordBits)
        {
            ulong rest = words[offset >> WordShift] >> (offset & (WordBits - 1));
            if (rest == 0)
            {
                offset = (offset | (WordBits - 1)) + 1;
                continue;
            }

            int skipped = BitOperations.TrailingZeroCount(rest);
            offset += skipped;
            count = BitOperations.TrailingZeroCount(~(rest >> skipped)); // 64 for none, and zeros came in from the left.
            return true;
        }

        return false;
    }

    /// <summary>The bits from which on a block of this order, smaller than a word, is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Starts(ulong free, int order)
    {
        // Doubling: after the n-th step a bit says that 2^n frames are free from it on.
        for (int length = 1; length < 1 << order; length *= 2) free &= free >> length;
        return free & Aligned(order);
    }

    /// <summary>The bits from which on <paramref name="count"/> frames are free, at most a word's.</summary>
    private static ulong RowStarts(ulong free, int count)
    {
        // As above, and from the longest doubling on by what is missing.
        int length = 1;
        for (; length * 2 <= count; length *= 2) free &= free >> length;
        return free & (free >> (count - length));
    }

    /// <summary>The bits whose number is a multiple of 2^order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Aligned(int order) => order switch
    {
        0 => ulong.MaxValue,
        1 => 0x5555_5555_5555_5555,
        2 => 0x1111_1111_1111_1111,
        3 => 0x0101_0101_0101_0101,
        4 => 0x0001_0001_0001_0001,
        _ => 0x0000_0001_0000_0001,
    };

    private static bool AreFull(ulong* words, int count)
    {
        for (ulong* end = words + count; words < end; words++)
        {
            if (*words != ulong.MaxValue) return false;
        }

        return true;
    }

    /// <summary>The bits of the frames from <paramref name="offset"/> on that lie in its word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MaskAt(int offset, int count, out int taken)
    {
        int shift = offset & (WordBits - 1);
        taken = WordBits - shift < count ? WordBits - shift : count;
        return Mask(taken) << shift;
    }

    /// <summary>The lowest bits, 1 to 64 of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(int count) => ulong.MaxValue >> (WordBits - count);
}
