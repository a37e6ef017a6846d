using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Figures;
using MemOS.Lab.Heaps;

namespace MemOS.Bench.Heaps;

/// <summary>Replays each profile's trace on each peer.</summary>
/// <remarks>
/// The peers take turns, round by round, another one first each time: what disturbs the machine for a while disturbs all of them. What is compared is
/// the time of a peer with that of the reference in the same round, and of those ratios the median.
/// </remarks>
internal sealed class HeapBench(ulong memoryFrames, int rounds, int operations)
{
    /// <summary>Enough that every peer has all the memory that the trace needs, and the code is in the caches.</summary>
    private const int WarmUpRounds = 2;

    /// <summary>Of a trace that is verified before: the contents of large blocks take long.</summary>
    private const int VerifiedOperations = 2000;

    public HeapBenchResult Run(IEnumerable<HeapTraceProfile> profiles) => new([.. profiles.Select(Run)], operations, CallCost.Measure());

    private HeapTraceFigures Run(HeapTraceProfile profile)
    {
        HeapPeers.Verify(new HeapTrace(profile, Math.Min(operations, VerifiedOperations)), memoryFrames);
        IReadOnlyList<HeapRun> runs = HeapPeers.NewRuns(new HeapTrace(profile, operations), memoryFrames);
        try
        {
            double[][] times = [.. runs.Select(_ => new double[rounds])];
            for (int round = -WarmUpRounds; round < rounds; round++)
            {
                for (int turn = 0; turn < runs.Count; turn++)
                {
                    int peer = (turn + round + WarmUpRounds) % runs.Count;
                    double time = Math.Round(runs[peer].Run(), 3);
                    if (round >= 0) times[peer][round] = time;
                }
            }

            return new HeapTraceFigures(
                profile.Name,
                runs.Zip(times).ToDictionary(
                    pair => pair.First.Peer,
                    pair => new Figure($"host.heap.{profile.Name}.{pair.First.Peer}", "ns", pair.Second.Min(), pair.Second)));
        }
        finally
        {
            foreach (HeapRun run in runs) run.Dispose();
        }
    }
}
