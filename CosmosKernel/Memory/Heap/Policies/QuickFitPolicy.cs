namespace MemOS.Memory.Heap;

/// <summary>Quick fit: a list of freed blocks for each small size, taken from and given to in one step; the rest by first fit.</summary>
/// <remarks>
/// <para>Weinstock and Wulf, "Quick Fit" (SIGPLAN Notices 23(10), 1988). A freed block of up to 512 bytes stays as it is for the next of its size;
/// only when nothing else is left do all of them go back to where they are merged with their neighbours. Programs ask for few
/// sizes, and for the same again.</para>
/// <para><b>Cost.</b> As first fit's in bytes; a small block that its list has costs neither a search nor a merge.</para>
/// </remarks>
internal unsafe struct QuickFitPolicy : IHeapPolicy
{
    private const int GranuleShift = 4;
    private const nuint LargestQuickBytes = 512;
    private const int ListCount = (int)(LargestQuickBytes >> GranuleShift) + 1;

    // A list for each size of chunk, in granules; the blocks' first words are the links.
    private fixed ulong _lists[ListCount];
    private FirstFitPolicy _rest;

    /// <inheritdoc/>
    public void AddExtent(byte* start, nuint sizeBytes) => _rest.AddExtent(start, sizeBytes);

    /// <inheritdoc/>
    public bool TryRemoveExtent(byte* start, nuint sizeBytes) => _rest.TryRemoveExtent(start, sizeBytes);

    /// <inheritdoc/>
    public byte* Allocate(nuint sizeBytes, nuint alignmentBytes)
    {
        nuint chunkBytes = FirstFitPolicy.ChunkBytesFor(sizeBytes);
        if (chunkBytes > LargestQuickBytes || alignmentBytes > 1 << GranuleShift) return _rest.Allocate(sizeBytes, alignmentBytes);
        nuint list = chunkBytes >> GranuleShift;
        byte* block = (byte*)_lists[list];
        if (block == null) return _rest.Allocate(sizeBytes, alignmentBytes);
        _lists[list] = *(ulong*)block;
        return block;
    }

    /// <inheritdoc/>
    public void Free(byte* block)
    {
        nuint chunkBytes = _rest.SizeOf(block) + FirstFitPolicy.HeadBytes;
        if (chunkBytes > LargestQuickBytes)
        {
            _rest.Free(block);
            return;
        }

        nuint list = chunkBytes >> GranuleShift;
        *(ulong*)block = _lists[list];
        _lists[list] = (ulong)(nuint)block;
    }

    /// <inheritdoc/>
    public readonly nuint SizeOf(byte* block) => _rest.SizeOf(block);

    /// <inheritdoc/>
    public void Coalesce()
    {
        for (int list = 0; list < ListCount; list++)
        {
            while (_lists[list] != 0)
            {
                byte* block = (byte*)_lists[list];
                _lists[list] = *(ulong*)block;
                _rest.Free(block);
            }
        }
    }

    /// <inheritdoc/>
    public readonly bool IsConsistent(byte* start, nuint sizeBytes) => _rest.IsConsistent(start, sizeBytes);
}
