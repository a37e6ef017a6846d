using MemOS.Memory.Heap;

namespace MemOS.Memory.Managed;

/// <content>Objects without types that are read: the counts of who refers to them, and their words.</content>
public unsafe partial struct ManagedHeap<TPages, TObjects, TLocals, TGuard>
{
    // The count's unit; the bit below belongs to Cosmos's own collector.
    private const ushort RootUnit = 2;
    private const ushort MostRoots = 0xFFFE;

    /// <summary>Counts a static field more that refers to the object at <paramref name="reference"/>; what is no object of the heap is passed over.</summary>
    /// <remarks>A count that is full stays so: the object is kept for good.</remarks>
    public readonly void AddRoot(void* reference)
    {
        ushort* count = RootCountOf((byte*)reference);
        if (count != null && *count < MostRoots) *count += RootUnit;
    }

    /// <summary>Counts one less.</summary>
    public readonly void DropRoot(void* reference)
    {
        ushort* count = RootCountOf((byte*)reference);
        if (count != null && *count >= RootUnit && *count < MostRoots) *count -= RootUnit;
    }

    /// <summary>Whether an object of the heap begins at <paramref name="reference"/>.</summary>
    public readonly bool IsObject(void* reference) => RootCountOf((byte*)reference) != null;

    // Without the lock: machines whose objects have root counts have one processor. SAFETY: an object's header lies before it.
    private readonly ushort* RootCountOf(byte* reference) =>
        Examine(unchecked(reference - ObjectType.HeaderBytes), out _) == HeapFreeResult.Ok ? (ushort*)reference - 1 : null;

    private void MarkCounted()
    {
        nuint cursor = 0;
        while (_store.TryNextLive(ref cursor, out byte* start, out _))
        {
            byte* reference = start + ObjectType.HeaderBytes;
            if (*((ushort*)reference - 1) >= RootUnit) Shade(reference);
            Drain();
        }
    }

    // Words are those of the machine that the object is of: 32 bits wide, also where tests run.
    private void ScanWords(byte* reference, nuint done)
    {
        byte* start = reference - ObjectType.HeaderBytes;
        byte* end = start + _store.Map.Find(start)->ObjectSize;
        byte* place = reference + done;
        byte* pause = (nuint)(end - place) > PieceBytes ? place + PieceBytes : end;
        for (; place < pause; place += sizeof(uint)) ShadeWord(*(uint*)place);
        if (place < end) PushRest(reference, (nuint)(place - reference));
    }
}
