using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Each CPU's magazines, and the lock of what they share.</content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    private const uint BundlesPerCpu = 2;

    // What stands before this CPU's magazines, or they themselves.
    private readonly HeapFront* Front
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // SAFETY: it lies behind the store. Named as a field it costs a look at whether there is a heap at all, where it is no more than a type.
            ref SlabStore<TPages> store = ref Unsafe.As<KernelHeap<TPages, TProcessor, TWords>, SlabStore<TPages>>(ref Unsafe.AsRef(in this));
            return (HeapFront*)Unsafe.As<SlabStore<TPages>, TProcessor>(ref Unsafe.Add(ref store, 1)).Current->Blocks;
        }
    }

    /// <summary>Gives a CPU magazines of its own, before it calls the heap for the first time; false when there is no memory for them, nothing is kept then.</summary>
    /// <param name="processor">What the CPU will find as its own; it stays where it is.</param>
    public bool TryAddCpu(ProcessorLocals* processor)
    {
        bool wereOn = Enter();
        bool isAdded = TryMakeFront(processor);
        Leave(wereOn);
        return isAdded;
    }

    /// <summary>Says what to call at the beginning of a slow way, and when memory has run out; both may have CPUs <see cref="Drain"/>.</summary>
    /// <param name="poll">Does what other CPUs ask of the running one.</param>
    /// <param name="askOthers">Asks the others to give back what they keep, and waits for it as long as is worth it. No lock of the heap is held.</param>
    public void UseSafePoints(delegate*<void> poll, delegate*<void> askOthers)
    {
        _poll = poll;
        _askOthers = askOthers;
    }

    /// <summary>Gives what the running CPU's magazines hold back to the slabs; returns how many pages that gave back to the page source.</summary>
    /// <remarks>Between two calls only: not from an interrupt that came in the midst of one.</remarks>
    public ulong Drain()
    {
        bool wereOn = Enter();
        nuint before = HeldPages;
        EmptyMagazines(Front->Own);
        nuint gone = before - HeldPages;
        Leave(wereOn);
        return gone;
    }

    private readonly void Poll()
    {
        if (_poll != null) _poll();
    }

    private bool TryMakeFront(ProcessorLocals* processor)
    {
        uint totalBytes = (2 * HeapFront.SizeBytes) + HeapFront.NothingBytes;
        for (uint i = 0; i < _store.ClassCount; i++) totalBytes += MagazineBytes(i);
        nuint pageCount = (nuint)PageNumber.CountFor(totalBytes);
        if (!_store.TryTakeTablePages(pageCount, out byte* memory)) return false;

        // SAFETY: the fronts and the magazines follow each other in the bytes counted above.
        HeapFront* front = (HeapFront*)memory;
        HeapFront* closed = (HeapFront*)(memory + HeapFront.SizeBytes);
        byte* next = memory + (2 * HeapFront.SizeBytes);
        Magazine* nothing = (Magazine*)next;
        Magazine.Initialize(nothing, SizeClasses.LargeIndex, 0, 0);
        next += HeapFront.NothingBytes;
        HeapFront.Initialize(front, front, processor, nothing);
        HeapFront.Initialize(closed, front, processor, nothing);
        front->Closed = closed;
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            Magazine.Initialize((Magazine*)next, i, _store.Cache(i)->ObjectSize, CapacityOf(i));
            HeapFront.SetMagazine(front, i, (Magazine*)next);
            next += MagazineBytes(i);
        }

        for (uint entry = 0; entry < SizeClasses.FineEntries; entry++) HeapFront.SetClassOfEntry(front, entry, _store.ClassOfEntry(entry));
        if (!TryAddOwnMagazines(front))
        {
            _store.ReturnTablePages(memory, pageCount);
            return false;
        }

        front->Owner = _fronts == null ? 0 : _store.AddOwner(HeapFront.Lists(front), SizeClasses.MostClasses);
        front->Depot.MostBundles = BundlesPerCpu;
        front->Next = _fronts;
        _fronts = front;
        _ownPages += pageCount;
        processor->Blocks = IsClosed ? closed : front;
        return true;
    }

    /// <summary>Stands the fronts without magazines before the CPUs' own, or takes them away, as is needed now.</summary>
    private readonly void SetFronts()
    {
        for (HeapFront* front = _fronts; front != null; front = front->Next) front->Processor->Blocks = IsClosed ? front->Closed : front;
    }

    private readonly bool IsClosed => _guard != null || _policy != null || _observer.IsThere;

    private readonly nuint HeldPages => _store.SlabPages + _store.LargePages;

    /// <summary>The way to what the CPUs share: no other is on it, and no interrupt comes, until <see cref="Leave"/>.</summary>
    private bool Enter() => _lock.Acquire(_processor, Words);

    private void Leave(bool wereOn) => _lock.Release(_processor, Words, wereOn);

    private readonly uint CapacityOf(uint classIndex) => Magazine.CapacityFor(_store.Cache(classIndex)->ObjectSize);

    private readonly uint MagazineBytes(uint classIndex) => Magazine.SizeFor(CapacityOf(classIndex));
}
