using MemOS.Lab.Heaps;
using MemOS.Primitives;

namespace MemOS.Bench.Heaps;

/// <summary>A trace on <typeparamref name="THeap"/>.</summary>
/// <param name="peer">The peer's name.</param>
/// <param name="heap">The heap; the run owns it.</param>
/// <param name="trace">The trace.</param>
internal sealed class HeapRun<THeap>(string peer, THeap heap, HeapTrace trace) : HeapRun(peer)
    where THeap : struct, IReplayHeap
{
    private readonly nuint[] _blocks = new nuint[trace.SlotCount];
    private THeap _heap = heap;

    public override double Run()
    {
        double start = ThreadClock.Nanoseconds;
        long failures = TimedReplay.Run(ref _heap, trace.Operations, _blocks);
        double nanoseconds = ThreadClock.Nanoseconds - start;
        KernelAssert.That(failures == 0, "HeapRun: there is memory for the trace");
        return nanoseconds / trace.Operations.Length;
    }

    public override void Dispose() => _heap.Dispose();
}
