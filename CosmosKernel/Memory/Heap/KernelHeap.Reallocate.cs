using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Blocks of another size.</content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
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
        if (IsClosed) return ReallocateSeen((byte*)block, newSizeBytes);
        HeapFreeResult result = ExamineCore((byte*)block, out Slab* slab, out nuint oldSizeBytes);
        if (result != HeapFreeResult.Ok)
        {
            RefuseNow(result);
            return null;
        }

        if (TryResizeNow(slab, oldSizeBytes, newSizeBytes)) return (byte*)block;
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

    // The long way. The lock is not held while the content is copied: the block is the caller's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* ReallocateSeen(byte* block, nuint newSizeBytes)
    {
        bool wereOn = Enter();
        BlockKind kind = BlockKind.Plain;
        HeapFreeResult result = _guard == null ? ExamineOrRefuse(block) : ExamineRecorded(block, out kind);
        nuint oldSizeBytes = result == HeapFreeResult.Ok ? SizeOfCore(block) : 0;
        bool isResized = result == HeapFreeResult.Ok && TryResizeSeen(block, oldSizeBytes, newSizeBytes);
        if (isResized) TellMoved(block, block, newSizeBytes);
        Leave(wereOn);
        if (result != HeapFreeResult.Ok) return null;
        if (isResized) return block;
        bool fits = newSizeBytes <= oldSizeBytes;
        byte* moved = AllocateBehind(newSizeBytes, 1, kind, Telling.Nobody);
        if (moved != null) RawMemory.Copy(block, moved, fits ? newSizeBytes : oldSizeBytes);
        else if (!fits) return null;
        wereOn = Enter();
        TellMoved(block, moved == null ? block : moved, newSizeBytes);
        if (moved != null) FreeOnce(block);
        LeaveFreeing(wereOn);
        return moved == null ? block : moved;
    }

    private HeapFreeResult ExamineOrRefuse(byte* block)
    {
        HeapFreeResult result = ExamineCore(block, out _, out _);
        return result == HeapFreeResult.Ok ? result : Refuse(result);
    }

    private bool TryResizeSeen(byte* block, nuint oldSizeBytes, nuint newSizeBytes) =>
        _guard == null ? TryResize(_store.Map.Find(block), oldSizeBytes, newSizeBytes) : TryResizeWatched(block, newSizeBytes);

    private readonly nuint SizeOfCore(byte* block)
    {
        if (_guard != null) return SizeOfWatched(block);
        return ExamineCore(block, out _, out nuint granted) == HeapFreeResult.Ok ? granted : 0;
    }

    // Without the lock.
    private bool TryResizeNow(Slab* slab, nuint oldSizeBytes, nuint newSizeBytes)
    {
        if (newSizeBytes <= oldSizeBytes || slab->ClassIndex != SizeClasses.LargeIndex) return Fits(slab, oldSizeBytes, newSizeBytes);
        bool wereOn = Enter();
        bool isResized = TryGrow(slab, newSizeBytes);
        Leave(wereOn);
        return isResized;
    }

    /// <summary>Whether a block serves where it is: at least half of it stays in use, or it grows into what is free behind it.</summary>
    private bool TryResize(Slab* slab, nuint oldSizeBytes, nuint newSizeBytes) =>
        Fits(slab, oldSizeBytes, newSizeBytes) || (newSizeBytes > oldSizeBytes && TryGrow(slab, newSizeBytes));

    private static bool Fits(Slab* slab, nuint oldSizeBytes, nuint newSizeBytes)
    {
        if (newSizeBytes > oldSizeBytes) return false;
        return newSizeBytes > oldSizeBytes / 2 || slab->ClassIndex is 0 or (>= SizeClasses.FirstOwnIndex and < SizeClasses.ExtentIndex);
    }

    private bool TryGrow(Slab* slab, nuint newSizeBytes)
    {
        if (slab->ClassIndex != SizeClasses.LargeIndex || newSizeBytes > _store.Map.SpanBytes) return false;
        nuint oldSizeBytes = slab->ObjectSize;
        if (!_store.TryGrowLarge(slab, (nuint)PageNumber.CountFor(newSizeBytes))) return false;
        _requestedLargeBytes += newSizeBytes - oldSizeBytes;
        _grantedLargeBytes += slab->ObjectSize - oldSizeBytes;
        return true;
    }
}
