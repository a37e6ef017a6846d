using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;

namespace MemOS.Memory.Heap;

/// <summary>What a CPU has of a heap for itself: its magazines, found by class and, up to 1 KiB, by size at once.</summary>
/// <remarks>
/// A CPU has two: its own, and one without magazines that stands before it while every call has to be seen. The fast ways only read them.
/// </remarks>
internal unsafe struct HeapFront
{
    // Addresses: by class, and by the look-up's step of a size.
    private fixed ulong _byClass[SizeClasses.MostClasses];
    private fixed ulong _bySize[(int)SizeClasses.FineEntries];

    /// <summary>The CPU's magazines, also while this is the front without any.</summary>
    internal HeapFront* Own;

    /// <summary>The front without magazines; of an own one.</summary>
    internal HeapFront* Closed;

    /// <summary>The next CPU's; of an own one.</summary>
    internal HeapFront* Next;

    /// <summary>Whose it is.</summary>
    internal ProcessorLocals* Processor;

    /// <summary>The number by which its slabs are its own; of an own one.</summary>
    internal uint Owner;

    /// <summary>Half magazines of objects of its slabs that CPUs had too many of; of an own one. Behind the lock.</summary>
    internal MagazineDepot Depot;

    // Its slabs with free objects, by class: SlabStore.ListOf.
    private fixed ulong _lists[SizeClasses.MostClasses];

    /// <summary>Stands for whatever has no magazine. It is closed, but holds the block that comes from elsewhere until it is popped.</summary>
    internal Magazine* Nothing;

    /// <summary>The bytes of a front, whole lines.</summary>
    internal static uint SizeBytes => ((uint)sizeof(HeapFront) + Magazine.LineBytes - 1) & ~(uint)(Magazine.LineBytes - 1);

    /// <summary>The bytes of <see cref="Nothing"/>: a round, and the state of its block.</summary>
    internal static uint NothingBytes => Magazine.SizeFor(2);

    /// <summary>Room for the lists of the slabs that are its own.</summary>
    internal static Slab** Lists(HeapFront* front) => (Slab**)front->_lists;

    /// <summary>The magazine of a class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Magazine* OfClass(HeapFront* front, uint classIndex) =>
        *(Magazine**)((ulong*)front + classIndex); // SAFETY: what lies first is the addresses by class, each in eight bytes.

    /// <summary>The magazine for a size up to <see cref="SizeClasses.FineLimitBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Magazine* OfSize(HeapFront* front, nuint sizeBytes) =>
        *(Magazine**)((ulong*)front + SizeClasses.MostClasses + SizeClasses.FineEntry(sizeBytes)); // SAFETY: what lies second is the addresses by size.

    /// <summary>Makes a front without magazines, through which nothing goes.</summary>
    internal static void Initialize(HeapFront* front, HeapFront* own, ProcessorLocals* processor, Magazine* nothing)
    {
        *front = default;
        front->Own = own;
        front->Processor = processor;
        front->Nothing = nothing;
        for (uint i = 0; i < SizeClasses.MostClasses; i++) SetMagazine(front, i, nothing);
        for (uint i = 0; i < SizeClasses.FineEntries; i++) front->_bySize[i] = (ulong)nothing;
    }

    /// <summary>Says which magazine serves a class.</summary>
    internal static void SetMagazine(HeapFront* front, uint classIndex, Magazine* magazine) => front->_byClass[classIndex] = (ulong)magazine;

    /// <summary>Says which class serves a step of sizes.</summary>
    internal static void SetClassOfEntry(HeapFront* front, uint entry, uint classIndex) => front->_bySize[entry] = front->_byClass[classIndex];

    /// <summary>A block, or null, as the topmost round of a magazine, for who is about to pop it.</summary>
    internal static Magazine* Deliver<TWords>(HeapFront* front, byte* block, TWords words)
        where TWords : struct, ISharedWords
    {
        Magazine* magazine = front->Nothing;
        Magazine.Round* round = magazine->Bottom;

        // SAFETY: there is room for two rounds; popping writes the state, which is nobody's.
        Magazine.Put(round, block, (byte*)(round + 1), words);
        Magazine.MoveTop(magazine, 1, words);
        return magazine;
    }
}
