using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>What happens behind the magazines: refills, returns, large blocks, refusals.</content>
public unsafe partial struct KernelHeap<TPages>
{
    private byte* AllocateSmall(Magazine* magazine, nuint sizeBytes) =>
        magazine->Top == magazine->Bottom ? AllocateBehindMagazine(magazine, sizeBytes) : Magazine.Pop(magazine, magazine->Top, sizeBytes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBig(nuint sizeBytes)
    {
        uint classIndex = sizeBytes <= SizeClasses.LargestSmallBytes ? _store.ClassOf(sizeBytes) : SizeClasses.LargeIndex;
        return AllocateSmall(HeapFront.OfClass(_front, classIndex), sizeBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateAndZero(nuint sizeBytes)
    {
        byte* block = Allocate(sizeBytes);
        if (block == null) return null;
        SetKind(block, BlockKind.Zeroed);
        RawMemory.Zero(block, SizeOf(block));
        return block;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBehindMagazine(Magazine* magazine, nuint sizeBytes)
    {
        if (magazine->ClassIndex != SizeClasses.LargeIndex) return AllocateFilling(magazine, sizeBytes);
        return Tell(_guard == null ? AllocateCore(sizeBytes, 1) : AllocateWatched(sizeBytes, 1, BlockKind.Plain), sizeBytes);
    }

    /// <summary>What is below watching: a block from this CPU's magazines, or pages.</summary>
    private byte* AllocateCore(nuint sizeBytes, nuint alignmentBytes)
    {
        uint classIndex = ClassFor(sizeBytes, alignmentBytes);
        if (classIndex == SizeClasses.LargeIndex) return AllocateLarge(sizeBytes, alignmentBytes);
        return _policy == null ? AllocateSmall(OwnMagazine(classIndex), sizeBytes) : AllocateByPolicy(sizeBytes, alignmentBytes);
    }

    private byte* AllocateFilling(Magazine* magazine, nuint sizeBytes)
    {
        if (!TryFill(magazine) && (Trim() == 0 || !TryFill(magazine))) return Fail();
        return Magazine.Pop(magazine, magazine->Top, sizeBytes);
    }

    private bool TryFill(Magazine* magazine)
    {
        uint classIndex = magazine->ClassIndex;
        uint taken = _depot.Take(ref _store, classIndex, magazine->Bottom);
        if (taken == 0) taken = _store.Take(classIndex, magazine->Bottom, Magazine.Capacity(magazine) / 2);
        if (taken == 0) return false;
        magazine->Top = magazine->Bottom + taken;
        _store.Cache(classIndex)->Refills++;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateLarge(nuint sizeBytes, nuint alignmentBytes)
    {
        if (sizeBytes > _store.Map.SpanBytes) return Fail();
        nuint pageCount = PagesFor(sizeBytes, alignmentBytes);
        if (!_store.TryAddLarge(pageCount, out byte* block) && (Trim() == 0 || !_store.TryAddLarge(pageCount, out block))) return Fail();
        _largeAllocations++;
        _requestedLargeBytes += sizeBytes;
        _grantedLargeBytes += pageCount << PageNumber.Shift;
        return block;
    }

    // Slabs begin at a multiple of their objects' own alignment: objects whose size is a multiple of the wanted one are all aligned.
    private readonly uint AlignedClassOf(nuint sizeBytes, nuint alignmentBytes)
    {
        uint classIndex = _store.ClassOf(sizeBytes);
        while (classIndex < _store.ClassCount && (_store.Cache(classIndex)->ObjectSize & (alignmentBytes - 1)) != 0) classIndex++;
        return classIndex < _store.ClassCount ? classIndex : SizeClasses.LargeIndex;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult FreeBehindMagazine(Magazine* magazine, byte* address, byte* state)
    {
        if (magazine->ClassIndex == SizeClasses.LargeIndex) return FreeOther(address);
        FreeEmptying(magazine, address, state);
        return HeapFreeResult.Ok;
    }

    private void FreeEmptying(Magazine* magazine, byte* address, byte* state)
    {
        uint capacity = Magazine.Capacity(magazine);
        uint count = capacity - (capacity / 2);
        if (_depot.TryPut(ref _store, magazine->ClassIndex, magazine->Bottom, count)) Drop(magazine, count);
        else ReturnOldest(magazine, count);
        Magazine.Push(magazine, magazine->Top, address, state);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult FreeOther(byte* address)
    {
        if (address == null) return HeapFreeResult.Ok;
        return TellFreed(address, _guard == null ? FreeCore(address) : FreeWatched(address));
    }

    /// <summary>What is below watching: puts a block back to where <see cref="AllocateCore"/> takes them from.</summary>
    private HeapFreeResult FreeCore(byte* address)
    {
        HeapFreeResult result = ExamineCore(address, out Slab* slab, out _);
        if (result != HeapFreeResult.Ok) return Refuse(result);
        if (Slab.IsRun(slab))
        {
            if (slab->ClassIndex == SizeClasses.LargeIndex) _store.RemoveLarge(slab);
            else FreeByPolicy(slab, address);
            return HeapFreeResult.Ok;
        }

        Magazine* magazine = OwnMagazine(slab->ClassIndex);
        byte* state = Slab.States(slab) + slab->IndexAt((nuint)(address - slab->Start));
        if (magazine->Top == magazine->End) FreeEmptying(magazine, address, state);
        else Magazine.Push(magazine, magazine->Top, address, state);
        return HeapFreeResult.Ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult Refuse(HeapFreeResult reason)
    {
        _refusals[(int)reason]++;
        return reason;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Fail()
    {
        _failedAllocations++;
        return null;
    }

    /// <summary>The class that serves a size and an alignment, or the one of large blocks.</summary>
    private readonly uint ClassFor(nuint sizeBytes, nuint alignmentBytes) =>
        sizeBytes <= SizeClasses.LargestSmallBytes && alignmentBytes <= PageNumber.SizeBytes ? AlignedClassOf(sizeBytes, alignmentBytes) : SizeClasses.LargeIndex;

    /// <summary>The pages of a large block: more than half the alignment is a run that the source aligns to it. That covers size 0, too, which comes with an alignment.</summary>
    private static nuint PagesFor(nuint sizeBytes, nuint alignmentBytes)
    {
        nuint pageCount = (nuint)PageNumber.CountFor(sizeBytes);
        nuint half = alignmentBytes >> (PageNumber.Shift + 1);
        return pageCount > half ? pageCount : half + 1;
    }

    private readonly bool IsOf(Slab* slab, nuint sizeBytes, nuint alignmentBytes)
    {
        if (sizeBytes > slab->ObjectSize) return false;
        if (slab->ClassIndex >= SizeClasses.FirstOwnIndex) return slab->ClassIndex != SizeClasses.ExtentIndex || ClassFor(sizeBytes, alignmentBytes) != SizeClasses.LargeIndex;
        if (slab->ClassIndex != ClassFor(sizeBytes, alignmentBytes)) return false;
        return slab->ClassIndex != SizeClasses.LargeIndex || slab->PageCount == PagesFor(sizeBytes, alignmentBytes);
    }

    private void ReturnOldest(Magazine* magazine, uint count)
    {
        for (uint i = 0; i < count; i++) _store.Return(magazine->Bottom[i].Block, 1);
        Drop(magazine, count);
    }

    private static void Drop(Magazine* magazine, uint count)
    {
        Magazine.Round* rounds = magazine->Bottom;
        uint held = Magazine.Count(magazine);
        for (uint i = count; i < held; i++) rounds[i - count] = rounds[i];
        magazine->Top -= count;
    }

    private void EmptyDepot(uint classIndex)
    {
        for (Magazine.Round* rounds = _depot.BundleAt(classIndex, 0, out uint count); rounds != null; rounds = _depot.BundleAt(classIndex, 0, out count))
        {
            for (uint i = 0; i < count; i++) _store.Return(rounds[i].Block, 1);
            _depot.Drop(ref _store, classIndex);
        }
    }
}
