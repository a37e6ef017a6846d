using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>
/// Writes a line for every raw block that is allocated, reallocated or freed: <c>a ID SIZE</c>, <c>r ID SIZE NEW</c>, <c>f ID</c>, as the lab replays them.
/// </summary>
/// <remarks>
/// <para>
/// While it is on, the heap's magazines stay closed, so that each call is seen; while it is off, nothing of it is on the way of a small block. It allocates
/// nothing. What a block is aligned to, and that it is cleared, is not in the lines.
/// </para>
/// <para>
/// An ID is the block's address in units of 8 bytes, of which the lower 40 bits count (8 TiB), plus a multiple of 2^40 that is another one each time it
/// is switched on: a block of an earlier time never meets one of now. What was allocated before has an ID that no line has allocated. Before
/// the first line come the four of the header, which leave open how much will follow.
/// </para>
/// <para>Locking: the heap's.</para>
/// </remarks>
public static unsafe class HeapTrace
{
    private const int SessionShift = 40;
    private const int UnitShift = 3;
    private const ulong Weight = 1;

    private static delegate*<byte, void> s_sink;
    private static ulong s_sessions;

    /// <summary>Whether lines are written.</summary>
    public static bool IsOn => s_sink != null;

    /// <summary>The lines of allocations since it was switched on.</summary>
    public static ulong Allocations { get; private set; }

    /// <summary>The lines of reallocations since it was switched on.</summary>
    public static ulong Reallocations { get; private set; }

    /// <summary>The lines of frees since it was switched on.</summary>
    public static ulong Frees { get; private set; }

    /// <summary>Begins to write; it must be off.</summary>
    /// <param name="heap">Whose blocks.</param>
    /// <param name="sink">Takes the lines byte by byte: ASCII, each line ended by a line feed. It must not allocate blocks.</param>
    public static void Start<TPages, TProcessor, TWords>(ref KernelHeap<TPages, TProcessor, TWords> heap, delegate*<byte, void> sink)
        where TPages : struct, IPageSource
        where TProcessor : struct, IProcessor
        where TWords : struct, ISharedWords
    {
        KernelAssert.That(!IsOn, "HeapTrace: on already");
        s_sink = sink;
        Allocations = 0;
        Reallocations = 0;
        Frees = 0;
        if (s_sessions++ == 0) WriteHeader();
        heap.BeginObserving(new HeapObserver(&Allocated, &Reallocated, &Freed));
    }

    /// <summary>Ends it; it must be on.</summary>
    public static void Stop<TPages, TProcessor, TWords>(ref KernelHeap<TPages, TProcessor, TWords> heap)
        where TPages : struct, IPageSource
        where TProcessor : struct, IProcessor
        where TWords : struct, ISharedWords
    {
        KernelAssert.That(IsOn, "HeapTrace: off already");
        heap.EndObserving();
        s_sink = null;
    }

    // Heap size, IDs and operations are not known yet.
    private static void WriteHeader()
    {
        for (int i = 0; i < 3; i++) TraceText.WriteLine(s_sink, 0);
        TraceText.WriteLine(s_sink, Weight);
    }

    private static void Allocated(byte* block, nuint sizeBytes)
    {
        Allocations++;
        TraceText.Begin(s_sink, 'a', IdOf(block));
        TraceText.Write(s_sink, sizeBytes);
        TraceText.End(s_sink);
    }

    private static void Reallocated(byte* block, byte* result, nuint sizeBytes)
    {
        Reallocations++;
        TraceText.Begin(s_sink, 'r', IdOf(block));
        TraceText.Write(s_sink, sizeBytes);
        TraceText.Write(s_sink, IdOf(result));
        TraceText.End(s_sink);
    }

    private static void Freed(byte* block)
    {
        Frees++;
        TraceText.Begin(s_sink, 'f', IdOf(block));
        TraceText.End(s_sink);
    }

    private static ulong IdOf(byte* block) => (((ulong)(nuint)block >> UnitShift) & ((1UL << SessionShift) - 1)) + ((s_sessions - 1) << SessionShift);
}
