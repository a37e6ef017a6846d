using System.Runtime.CompilerServices;

namespace MemOS.Memory.Heap;

/// <summary>What a CPU has of a heap for itself: its magazines, found by class and, up to 1 KiB, by size at once.</summary>
internal unsafe struct HeapFront
{
    // Addresses: by class, and by the look-up's step of a size.
    private fixed ulong _byClass[SizeClasses.MostClasses];
    private fixed ulong _bySize[(int)SizeClasses.FineEntries];

    internal HeapFront* Next;

    internal int Cpu;

    /// <summary>Stands for whatever has no magazine.</summary>
    internal Magazine Closed;

    /// <summary>The magazine of a class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Magazine* OfClass(HeapFront* front, uint classIndex) =>
        *(Magazine**)((ulong*)front + classIndex); // SAFETY: what lies first is the addresses by class, each in eight bytes.

    /// <summary>The magazine for a size up to <see cref="SizeClasses.FineLimitBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Magazine* OfSize(HeapFront* front, nuint sizeBytes) => (Magazine*)front->_bySize[SizeClasses.FineEntry(sizeBytes)];

    /// <summary>Makes a front without magazines, through which nothing goes.</summary>
    internal static void Initialize(HeapFront* front, int cpu)
    {
        *front = default;
        front->Cpu = cpu;
        Magazine.Initialize(&front->Closed, SizeClasses.LargeIndex, 0, 0);
        for (uint i = 0; i < SizeClasses.MostClasses; i++) SetMagazine(front, i, &front->Closed);
        for (uint i = 0; i < SizeClasses.FineEntries; i++) front->_bySize[i] = (ulong)&front->Closed;
    }

    /// <summary>Says which magazine serves a class.</summary>
    internal static void SetMagazine(HeapFront* front, uint classIndex, Magazine* magazine) => front->_byClass[classIndex] = (ulong)magazine;

    /// <summary>Says which class serves a step of sizes.</summary>
    internal static void SetClassOfEntry(HeapFront* front, uint entry, uint classIndex) => front->_bySize[entry] = front->_byClass[classIndex];
}
