namespace MemOS.Memory.Heap;

/// <summary>A policy chosen at boot: its operations as data, its state in memory of the heap.</summary>
public readonly unsafe struct HeapPolicyKind
{
    internal readonly nuint StateBytes;
    internal readonly delegate*<void*, byte*, nuint, void> AddExtent;
    internal readonly delegate*<void*, byte*, nuint, bool> TryRemoveExtent;
    internal readonly delegate*<void*, nuint, nuint, byte*> Allocate;
    internal readonly delegate*<void*, byte*, void> Free;
    internal readonly delegate*<void*, byte*, nuint> SizeOf;
    internal readonly delegate*<void*, void> Coalesce;
    internal readonly delegate*<void*, byte*, nuint, bool> IsConsistent;

    private HeapPolicyKind(
        nuint stateBytes,
        delegate*<void*, byte*, nuint, void> addExtent,
        delegate*<void*, byte*, nuint, bool> tryRemoveExtent,
        delegate*<void*, nuint, nuint, byte*> allocate,
        delegate*<void*, byte*, void> free,
        delegate*<void*, byte*, nuint> sizeOf,
        delegate*<void*, void> coalesce,
        delegate*<void*, byte*, nuint, bool> isConsistent)
    {
        StateBytes = stateBytes;
        AddExtent = addExtent;
        TryRemoveExtent = tryRemoveExtent;
        Allocate = allocate;
        Free = free;
        SizeOf = sizeOf;
        Coalesce = coalesce;
        IsConsistent = isConsistent;
    }

    /// <summary>The operations of a policy.</summary>
    public static HeapPolicyKind Of<TPolicy>()
        where TPolicy : unmanaged, IHeapPolicy
        => new(
            (nuint)sizeof(TPolicy),
            &Calls<TPolicy>.AddExtent,
            &Calls<TPolicy>.TryRemoveExtent,
            &Calls<TPolicy>.Allocate,
            &Calls<TPolicy>.Free,
            &Calls<TPolicy>.SizeOf,
            &Calls<TPolicy>.Coalesce,
            &Calls<TPolicy>.IsConsistent);

    /// <summary>What the pointers point at.</summary>
    private static class Calls<TPolicy>
        where TPolicy : unmanaged, IHeapPolicy
    {
        internal static void AddExtent(void* self, byte* start, nuint sizeBytes) => ((TPolicy*)self)->AddExtent(start, sizeBytes);

        internal static bool TryRemoveExtent(void* self, byte* start, nuint sizeBytes) => ((TPolicy*)self)->TryRemoveExtent(start, sizeBytes);

        internal static byte* Allocate(void* self, nuint sizeBytes, nuint alignmentBytes) => ((TPolicy*)self)->Allocate(sizeBytes, alignmentBytes);

        internal static void Free(void* self, byte* block) => ((TPolicy*)self)->Free(block);

        internal static nuint SizeOf(void* self, byte* block) => ((TPolicy*)self)->SizeOf(block);

        internal static void Coalesce(void* self) => ((TPolicy*)self)->Coalesce();

        internal static bool IsConsistent(void* self, byte* start, nuint sizeBytes) => ((TPolicy*)self)->IsConsistent(start, sizeBytes);
    }
}
