using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <summary>The heap of managed objects: zeroed memory from slabs that hold nothing else.</summary>
/// <remarks>
/// <para><b>Theory.</b> Objects up to 16 KiB come from slabs of their size class, larger ones are runs of pages; SlabStore, of which this heap has one of
/// its own, keeps both and finds them by address (see KernelHeap for slabs, states and the page map). So any word can be asked whether it
/// points into an object, which is what a conservative collector asks, and no page of raw memory is ever swept.</para>
/// <para>Allocation goes by <i>runs</i>: neighbouring free objects of one slab, at most a page of them, cleared when they are
/// taken. An object is the next one of its class's run, so the common case is an addition and a comparison, and the memory is in
/// the cache when the constructor writes it. In a fresh slab runs follow each other; in one with holes a run is a hole. The states
/// of a run's objects are Live from the moment it is taken; that the ones not handed out yet are not live objects follows from
/// the run's bounds. Freed objects keep their content until they are taken again: clearing happens once an object, at one place.</para>
/// <para><b>Invariants</b>, checked by <see cref="Validate"/>: I1 to I5 as KernelHeap's, no object being Cached; I6 a processor's run lies in one slab
/// of its class from the start of an object to the end of one, its objects are in state Live, and its memory is zero.</para>
/// <para><b>Cost.</b> Some 20 instructions for an object up to 1 KiB and the clearing, with 16-byte stores about 1 instruction per 9 bytes; a search
/// of a slab's states once a run. Outside the pages as KernelHeap's.</para>
/// <para><b>Locking.</b> Each processor has runs of its own, on lines of the cache that no other writes: an object from a run takes no lock, and
/// interrupt handlers do not allocate. All else takes the heap's lock: the next run, large objects, frees, handles, finalizers. What is read for
/// reports is not, and may be off by what is under way. A collection is for one processor while the others stand still; it takes no lock, for
/// none of them holds it.</para>
/// <para>Where another processor stands still in the midst of taking an object, nothing may be done to its runs, and nothing need be: they stay
/// as they are. What was not handed out of them, or was and has no type yet, is zero where its type will be, and the sweep passes over what has no
/// type. Only the runs of one that stands cleanly are given back (<see cref="RetireRuns(ProcessorLocals*)"/>).</para>
/// <para>State is in this struct and in pages of the source: no object references. Keep it in a static field and never copy it.</para>
/// </remarks>
/// <typeparam name="TPages">Where pages come from.</typeparam>
/// <typeparam name="TObjects">What objects look like.</typeparam>
/// <typeparam name="TLocals">How the running processor finds its runs.</typeparam>
/// <typeparam name="TGuard">What the heap's lock needs of the processor.</typeparam>
public unsafe partial struct ManagedHeap<TPages, TObjects, TLocals, TGuard>
    where TPages : struct, IPageSource
    where TObjects : struct, IObjectFormat
    where TLocals : struct, IProcessorLocals
    where TGuard : struct, ILockGuard
{
    /// <summary>A run is at most this long, or one object: what one allocation may have to clear.</summary>
    internal const uint MostRunBytes = (uint)PageNumber.SizeBytes;

    private SlabStore<TPages> _store;
    private TicketLock _lock;
    private ObjectFront* _fronts;
    private MarkStack _marks;
    private HandleTable _handles;
    private FinalizerList _finalizers;
    private bool _hasGrey;
    private uint _rescans;
    private ulong _takenSinceCollection;
    private ulong _ownPages;
    private ulong _doubleFrees;
    private ulong _interiorPointers;
    private ulong _foreignPointers;
    private ulong _failedAllocations;
    private ulong _largeAllocations;
    private ulong _largeRequestedBytes;
    private ulong _largeGrantedBytes;

    /// <summary>Takes the heap's tables, about 32 KiB, 10 bytes per 2 MiB and a page per 8 MiB of <paramref name="window"/>.</summary>
    /// <param name="pages">Where pages come from from now on.</param>
    /// <param name="window">The addresses that its pages can have.</param>
    /// <returns>False when there is not enough memory; nothing is kept then.</returns>
    public bool TryInitialize(TPages pages, PageRange window)
    {
        this = default;
        _lock = new TicketLock(LockRank.Heap);
        if (!_store.TryInitialize(pages, window, SizeClassScheme.ManagedObjects)) return false;
        nuint markPages = MarkStack.PagesFor(window.Count);
        if (!_store.TryTakeTablePages(markPages, out byte* marks))
        {
            _store.Dispose();
            return false;
        }

        if (!TryAddProcessor(default(TLocals).Current))
        {
            _store.ReturnTablePages(marks, markPages);
            _store.Dispose();
            return false;
        }

        _marks.Initialize(marks, markPages);
        _ownPages += markPages;
        return true;
    }

    /// <summary>Zeroed memory for an object of <paramref name="sizeBytes"/> bytes, header and all; 8-byte aligned.</summary>
    /// <returns>Null when there is no memory, or the size exceeds the window.</returns>
    public byte* Allocate(nuint sizeBytes)
    {
        byte* start = TryAllocateFromRun(sizeBytes);
        return start != null ? start : AllocateFurther(sizeBytes);
    }

    /// <summary>As <see cref="Allocate"/> where the size's run has an object left, null otherwise: the common case, for callers that inline it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* TryAllocateFromRun(nuint sizeBytes)
    {
        ObjectFront* front = (ObjectFront*)default(TLocals).Current->Objects;
        if (sizeBytes > SizeClasses.FineLimitBytes) return null;
        ObjectRun* run = ObjectFront.ByStep(front)[SizeClasses.FineEntry(sizeBytes)];
        byte* start = run->Next;
        byte* next = start + run->ObjectSize;
        if (next > run->End) return null;
        run->Next = next;
        run->RequestedBytes += sizeBytes;
        return start;
    }

    /// <summary>Frees the object that begins at <paramref name="start"/>; null is none and fine.</summary>
    /// <returns>What became of it; everything but Ok is counted and changes nothing else.</returns>
    public HeapFreeResult Free(void* start)
    {
        if (start == null) return HeapFreeResult.Ok;
        bool wereOn = _lock.Acquire(default(TGuard));
        HeapFreeResult result = FreeExamined((byte*)start);
        _lock.Release(default(TGuard), wereOn);
        return result;
    }

    /// <summary>How many bytes the object that begins at <paramref name="start"/> has; 0 when none does.</summary>
    public nuint SizeOf(void* start)
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        nuint sizeBytes = Examine((byte*)start, out Slab* slab) == HeapFreeResult.Ok ? slab->ObjectSize : 0;
        _lock.Release(default(TGuard), wereOn);
        return sizeBytes;
    }

    /// <summary>The object that the byte at <paramref name="address"/> lies in; any value may be asked.</summary>
    /// <remarks>Cost: the lock, two loads to find the slab, a multiplication, a state, a look at each processor's run.</remarks>
    public bool TryFindObject(void* address, out byte* start, out nuint sizeBytes)
    {
        start = null;
        sizeBytes = 0;
        bool wereOn = _lock.Acquire(default(TGuard));
        Slab* slab = _store.Map.Find((byte*)address);
        if (_store.Map.IsKnown(slab))
        {
            uint index = slab->IndexAt((nuint)((byte*)address - slab->Start));
            byte* found = slab->Start + (index * slab->ObjectSize);
            if (Examine(found, out _) == HeapFreeResult.Ok)
            {
                start = found;
                sizeBytes = slab->ObjectSize;
            }
        }

        _lock.Release(default(TGuard), wereOn);
        return start != null;
    }

    /// <summary>Gives the rests of this processor's runs back to their slabs: afterwards the states tell exactly what of them is an object.</summary>
    public void RetireRuns()
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        RetireRunsOf((ObjectFront*)default(TLocals).Current->Objects);
        _lock.Release(default(TGuard), wereOn);
    }

    /// <summary>As <see cref="RetireRuns()"/> for another processor's, which stands still and is not in the midst of taking an object.</summary>
    public void RetireRuns(ProcessorLocals* processor)
    {
        if (processor->Objects == null) return;
        bool wereOn = _lock.Acquire(default(TGuard));
        RetireRunsOf((ObjectFront*)processor->Objects);
        _lock.Release(default(TGuard), wereOn);
    }

    /// <summary>Gives everything back to the page source that no object and no other processor's run needs; returns how many pages that were.</summary>
    public ulong Trim()
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        ulong pages = TrimLocked();
        _lock.Release(default(TGuard), wereOn);
        return pages;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateFurther(nuint sizeBytes)
    {
        bool wereOn = _lock.Acquire(default(TGuard));
        bool isSmall = sizeBytes <= SizeClasses.LargestSmallBytes;
        byte* start = isSmall ? AllocateFromRun(_store.ClassOf(sizeBytes), sizeBytes) : AllocateLarge(sizeBytes);
        if (start == null) _failedAllocations++;
        _lock.Release(default(TGuard), wereOn);

        // Outside the lock, since it takes long: without a type it is an object that is being made.
        if (!isSmall && start != null) RawMemory.Zero(start, (nuint)PageNumber.CountFor(sizeBytes) << PageNumber.Shift);
        return start;
    }

    private byte* AllocateFromRun(uint classIndex, nuint sizeBytes)
    {
        ObjectRun* run = ObjectFront.Runs((ObjectFront*)default(TLocals).Current->Objects) + classIndex;
        if (run->Remaining == 0 && !TryTakeRun(run, classIndex) && (TrimLocked() == 0 || !TryTakeRun(run, classIndex))) return null;
        byte* start = run->Next;
        run->Next = start + run->ObjectSize;
        run->RequestedBytes += sizeBytes;
        return start;
    }

    private byte* AllocateLarge(nuint sizeBytes)
    {
        if (sizeBytes > _store.Map.SpanBytes) return null;
        nuint pageCount = (nuint)PageNumber.CountFor(sizeBytes);
        if (!_store.TryAddLarge(pageCount, out byte* start) && (TrimLocked() == 0 || !_store.TryAddLarge(pageCount, out start))) return null;
        _largeAllocations++;
        _largeRequestedBytes += sizeBytes;
        _largeGrantedBytes += pageCount << PageNumber.Shift;
        _takenSinceCollection += pageCount << PageNumber.Shift;
        ManagedObject.ClearType(start + ManagedObject.HeaderBytes);
        return start;
    }

    // The run before is used up.
    private bool TryTakeRun(ObjectRun* run, uint classIndex)
    {
        uint most = MostRunBytes / (uint)run->ObjectSize;
        uint count = _store.TakeNeighbours(classIndex, most == 0 ? 1 : most, out byte* first);
        if (count == 0) return false;
        RawMemory.Zero(first, count * run->ObjectSize);
        run->Next = first;
        run->End = first + (count * run->ObjectSize);
        run->TakenObjects += count;
        _takenSinceCollection += count * run->ObjectSize;
        _store.Cache(classIndex)->Refills++;
        return true;
    }

    private void RetireRunsOf(ObjectFront* front)
    {
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            ObjectRun* run = ObjectFront.Runs(front) + i;
            uint remaining = run->Remaining;
            byte* rest = run->Next;
            run->Next = null;
            run->End = null;
            if (remaining == 0) continue;
            run->TakenObjects -= remaining;
            _store.Return(rest, remaining);
        }
    }

    private ulong TrimLocked()
    {
        nuint before = _store.SlabPages;
        RetireRunsOf((ObjectFront*)default(TLocals).Current->Objects);
        _store.RemoveEmptySlabs();
        return before - _store.SlabPages;
    }

    private HeapFreeResult FreeExamined(byte* start)
    {
        HeapFreeResult result = Examine(start, out Slab* slab);
        if (result == HeapFreeResult.Ok)
        {
            if (slab->ClassIndex == SizeClasses.LargeIndex) _store.RemoveLarge(slab);
            else _store.Return(start, 1);
        }
        else if (result == HeapFreeResult.DoubleFree) _doubleFrees++;
        else if (result == HeapFreeResult.Interior) _interiorPointers++;
        else _foreignPointers++;
        return result;
    }

    // With the lock held, or nothing else going on: then where a run ends does not change, and where it goes on only moves towards that.
    private readonly HeapFreeResult Examine(byte* start, out Slab* slab)
    {
        HeapFreeResult result = _store.Examine(start, out slab);
        if (result != HeapFreeResult.Ok || slab->ClassIndex == SizeClasses.LargeIndex) return result;
        for (ObjectFront* front = _fronts; front != null; front = front->NextFront)
        {
            ObjectRun* run = ObjectFront.Runs(front) + slab->ClassIndex;
            if (start >= run->Next && start < run->End) return HeapFreeResult.DoubleFree;
        }

        return HeapFreeResult.Ok;
    }
}
