namespace MemOS.Memory.Heap;

/// <content>Blocks of another size.</content>
public unsafe partial struct KernelHeap<TPages>
{
    /// <summary>Makes a block hold <paramref name="newSizeBytes"/> bytes, in place when it can; krealloc.</summary>
    /// <remarks>
    /// In place while the block is large enough and at least half of it stays in use, and where a large block grows and the pages behind
    /// it are free. Otherwise the content moves, as far as both sizes reach, and the alignment is <see cref="Allocate"/>'s. Null is an
    /// allocation. Size 0 shrinks to the smallest block; it does not free.
    /// </remarks>
    /// <returns>
    /// The block, perhaps elsewhere. Null when there is no memory, the old block being as before then, or when
    /// <paramref name="block"/> is none: counted as <see cref="Free(void*)"/> counts it.
    /// </returns>
    public byte* Reallocate(void* block, nuint newSizeBytes)
    {
        if (block == null) return Allocate(newSizeBytes);
        if (_observer.IsThere) return ReallocateObserved((byte*)block, newSizeBytes);
        if (_guard != null) return ReallocateWatched((byte*)block, newSizeBytes);
        HeapFreeResult result = ExamineCore((byte*)block, out Slab* slab, out nuint oldSizeBytes);
        if (result != HeapFreeResult.Ok)
        {
            Refuse(result);
            return null;
        }

        if (TryResize(slab, oldSizeBytes, newSizeBytes)) return (byte*)block;
        bool fits = newSizeBytes <= oldSizeBytes;
        byte* moved = Allocate(newSizeBytes);

        // Without memory to move to, a block that is too large still does.
        if (moved == null) return fits ? (byte*)block : null;
        RawMemory.Copy((byte*)block, moved, fits ? newSizeBytes : oldSizeBytes);
        Free(block);
        return moved;
    }

    /// <summary>As <see cref="Reallocate"/>, and all bytes of the block behind those that both sizes have are zero.</summary>
    /// <remarks>Of a block that came from <see cref="AllocateZeroed"/> or from here: what its user never wrote is then always zero.</remarks>
    public byte* ReallocateZeroed(void* block, nuint newSizeBytes)
    {
        if (block == null) return AllocateZeroed(newSizeBytes);
        nuint oldSizeBytes = SizeOf(block);
        byte* result = Reallocate(block, newSizeBytes);
        if (result == null) return null;
        byte* end = result + SizeOf(result);
        byte* start = result + (oldSizeBytes < newSizeBytes ? oldSizeBytes : newSizeBytes);
        for (; start < end && ((nuint)start & (sizeof(ulong) - 1)) != 0; start++) *start = 0; // SAFETY: within the block.
        RawMemory.Zero(start, (nuint)(end - start));
        return result;
    }

    /// <summary>Whether a block serves where it is: at least half of it stays in use, or it grows into what is free behind it.</summary>
    private bool TryResize(Slab* slab, nuint oldSizeBytes, nuint newSizeBytes)
    {
        if (newSizeBytes > oldSizeBytes) return TryGrow(slab, newSizeBytes);
        return newSizeBytes > oldSizeBytes / 2 || slab->ClassIndex is 0 or (>= SizeClasses.FirstOwnIndex and < SizeClasses.ExtentIndex);
    }

    private bool TryGrow(Slab* slab, nuint newSizeBytes)
    {
        if (slab->ClassIndex != SizeClasses.LargeIndex || newSizeBytes > _store.Map.SpanBytes) return false;
        nuint oldSizeBytes = slab->ObjectSize;
        if (!_store.TryGrowLarge(slab, (nuint)Primitives.PageNumber.CountFor(newSizeBytes))) return false;
        _requestedLargeBytes += newSizeBytes - oldSizeBytes;
        _grantedLargeBytes += slab->ObjectSize - oldSizeBytes;
        return true;
    }
}
