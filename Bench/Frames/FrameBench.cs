using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Figures;

namespace MemOS.Bench.Frames;

/// <summary>Measures each operation on each peer.</summary>
/// <remarks>
/// The peers take turns, round by round: what disturbs the machine for a while disturbs all of them, and the least of a peer's rounds
/// is the one that was disturbed least. A round is as many operations as take a millisecond. The loop is not subtracted.
/// </remarks>
internal sealed class FrameBench(ulong memoryFrames, int rounds, long operations)
{
    /// <summary>Long beside the clock's resolution; short beside a time slice, so that on a busy machine some rounds are undisturbed.</summary>
    private const double RoundNanoseconds = 1e6;

    public FrameBenchResult Run() => new([.. FrameOperation.All.Select(Run)], rounds);

    private IReadOnlyDictionary<string, Figure> Run(FrameOperation operation)
    {
        IReadOnlyList<PeerRun> runs = FramePeers.NewRuns(operation, memoryFrames);
        try
        {
            long[] counts = [.. runs.Select(run => operations == 0 ? Calibrate(run) : WarmUp(run, operations))];
            double[][] times = [.. runs.Select(_ => new double[rounds])];
            for (int round = 0; round < rounds; round++)
            {
                for (int peer = 0; peer < runs.Count; peer++)
                    times[peer][round] = Math.Round(runs[peer].Run(counts[peer]) / counts[peer] / operation.Batch, 3);
            }

            return runs.Zip(times).ToDictionary(
                pair => pair.First.Peer,
                pair => new Figure($"host.{operation.Name}.{pair.First.Peer}", "ns", pair.Second.Min(), pair.Second));
        }
        finally
        {
            foreach (PeerRun run in runs) run.Dispose();
        }
    }

    private static long WarmUp(PeerRun run, long count)
    {
        run.Run(count);
        return count;
    }

    private static long Calibrate(PeerRun run)
    {
        // The least of three: one alone may have waited for the processor.
        long count = 16;
        while (Enumerable.Range(0, 3).Min(_ => run.Run(count)) < RoundNanoseconds) count *= 2;
        return count;
    }
}
