namespace MemOS.Memory.Heap;

/// <summary>The patterns of a checking heap, and who looks whether they are whole.</summary>
internal static unsafe class RedZones
{
    /// <summary>The bytes before and behind a block, at least.</summary>
    internal const uint LeastBytes = 16;

    /// <summary>Fills what nobody may write.</summary>
    internal const byte Zone = 0xFA;

    /// <summary>Fills a new block: who reads it before writing sees it.</summary>
    internal const byte Fresh = 0xCD;

    /// <summary>Fills a freed block.</summary>
    internal const byte Freed = 0xDD;

    /// <summary>Sets [<paramref name="start"/>, <paramref name="end"/>).</summary>
    internal static void Fill(byte* start, byte* end, byte value)
    {
        // SAFETY: each store lies before the end. Words where they fit.
        ulong word = value * 0x0101_0101_0101_0101UL;
        for (; start < end && ((nuint)start & (sizeof(ulong) - 1)) != 0; start++) *start = value;
        for (; end - start >= sizeof(ulong); start += sizeof(ulong)) *(ulong*)start = word;
        for (; start < end; start++) *start = value;
    }

    /// <summary>The first byte of [<paramref name="start"/>, <paramref name="end"/>) that is another; null when all are as they were filled.</summary>
    internal static byte* FirstOther(byte* start, byte* end, byte value)
    {
        ulong word = value * 0x0101_0101_0101_0101UL;
        while (start < end)
        {
            bool isWord = ((nuint)start & (sizeof(ulong) - 1)) == 0 && end - start >= sizeof(ulong);
            if (isWord && *(ulong*)start == word) start += sizeof(ulong);
            else if (*start != value) return start;
            else start++;
        }

        return null;
    }
}
