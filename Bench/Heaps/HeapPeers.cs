using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Lab;
using MemOS.Lab.Heaps;
using MemOS.Primitives;

namespace MemOS.Bench.Heaps;

/// <summary>Who is measured.</summary>
internal static class HeapPeers
{
    /// <summary>The peer that all others are compared with.</summary>
    public const string Reference = "mimalloc";

    private static readonly (string Name, string Library)[] s_native =
    [
        (Reference, "libmimalloc.so.2"),
        ("jemalloc", "libjemalloc.so.2"),
        ("tcmalloc", "libtcmalloc_minimal.so.4"),
        ("glibc", "libc.so.6"),
    ];

    /// <summary>The peers' names: MemOS's heaps by the lab's names, then the others.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. HeapRegistry.KernelHeaps, .. s_native.Select(native => native.Name)];

    /// <summary>A run of <paramref name="trace"/> for each peer, ready to start.</summary>
    public static IReadOnlyList<HeapRun> NewRuns(HeapTrace trace, ulong memoryFrames) =>
    [
        .. HeapRegistry.KernelHeaps.Select(name => new HeapRun<ArenaHeap>(name, HeapRegistry.NewKernelHeap(name, memoryFrames), trace)),
        .. s_native.Select(native => new HeapRun<NativeHeap>(native.Name, new NativeHeap(native.Library), trace)),
    ];

    /// <summary>Replays <paramref name="trace"/> on each peer with every block's content verified: who hands out the same memory twice is fast for nothing.</summary>
    /// <exception cref="LabException">A peer does what it must not.</exception>
    public static void Verify(HeapTrace trace, ulong memoryFrames)
    {
        ulong memoryBytes = FrameNumber.BytesOf(memoryFrames);
        IEnumerable<(string Name, HeapReplay Replay)> replays =
        [
            .. HeapRegistry.KernelHeaps.Select(name => (name, HeapRegistry.NewReplay(name, memoryFrames))),
            .. s_native.Select(native => (native.Name, (HeapReplay)new HeapReplay<NativeHeap>(new NativeHeap(native.Library), memoryBytes))),
        ];
        foreach ((string name, HeapReplay replay) in replays)
        {
            using (replay)
            {
                replay.Verify(trace.NewReader(), 0, new Progress<long>());
                if (replay.Counts.Failures != 0) throw new LabException($"{Describe(name)} has no memory for the trace");
            }
        }
    }

    /// <summary>What a peer is, for people.</summary>
    public static string Describe(string peer) => HeapRegistry.KernelHeaps.Contains(peer) ? "MemOS " + peer : peer;
}
