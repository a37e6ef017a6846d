using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
/// <para><b>Invariants</b>, checked by <see cref="Validate"/>: I1 to I5 as KernelHeap's, no object being Cached; I6 a run lies in one slab of its class
/// from the start of an object to the end of one, its objects are in state Live, and its memory is zero.</para>
/// <para><b>Cost.</b> Some 20 instructions for an object up to 1 KiB and the clearing, with 16-byte stores about 1 instruction per 9 bytes; a search
/// of a slab's states once a run. Outside the pages as KernelHeap's.</para>
/// <para><b>Locking.</b> None yet: one CPU, and interrupt handlers do not allocate. Runs belong to a CPU.</para>
/// <para>State is in this struct and in pages of the source: no object references. Keep it in a static field and never copy it.</para>
/// </remarks>
/// <typeparam name="TPages">Where pages come from.</typeparam>
/// <typeparam name="TObjects">What objects look like.</typeparam>
public unsafe partial struct ManagedHeap<TPages, TObjects>
    where TPages : struct, IPageSource
    where TObjects : struct, IObjectFormat
{
    /// <summary>A run is at most this long, or one object: what one allocation may have to clear.</summary>
    internal const uint MostRunBytes = (uint)PageNumber.SizeBytes;

    private SlabStore<TPages> _store;
    private Run* _runs;
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

    /// <summary>The objects of a class that are next, and its counters. 64 bytes, so that indexing is a shift.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Run
    {
        internal byte* Next;
        internal byte* End;
        internal nuint ObjectSize;
        internal ulong RequestedBytes;

        /// <summary>Objects taken from slabs since the start, less those given back from runs.</summary>
        internal ulong TakenObjects;

        internal readonly uint Remaining => (uint)((nuint)(End - Next) / ObjectSize);
    }

    /// <summary>Takes the heap's tables, about 32 KiB, 10 bytes per 2 MiB and a page per 8 MiB of <paramref name="window"/>.</summary>
    /// <param name="pages">Where pages come from from now on.</param>
    /// <param name="window">The addresses that its pages can have.</param>
    /// <returns>False when there is not enough memory; nothing is kept then.</returns>
    public bool TryInitialize(TPages pages, PageRange window)
    {
        this = default;
        if (!_store.TryInitialize(pages, window, SizeClassScheme.ManagedObjects)) return false;
        nuint markPages = MarkStack.PagesFor(window.Count);
        if (!_store.TryTakeTablePages((nuint)RunPages, out byte* runs))
        {
            _store.Dispose();
            return false;
        }

        if (!_store.TryTakeTablePages(markPages, out byte* marks))
        {
            _store.ReturnTablePages(runs, (nuint)RunPages);
            _store.Dispose();
            return false;
        }

        _runs = (Run*)runs;
        _marks.Initialize(marks, markPages);
        _ownPages = RunPages + markPages;
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            _runs[i] = default;
            _runs[i].ObjectSize = _store.Cache(i)->ObjectSize;
        }

        return true;
    }

    /// <summary>Zeroed memory for an object of <paramref name="sizeBytes"/> bytes, header and all; 8-byte aligned.</summary>
    /// <returns>Null when there is no memory, or the size exceeds the window.</returns>
    public byte* Allocate(nuint sizeBytes)
    {
        if (sizeBytes > SizeClasses.FineLimitBytes) return AllocateBig(sizeBytes);
        return AllocateSmall(_store.ClassOfFine(sizeBytes), sizeBytes);
    }

    /// <summary>As <see cref="Allocate"/> where the size's run has an object left, null otherwise: the common case, for callers that inline it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* TryAllocateFromRun(nuint sizeBytes)
    {
        if (sizeBytes > SizeClasses.FineLimitBytes) return null;
        Run* run = _runs + _store.ClassOfFine(sizeBytes);
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
        byte* address = (byte*)start;
        HeapFreeResult result = Examine(address, out Slab* slab);
        if (result == HeapFreeResult.Ok)
        {
            if (slab->ClassIndex == SizeClasses.LargeIndex) _store.RemoveLarge(slab);
            else _store.Return(address, 1);
        }
        else if (result == HeapFreeResult.DoubleFree) _doubleFrees++;
        else if (result == HeapFreeResult.Interior) _interiorPointers++;
        else _foreignPointers++;
        return result;
    }

    /// <summary>How many bytes the object that begins at <paramref name="start"/> has; 0 when none does.</summary>
    public readonly nuint SizeOf(void* start) =>
        Examine((byte*)start, out Slab* slab) == HeapFreeResult.Ok ? slab->ObjectSize : 0;

    /// <summary>The object that the byte at <paramref name="address"/> lies in; any value may be asked.</summary>
    /// <remarks>Cost: two loads to find the slab, a multiplication, a state.</remarks>
    public readonly bool TryFindObject(void* address, out byte* start, out nuint sizeBytes)
    {
        start = null;
        sizeBytes = 0;
        Slab* slab = _store.Map.Find((byte*)address);
        if (!_store.Map.IsKnown(slab)) return false;
        uint index = slab->IndexAt((nuint)((byte*)address - slab->Start));
        byte* found = slab->Start + (index * slab->ObjectSize);
        if (Examine(found, out _) != HeapFreeResult.Ok) return false;
        start = found;
        sizeBytes = slab->ObjectSize;
        return true;
    }

    /// <summary>Gives the rests of all runs back to their slabs: afterwards the states tell exactly what is an object.</summary>
    public void RetireRuns()
    {
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            Run* run = _runs + i;
            uint remaining = run->Remaining;
            byte* rest = run->Next;
            run->Next = null;
            run->End = null;
            if (remaining == 0) continue;
            run->TakenObjects -= remaining;
            _store.Return(rest, remaining);
        }
    }

    /// <summary>Gives everything back to the page source that no object needs; returns how many pages that were.</summary>
    public ulong Trim()
    {
        nuint before = _store.SlabPages;
        RetireRuns();
        _store.RemoveEmptySlabs();
        return before - _store.SlabPages;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* AllocateSmall(uint classIndex, nuint sizeBytes)
    {
        Run* run = _runs + classIndex;
        byte* start = run->Next;
        byte* next = start + run->ObjectSize;
        if (next > run->End) return AllocateBehindRun(classIndex, sizeBytes);
        run->Next = next;
        run->RequestedBytes += sizeBytes;
        return start;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBehindRun(uint classIndex, nuint sizeBytes)
    {
        if (TryTakeRun(classIndex) || (Trim() != 0 && TryTakeRun(classIndex))) return AllocateSmall(classIndex, sizeBytes);
        _failedAllocations++;
        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateBig(nuint sizeBytes)
    {
        if (sizeBytes <= SizeClasses.LargestSmallBytes) return AllocateSmall(_store.ClassOf(sizeBytes), sizeBytes);
        if (sizeBytes <= _store.Map.SpanBytes)
        {
            nuint pageCount = (nuint)PageNumber.CountFor(sizeBytes);
            if (_store.TryAddLarge(pageCount, out byte* start) || (Trim() != 0 && _store.TryAddLarge(pageCount, out start)))
            {
                _largeAllocations++;
                _largeRequestedBytes += sizeBytes;
                _largeGrantedBytes += pageCount << PageNumber.Shift;
                _takenSinceCollection += pageCount << PageNumber.Shift;
                RawMemory.Zero(start, pageCount << PageNumber.Shift);
                return start;
            }
        }

        _failedAllocations++;
        return null;
    }

    // The run before is used up.
    private bool TryTakeRun(uint classIndex)
    {
        Run* run = _runs + classIndex;
        uint most = MostRunBytes / (uint)run->ObjectSize;
        uint count = _store.TakeNeighbours(classIndex, most == 0 ? 1 : most, out byte* first);
        if (count == 0) return false;
        run->Next = first;
        run->End = first + (count * run->ObjectSize);
        run->TakenObjects += count;
        _takenSinceCollection += count * run->ObjectSize;
        _store.Cache(classIndex)->Refills++;
        RawMemory.Zero(first, count * run->ObjectSize);
        return true;
    }

    private readonly HeapFreeResult Examine(byte* start, out Slab* slab)
    {
        HeapFreeResult result = _store.Examine(start, out slab);
        if (result != HeapFreeResult.Ok || slab->ClassIndex == SizeClasses.LargeIndex) return result;
        Run* run = _runs + slab->ClassIndex;
        return start >= run->Next && start < run->End ? HeapFreeResult.DoubleFree : HeapFreeResult.Ok;
    }
}
