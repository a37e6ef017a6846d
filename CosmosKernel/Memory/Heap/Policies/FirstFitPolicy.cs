namespace MemOS.Memory.Heap;

/// <summary>First fit with boundary tags: the first hole in the list that is large enough, its rest a hole again; neighbours become one at once.</summary>
/// <remarks>
/// <para>Knuth, TAOCP 1, section 2.5, algorithms A and C. A chunk is a multiple of 16 bytes; its head, 8 bytes before the block, holds the chunk's
/// size and whether it and the chunk before it are free. A free chunk has its size at its end, too, and the list's links where the
/// block was. What is freed last is tried first. An extent ends with a head of size 0 that is in use.</para>
/// <para><b>Cost.</b> 8 bytes a block and rounding up to 16; to allocate, a step for each hole that is too small; to free, none.</para>
/// </remarks>
internal unsafe struct FirstFitPolicy : IHeapPolicy
{
    /// <summary>The least that a chunk has: head, links and the size at its end.</summary>
    internal const nuint LeastChunkBytes = 32;

    internal const nuint HeadBytes = sizeof(ulong);

    private const nuint Granule = 16;
    private const ulong FreeBit = 1;
    private const ulong BeforeFreeBit = 2;
    private const ulong SizeMask = ~(ulong)(Granule - 1);

    private Hole* _first;

    /// <summary>A free chunk, from where its block would begin.</summary>
    private struct Hole
    {
        internal Hole* Next;
        internal Hole* Previous;
    }

    /// <summary>The bytes of the chunk for a block.</summary>
    internal static nuint ChunkBytesFor(nuint sizeBytes)
    {
        nuint bytes = (sizeBytes + HeadBytes + (Granule - 1)) & ~(Granule - 1);
        return bytes < LeastChunkBytes ? LeastChunkBytes : bytes;
    }

    /// <inheritdoc/>
    public void AddExtent(byte* start, nuint sizeBytes)
    {
        // The first head lies in the first granule, so that blocks lie on granules.
        byte* block = start + Granule;
        nuint chunkBytes = ChunkBytesOfExtent(sizeBytes);
        *Head(block) = chunkBytes;
        *Head(block + chunkBytes) = 0;
        Insert(block, chunkBytes);
    }

    /// <inheritdoc/>
    public bool TryRemoveExtent(byte* start, nuint sizeBytes)
    {
        byte* block = start + Granule;
        if ((*Head(block) & FreeBit) == 0 || ChunkBytes(block) != ChunkBytesOfExtent(sizeBytes)) return false;
        Unlink((Hole*)block);
        return true;
    }

    /// <inheritdoc/>
    public byte* Allocate(nuint sizeBytes, nuint alignmentBytes)
    {
        nuint chunkBytes = ChunkBytesFor(sizeBytes);
        for (Hole* hole = _first; hole != null; hole = hole->Next)
        {
            byte* block = (byte*)hole;
            nuint before = BytesBefore(block, alignmentBytes);
            if (ChunkBytes(block) < before + chunkBytes) continue;
            Unlink(hole);
            return Carve(block, before, chunkBytes);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Free(byte* block)
    {
        nuint chunkBytes = ChunkBytes(block);
        byte* next = block + chunkBytes;
        if ((*Head(next) & FreeBit) != 0)
        {
            Unlink((Hole*)next);
            chunkBytes += ChunkBytes(next);
        }

        if ((*Head(block) & BeforeFreeBit) != 0)
        {
            // SAFETY: a free chunk's size is at its end, before the next one's head.
            nuint beforeBytes = (nuint)(*(ulong*)(block - HeadBytes - sizeof(ulong)));
            block -= beforeBytes;
            chunkBytes += beforeBytes;
            Unlink((Hole*)block);
        }

        Insert(block, chunkBytes);
    }

    /// <inheritdoc/>
    public readonly nuint SizeOf(byte* block) => ChunkBytes(block) - HeadBytes;

    /// <inheritdoc/>
    public readonly void Coalesce()
    {
        // Holes side by side never stay two.
    }

    /// <inheritdoc/>
    public readonly bool IsConsistent(byte* start, nuint sizeBytes)
    {
        byte* block = start + Granule;
        byte* end = block + ChunkBytesOfExtent(sizeBytes);
        bool isBeforeFree = false;
        while (block < end)
        {
            ulong head = *Head(block);
            nuint chunkBytes = ChunkBytes(block);
            if (chunkBytes < LeastChunkBytes || chunkBytes > (nuint)(end - block)) return false;
            bool isFree = (head & FreeBit) != 0;
            if (((head & BeforeFreeBit) != 0) != isBeforeFree || (isFree && isBeforeFree)) return false;
            if (isFree && !IsListed(block, chunkBytes)) return false;
            isBeforeFree = isFree;
            block += chunkBytes;
        }

        return block == end && ((*Head(end) & BeforeFreeBit) != 0) == isBeforeFree && (*Head(end) & SizeMask) == 0;
    }

    private static nuint ChunkBytesOfExtent(nuint sizeBytes) => (sizeBytes & ~(Granule - 1)) - (2 * Granule);

    private static ulong* Head(byte* block) => (ulong*)(block - HeadBytes);

    private static nuint ChunkBytes(byte* block) => (nuint)(*Head(block) & SizeMask);

    // What is left before an aligned block is a chunk of its own, or nothing.
    private static nuint BytesBefore(byte* block, nuint alignmentBytes)
    {
        nuint before = (nuint)(-(nint)block) & (alignmentBytes - 1);
        while (before != 0 && before < LeastChunkBytes) before += alignmentBytes;
        return before;
    }

    /// <summary>Makes a block of a chunk that is in no list, and holes of what it leaves on both sides.</summary>
    private byte* Carve(byte* hole, nuint before, nuint chunkBytes)
    {
        nuint total = ChunkBytes(hole);
        byte* block = hole + before;
        nuint rest = total - before - chunkBytes;
        if (rest < LeastChunkBytes)
        {
            chunkBytes += rest;
            rest = 0;
        }

        // In use before the holes are made: each tells its neighbour behind it that it is free.
        *Head(block) = chunkBytes;
        byte* next = block + chunkBytes;
        if (rest != 0) *Head(next) = rest;
        else *Head(next) &= ~BeforeFreeBit;
        if (before != 0) Insert(hole, before);
        if (rest != 0) Insert(next, rest);
        return block;
    }

    private void Insert(byte* block, nuint chunkBytes)
    {
        // SAFETY: the chunk is free from its head to its end, where its size goes.
        *Head(block) = chunkBytes | FreeBit;
        *(ulong*)(block + chunkBytes - HeadBytes - sizeof(ulong)) = chunkBytes;
        *Head(block + chunkBytes) |= BeforeFreeBit;
        Hole* hole = (Hole*)block;
        hole->Previous = null;
        hole->Next = _first;
        if (_first != null) _first->Previous = hole;
        _first = hole;
    }

    private void Unlink(Hole* hole)
    {
        if (hole->Previous != null) hole->Previous->Next = hole->Next;
        else _first = hole->Next;
        if (hole->Next != null) hole->Next->Previous = hole->Previous;
    }

    private readonly bool IsListed(byte* block, nuint chunkBytes)
    {
        Hole* hole = (Hole*)block;
        bool isLinked = hole->Previous == null ? _first == hole : hole->Previous->Next == hole;
        return isLinked && (hole->Next == null || hole->Next->Previous == hole)
            && *(ulong*)(block + chunkBytes - HeadBytes - sizeof(ulong)) == chunkBytes;
    }
}
