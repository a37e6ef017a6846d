using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>Writes a line for every block of frames that is allocated or freed: <c>a ID ORDER</c>, <c>f ID</c>, as the lab replays them.</summary>
/// <remarks>
/// <para>
/// While it is on, the zones' calls lead through here and their caches stay closed, so that each frame is seen; while it is off, nothing
/// of it is on any path. It allocates nothing: it may be told of the allocation that a line of its own would need.
/// </para>
/// <para>
/// An ID is the number of the block's first frame, plus a multiple of 2^40 that is another one each time it is switched on: a block of an
/// earlier time never meets one of now. A run is a row of blocks, each with a line of its own. What was allocated before is freed
/// by a line too, with an ID that no line has allocated.
/// </para>
/// <para>Locking: the zones'.</para>
/// </remarks>
public static unsafe class FrameTrace
{
    private const int SessionShift = 40;

    private static FrameAllocatorKind s_calls;
    private static delegate*<byte, void> s_sink;
    private static ulong s_sessions;

    /// <summary>Whether lines are written.</summary>
    public static bool IsOn => s_sink != null;

    /// <summary>The lines of allocations since it was switched on.</summary>
    public static ulong Allocations { get; private set; }

    /// <summary>The lines of frees since it was switched on.</summary>
    public static ulong Frees { get; private set; }

    /// <summary>Begins to write; it must be off.</summary>
    /// <param name="frames">Whose frames.</param>
    /// <param name="sink">Takes the lines byte by byte: ASCII, each line ended by a line feed. It must not allocate frames.</param>
    public static void Start<TMemory, TProcessor>(ref PhysicalMemory<TMemory, TProcessor> frames, delegate*<byte, void> sink)
        where TMemory : struct, IPhysicalMemory
        where TProcessor : struct, IProcessor
    {
        KernelAssert.That(!IsOn, "FrameTrace: on already");
        s_sink = sink;
        s_calls = frames.Calls;
        s_sessions++;
        Allocations = 0;
        Frees = 0;
        frames.BeginObserving(s_calls.With(&TryAllocate, &TryAllocateRun, &Free));
    }

    /// <summary>Ends it; it must be on.</summary>
    public static void Stop<TMemory, TProcessor>(ref PhysicalMemory<TMemory, TProcessor> frames)
        where TMemory : struct, IPhysicalMemory
        where TProcessor : struct, IProcessor
    {
        KernelAssert.That(IsOn, "FrameTrace: off already");
        frames.EndObserving(in s_calls);
        s_sink = null;
    }

    private static bool TryAllocate(void* allocator, Order order, FrameOwner owner, FrameNumber* frame)
    {
        if (!s_calls.TryAllocate(allocator, order, owner, frame)) return false;
        WriteAllocation(*frame, order);
        return true;
    }

    private static bool TryAllocateRun(void* allocator, RunRequest* run, FrameRange* frames)
    {
        if (!s_calls.TryAllocateRun(allocator, run, frames)) return false;
        for (FrameRange rest = *frames; !rest.IsEmpty;)
        {
            Order order = Order.LargestAt(rest.Start, rest.Count);
            WriteAllocation(rest.Start, order);
            rest = FrameRange.FromBounds(rest.Start + order.FrameCount, rest.End);
        }

        return true;
    }

    private static FreeResult Free(void* allocator, FrameDescriptor* block, FrameNumber frame, Order order)
    {
        FreeResult result = s_calls.Free(allocator, block, frame, order);
        if (result != FreeResult.Ok) return result;
        Frees++;
        TraceText.Begin(s_sink, 'f', IdOf(frame));
        TraceText.End(s_sink);
        return result;
    }

    private static void WriteAllocation(FrameNumber frame, Order order)
    {
        Allocations++;
        TraceText.Begin(s_sink, 'a', IdOf(frame));
        TraceText.Write(s_sink, (ulong)order.Value);
        TraceText.End(s_sink);
    }

    private static ulong IdOf(FrameNumber frame) => frame.Value + ((s_sessions - 1) << SessionShift);
}
