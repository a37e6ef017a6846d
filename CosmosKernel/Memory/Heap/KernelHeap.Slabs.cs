using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>What happens behind the magazines: refills, returns, large blocks, refusals. But where it says otherwise the lock is held.</content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    // Without the lock. No register is kept over a call, so none is saved.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBig(HeapFront* front, nuint sizeBytes)
    {
        if (sizeBytes > SizeClasses.LargestSmallBytes) return AllocateBehind(sizeBytes, 1, BlockKind.Plain);
        Magazine* magazine = HeapFront.OfClass(front, _store.ClassOfCoarse(sizeBytes));
        Magazine.Round* top = Magazine.TopOf(magazine, Words);
        byte* state = Magazine.TopState(top, Words);
        return Words.Read(ref *state) == ObjectState.Cached ? Magazine.Pop(magazine, top, state, sizeBytes, Words) : AllocateServed(magazine, sizeBytes);
    }

    // Without the lock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateServed(Magazine* magazine, nuint sizeBytes) => Magazine.Pop(Serve(magazine, sizeBytes), sizeBytes, Words);

    // Without the lock. No register is kept over a call, so none is saved.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateCleared(HeapFront* front, nuint sizeBytes)
    {
        if (sizeBytes > SizeClasses.FineLimitBytes) return AllocateAndZero(sizeBytes);
        Magazine* magazine = HeapFront.OfSize(front, sizeBytes);
        Magazine.Round* top = Magazine.TopOf(magazine, Words);
        byte* state = Magazine.TopState(top, Words);
        if (Words.Read(ref *state) != ObjectState.Cached) return AllocateAndZero(sizeBytes);
        byte* block = Magazine.Pop(magazine, top, state, sizeBytes, Words);
        RawMemory.ZeroObject(block, magazine->ObjectSize);
        return block;
    }

    // Without the lock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateAndZero(nuint sizeBytes)
    {
        byte* block = Allocate(sizeBytes);
        if (block == null) return null;
        SetKind(block, BlockKind.Zeroed);
        RawMemory.Zero(block, SizeOf(block));
        return block;
    }

    /// <summary>Fills a magazine of this CPU's; or gives another one whose topmost round is the block, or null. Without the lock.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Magazine* Serve(Magazine* magazine, nuint sizeBytes)
    {
        HeapFront* front = Front;
        if (magazine->ClassIndex == SizeClasses.LargeIndex) return HeapFront.Deliver(front, AllocateBehind(sizeBytes, 1, BlockKind.Plain), Words);
        Poll();
        bool wereOn = Enter();
        bool isFilled = TryFill(magazine);
        Leave(wereOn);
        if (isFilled) return magazine;

        // The long way, on which others are asked for what they have.
        return HeapFront.Deliver(front, AllocateBehind(sizeBytes, 1, BlockKind.Plain), Words);
    }

    /// <summary>A block by the way on which every call is seen. Without the lock.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBehind(nuint sizeBytes, nuint alignmentBytes, BlockKind kind, Telling telling = Telling.Observer)
    {
        Poll();
        byte* block = IsGuarded(sizeBytes, alignmentBytes) ? AllocateGuarded(sizeBytes, kind, telling) : null;
        if (block == null) block = AllocateOnce(sizeBytes, alignmentBytes, kind, telling);
        if (block == null && sizeBytes <= _store.Map.SpanBytes && _askOthers != null)
        {
            _askOthers();
            block = AllocateOnce(sizeBytes, alignmentBytes, kind, telling);
        }

        return block == null ? Fail() : block;
    }

    // Without the lock.
    private byte* AllocateOnce(nuint sizeBytes, nuint alignmentBytes, BlockKind kind, Telling telling)
    {
        bool wereOn = Enter();
        byte* block = _guard == null ? AllocateCore(sizeBytes, alignmentBytes) : AllocateWatched(sizeBytes, alignmentBytes, kind);
        if (telling == Telling.Observer) Tell(block, sizeBytes);
        Leave(wereOn);
        return block;
    }

    /// <summary>What is below watching: a block from this CPU's magazines, or pages.</summary>
    private byte* AllocateCore(nuint sizeBytes, nuint alignmentBytes)
    {
        uint classIndex = ClassFor(sizeBytes, alignmentBytes);
        if (classIndex == SizeClasses.LargeIndex) return AllocateLarge(sizeBytes, alignmentBytes);
        return _policy == null ? AllocateSmall(OwnMagazine(classIndex), sizeBytes) : AllocateByPolicy(sizeBytes, alignmentBytes);
    }

    private byte* AllocateSmall(Magazine* magazine, nuint sizeBytes)
    {
        if (TryFill(magazine)) return Magazine.Pop(magazine, sizeBytes, Words);
        TrimCore();
        return TryFill(magazine) ? Magazine.Pop(magazine, sizeBytes, Words) : null;
    }

    /// <summary>Sees to it that a magazine of this CPU's has a round.</summary>
    private bool TryFill(Magazine* magazine)
    {
        uint classIndex = magazine->ClassIndex;
        for (DropLostRounds(magazine); Magazine.TopOf(magazine, Words) == magazine->Bottom; DropLostRounds(magazine))
        {
            HeapFront* own = Front->Own;
            uint taken = own->Depot.Take(ref _store, classIndex, magazine->Bottom);
            if (taken == 0) taken = _store.Take(classIndex, own->Owner, magazine->Bottom, Magazine.Capacity(magazine) / 2, Words);
            if (taken == 0) return false;
            Magazine.MoveTop(magazine, (int)taken, Words);
            _store.Cache(classIndex)->Refills++;
        }

        return true;
    }

    private byte* AllocateLarge(nuint sizeBytes, nuint alignmentBytes)
    {
        if (sizeBytes > _store.Map.SpanBytes) return null;
        nuint pageCount = PagesFor(sizeBytes, alignmentBytes);
        if (!_store.TryAddLarge(pageCount, out byte* block) && (TrimCore() == 0 || !_store.TryAddLarge(pageCount, out block))) return null;
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

    // Without the lock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult FreeBehindMagazine(Magazine* magazine, byte* address, byte* state)
    {
        if (magazine->ClassIndex == SizeClasses.LargeIndex) return FreeOther(address);
        Poll();
        bool wereOn = Enter();
        FreeEmptying(magazine, address, state);
        Leave(wereOn);
        return HeapFreeResult.Ok;
    }

    private void FreeEmptying(Magazine* magazine, byte* address, byte* state)
    {
        uint capacity = Magazine.Capacity(magazine);
        if (Magazine.TopOf(magazine, Words) == magazine->End) GiveOldest(magazine, capacity - (capacity / 2));
        Magazine.Push(magazine, Magazine.TopOf(magazine, Words), address, state, Words);
    }

    // Without the lock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult FreeOther(byte* address)
    {
        if (address == null) return HeapFreeResult.Ok;
        bool wereOn = Enter();
        HeapFreeResult result = TellFreed(address, FreeOnce(address));
        LeaveFreeing(wereOn);
        return result;
    }

    private HeapFreeResult FreeOnce(byte* address) => _guard == null ? FreeCore(address) : FreeWatched(address);

    /// <summary>Leaves, and then unmaps the block that was between unmapped pages: that takes locks that come before this one.</summary>
    private void LeaveFreeing(bool wereOn)
    {
        byte* pages = _guard == null ? null : _guard->TakeUnmapped();
        Leave(wereOn);
        if (pages != null) _guard->Options.FreeGuarded(pages);
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

        FreeEmptying(OwnMagazine(slab->ClassIndex), address, Slab.States(slab) + slab->IndexAt((nuint)(address - slab->Start)));
        return HeapFreeResult.Ok;
    }

    private HeapFreeResult Refuse(HeapFreeResult reason)
    {
        _refusals[(int)reason]++;
        return reason;
    }

    // Without the lock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private HeapFreeResult RefuseNow(HeapFreeResult reason)
    {
        bool wereOn = Enter();
        Refuse(reason);
        Leave(wereOn);
        return reason;
    }

    // Without the lock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Fail()
    {
        bool wereOn = Enter();
        _failedAllocations++;
        Leave(wereOn);
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

    // With or without the lock: a block that is the caller's stays as it is.
    private readonly HeapFreeResult ExamineSized(byte* block, nuint sizeBytes, nuint alignmentBytes)
    {
        HeapFreeResult result = ExamineCore(block, out Slab* slab, out nuint granted);
        bool isWrong = result == HeapFreeResult.Ok && (sizeBytes > granted || !IsOf(slab, sizeBytes, alignmentBytes));
        return isWrong ? HeapFreeResult.WrongSize : result;
    }

    private readonly bool IsOf(Slab* slab, nuint sizeBytes, nuint alignmentBytes)
    {
        if (sizeBytes > slab->ObjectSize) return false;
        if (slab->ClassIndex >= SizeClasses.FirstOwnIndex) return slab->ClassIndex != SizeClasses.ExtentIndex || ClassFor(sizeBytes, alignmentBytes) != SizeClasses.LargeIndex;
        if (slab->ClassIndex != ClassFor(sizeBytes, alignmentBytes)) return false;
        return slab->ClassIndex != SizeClasses.LargeIndex || slab->PageCount == PagesFor(sizeBytes, alignmentBytes);
    }

    private void EmptyMagazines(HeapFront* front)
    {
        for (uint i = 0; i < _store.CacheLimit; i++) EmptyMagazine(HeapFront.OfClass(front, i));
    }
}
