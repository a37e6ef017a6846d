using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>The kernel's heap: blocks of any size, found again by their address alone.</summary>
/// <remarks>
/// <para><b>Theory.</b> A size up to 16 KiB is rounded up to a size class (SizeClasses); each class has slabs, runs of pages cut into equal objects
/// without headers. What is larger is a run of pages of its own. Every run has a descriptor that lies elsewhere (Slab), and a map leads
/// from any address to the descriptor of its page (PageMap), so a block's class, size and state are known from its pointer,
/// and a pointer that is not a block's is recognised without touching memory that may not exist.</para>
/// <para>Each object has a byte of state beside the descriptor: <i>Free</i> in its slab, <i>Cached</i> in a magazine, <i>Live</i> with a caller. Exactly the
/// pointers to the first byte of a Live object can be freed. This is what tells a double free, an interior and a foreign
/// pointer from a good one, always and for two loads, whatever the caller wrote into the block.</para>
/// <para>In front of the slabs each CPU has one magazine a class (Bonwick and Adams, "Magazines and Vmem", USENIX 2001): a stack of
/// objects with the addresses of their states. Allocation pops, freeing pushes. An empty magazine takes half its capacity from the slabs,
/// a full one returns its older half, so that a sequence of alternating calls at either end moves nothing. A class keeps one slab
/// without live objects; the next one goes back to the page source. When pages run out, all magazines are emptied
/// and all empty slabs returned before an allocation fails.</para>
/// <para><b>Invariants</b>, checked by <see cref="Validate"/>: I1 every page of a run, and no other, is entered in the map with the run's descriptor;
/// I2 a slab has its class's shape, a large block is one live object of all its pages; I3 a slab's count of free objects is
/// the count of such states, none below its hint; I4 the pages counted are those in the map, one descriptor a run; I5 a
/// class lists exactly its slabs with free objects, its counts are their sums, and the objects in state Cached are as many as its
/// magazine holds; I6 a magazine holds no more than its capacity, each of its objects is Cached and in it once.</para>
/// <para><b>Cost.</b> Block of a class: some 20 instructions to allocate and 35 to free when the magazine serves, the slab layer once in half
/// a magazine. Overhead: no bytes in the page for blocks of 16 KiB and less but the rounding; a byte of state an object, 72 bytes
/// of descriptor and 8 bytes of map a page outside. A large block costs its descriptor and its map entries.</para>
/// <para><b>Locking.</b> None yet: one CPU, and interrupt handlers do not allocate. Magazines belong to a CPU and stay without a lock, the
/// slab layer is where one goes.</para>
/// <para>State is in this struct and in pages of the source: no object references, usable before the first <c>new</c>.
/// Keep it in a static field and never copy it.</para>
/// </remarks>
/// <typeparam name="TPages">Where pages come from.</typeparam>
public unsafe partial struct KernelHeap<TPages>
    where TPages : struct, IPageSource
{
    /// <summary>The largest alignment that can be asked for.</summary>
    public const uint LargestAlignmentBytes = 2 * 1024 * 1024;

    // Classes and the one of large blocks.
    private const uint MagazineCount = SizeClasses.LargeIndex + 1;

    private SlabStore<TPages> _store;
    private byte* _magazines;
    private ulong _doubleFrees;
    private ulong _interiorPointers;
    private ulong _foreignPointers;
    private ulong _failedAllocations;
    private ulong _grantedLargeBytes;

    /// <summary>Takes the heap's tables, about 30 KiB and 10 bytes per 2 MiB of <paramref name="window"/>.</summary>
    /// <param name="pages">Where pages come from from now on.</param>
    /// <param name="window">The addresses that its pages can have.</param>
    /// <returns>False when there is not enough memory; nothing is kept then.</returns>
    public bool TryInitialize(TPages pages, PageRange window)
    {
        this = default;
        if (!_store.TryInitialize(pages, window, SizeClassScheme.KernelBlocks)) return false;
        if (!_store.TryTakeTablePages((nuint)MagazinePages, out _magazines))
        {
            _store.Dispose();
            return false;
        }

        for (uint i = 0; i < MagazineCount; i++)
        {
            // That of large blocks has room for nothing, which leads past it.
            Magazine.Initialize(MagazineOf(i), i < _store.ClassCount ? Magazine.CapacityFor(_store.Cache(i)->ObjectSize) : 0);
        }

        return true;
    }

    /// <summary>A block of at least <paramref name="sizeBytes"/> bytes of any content; kmalloc.</summary>
    /// <remarks>
    /// 16-byte aligned; 8-byte when no more than 8 bytes are asked for. Size 0 gives a block of the smallest class, distinct from
    /// all others and to be freed like them.
    /// </remarks>
    /// <returns>Null when there is no memory, or the size exceeds the window.</returns>
    public byte* Allocate(nuint sizeBytes)
    {
        if (sizeBytes <= SizeClasses.FineLimitBytes) return AllocateSmall(_store.ClassOfFine(sizeBytes), sizeBytes);
        return sizeBytes <= SizeClasses.LargestSmallBytes
            ? AllocateSmall(_store.ClassOf(sizeBytes), sizeBytes)
            : AllocateLarge(sizeBytes, 0);
    }

    /// <summary>A block like <see cref="Allocate"/>'s, its first <paramref name="sizeBytes"/> bytes zero.</summary>
    public byte* AllocateZeroed(nuint sizeBytes)
    {
        byte* block = Allocate(sizeBytes);
        if (block != null) RawMemory.Zero(block, sizeBytes);
        return block;
    }

    /// <summary>A zeroed block for <paramref name="count"/> elements of <paramref name="elementBytes"/> bytes; kcalloc.</summary>
    /// <returns>Null when there is no memory, or the product does not fit an address.</returns>
    public byte* AllocateArray(nuint count, nuint elementBytes)
    {
        nuint sizeBytes = unchecked(count * elementBytes);
        if (elementBytes == 0 || sizeBytes / elementBytes == count) return AllocateZeroed(sizeBytes);
        _failedAllocations++;
        return null;
    }

    /// <summary>A block whose address is a multiple of <paramref name="alignmentBytes"/>; kmalloc_aligned.</summary>
    /// <remarks>Above the page size a block takes at least half as many bytes as its alignment.</remarks>
    /// <returns>
    /// Null when there is no memory, or the alignment is not a power of two up to <see cref="LargestAlignmentBytes"/>.
    /// </returns>
    public byte* AllocateAligned(nuint sizeBytes, nuint alignmentBytes)
    {
        if (alignmentBytes == 0 || (alignmentBytes & (alignmentBytes - 1)) != 0 || alignmentBytes > LargestAlignmentBytes)
        {
            _failedAllocations++;
            return null;
        }

        if (sizeBytes > SizeClasses.LargestSmallBytes || alignmentBytes > PageNumber.SizeBytes)
            return AllocateLarge(sizeBytes, alignmentBytes >> PageNumber.Shift);

        // Slabs begin on a page: objects whose size is a multiple of the alignment are all aligned. 16 KiB is one for all here.
        uint classIndex = _store.ClassOf(sizeBytes);
        while ((_store.Cache(classIndex)->ObjectSize & (alignmentBytes - 1)) != 0) classIndex++;
        return AllocateSmall(classIndex, sizeBytes);
    }

    /// <summary>Makes a block hold <paramref name="newSizeBytes"/> bytes, in place when it can; krealloc.</summary>
    /// <remarks>
    /// In place while the block is large enough and at least half of it stays in use. Otherwise the content moves, as far as both sizes
    /// reach, and the alignment is <see cref="Allocate"/>'s. Null is an allocation. Size 0 shrinks to the smallest block; it does not free.
    /// </remarks>
    /// <returns>
    /// The block, perhaps elsewhere. Null when there is no memory, the old block being as before then, or when
    /// <paramref name="block"/> is none: counted as <see cref="Free"/> counts it.
    /// </returns>
    public byte* Reallocate(void* block, nuint newSizeBytes)
    {
        if (block == null) return Allocate(newSizeBytes);
        HeapFreeResult result = _store.Examine((byte*)block, out Slab* slab);
        if (result != HeapFreeResult.Ok)
        {
            Count(result);
            return null;
        }

        nuint oldSizeBytes = slab->ObjectSize;
        bool fits = newSizeBytes <= oldSizeBytes;
        if (fits && (newSizeBytes > oldSizeBytes / 2 || slab->ClassIndex == 0)) return (byte*)block;
        byte* moved = Allocate(newSizeBytes);

        // Without memory to move to, a block that is too large still does.
        if (moved == null) return fits ? (byte*)block : null;
        RawMemory.Copy((byte*)block, moved, fits ? newSizeBytes : oldSizeBytes);
        Free(block);
        return moved;
    }

    /// <summary>Frees a block; null is none and fine; kfree.</summary>
    /// <returns>What became of it; everything but Ok is counted and changes nothing else.</returns>
    public HeapFreeResult Free(void* block)
    {
        byte* address = (byte*)block;
        Slab* slab = _store.Map.Find(address);
        nuint offset = unchecked((nuint)address - (nuint)slab->Start);
        uint index = slab->IndexAt(offset);
        if (index * slab->ObjectSize != offset) return Refuse(address);

        // SAFETY: the descriptor has a state for every index that an address of its pages can give; the unknown one, for 0.
        byte* state = Slab.States(slab) + index;
        if (*state != ObjectState.Live) return Refuse(address);
        Magazine* magazine = MagazineOf(slab->ClassIndex);
        if (magazine->Top == magazine->End) return FreeBehindMagazine(slab, address, state);
        Push(magazine, address, state);
        return HeapFreeResult.Ok;
    }

    /// <summary>How many bytes a block holds, at least what was asked for; 0 when it is no live block; kmalloc_size.</summary>
    public readonly nuint SizeOf(void* block) =>
        _store.Examine((byte*)block, out Slab* slab) == HeapFreeResult.Ok ? slab->ObjectSize : 0;

    /// <summary>Gives everything back to the page source that no live block needs; returns how many pages that were.</summary>
    public ulong Trim()
    {
        nuint before = _store.SlabPages;
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            Magazine* magazine = MagazineOf(i);
            ReturnOldest(magazine, Magazine.Count(magazine));
        }

        _store.RemoveEmptySlabs();
        return before - _store.SlabPages;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* AllocateSmall(uint classIndex, nuint sizeBytes)
    {
        Magazine* magazine = MagazineOf(classIndex);
        if (magazine->Top == Magazine.Rounds(magazine)) return AllocateBehindMagazine(classIndex, sizeBytes);
        return Pop(magazine, sizeBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBehindMagazine(uint classIndex, nuint sizeBytes)
    {
        Magazine* magazine = MagazineOf(classIndex);
        uint wanted = Magazine.Capacity(magazine) / 2;
        uint taken = _store.Take(classIndex, Magazine.Rounds(magazine), wanted);
        if (taken == 0 && Trim() != 0) taken = _store.Take(classIndex, Magazine.Rounds(magazine), wanted);
        if (taken == 0)
        {
            _failedAllocations++;
            return null;
        }

        magazine->Top += taken;
        _store.Cache(classIndex)->Refills++;
        return Pop(magazine, sizeBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateLarge(nuint sizeBytes, nuint alignmentPages)
    {
        if (sizeBytes > _store.Map.SpanBytes)
        {
            _failedAllocations++;
            return null;
        }

        // More than half the alignment is a run that the source aligns to it. Also covers size 0, which comes with an alignment.
        nuint pageCount = (nuint)PageNumber.CountFor(sizeBytes);
        if (pageCount <= alignmentPages / 2) pageCount = (alignmentPages / 2) + 1;
        if (!_store.TryAddLarge(pageCount, out byte* block) && (Trim() == 0 || !_store.TryAddLarge(pageCount, out block)))
        {
            _failedAllocations++;
            return null;
        }

        Magazine* magazine = MagazineOf(SizeClasses.LargeIndex);
        magazine->Allocations++;
        magazine->RequestedBytes += sizeBytes;
        _grantedLargeBytes += pageCount << PageNumber.Shift;
        return block;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult FreeBehindMagazine(Slab* slab, byte* address, byte* state)
    {
        if (slab->ClassIndex == SizeClasses.LargeIndex)
        {
            _store.RemoveLarge(slab);
            return HeapFreeResult.Ok;
        }

        Magazine* magazine = MagazineOf(slab->ClassIndex);
        uint capacity = Magazine.Capacity(magazine);
        ReturnOldest(magazine, capacity - (capacity / 2));
        Push(magazine, address, state);
        return HeapFreeResult.Ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult Refuse(byte* address)
    {
        if (address == null) return HeapFreeResult.Ok;
        HeapFreeResult result = _store.Examine(address, out _);
        Count(result);
        return result;
    }

    private void Count(HeapFreeResult refusal)
    {
        if (refusal == HeapFreeResult.DoubleFree) _doubleFrees++;
        else if (refusal == HeapFreeResult.Interior) _interiorPointers++;
        else _foreignPointers++;
    }

    // The one place to index by CPU number when there are several.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Magazine* MagazineOf(uint classIndex) => (Magazine*)(_magazines + (classIndex * Magazine.StrideBytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Pop(Magazine* magazine, nuint sizeBytes)
    {
        // SAFETY: the magazine is not empty, so there is a round below its top.
        Magazine.Round* round = magazine->Top - 1;
        magazine->Top = round;
        magazine->Allocations++;
        magazine->RequestedBytes += sizeBytes;
        *round->State = ObjectState.Live;
        return round->Block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Push(Magazine* magazine, byte* block, byte* state)
    {
        // SAFETY: the magazine is not full, so there is room for a round at its top.
        Magazine.Round* round = magazine->Top;
        round->Block = block;
        round->State = state;
        *state = ObjectState.Cached;
        magazine->Top = round + 1;
    }

    private void ReturnOldest(Magazine* magazine, uint count)
    {
        Magazine.Round* rounds = Magazine.Rounds(magazine);
        uint held = Magazine.Count(magazine);
        for (uint i = 0; i < count; i++) _store.Return(rounds[i].Block, 1);
        for (uint i = count; i < held; i++) rounds[i - count] = rounds[i];
        magazine->Top -= count;
    }
}
