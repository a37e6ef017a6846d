using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Figures;

namespace MemOS.Bench.Heaps;

/// <summary>The figures of a profile's trace by peer.</summary>
internal sealed record HeapTraceFigures(string Profile, IReadOnlyDictionary<string, Figure> Peers)
{
    /// <summary>The times of a peer over the reference's, each of the same round: the lower quartile, the median and the upper quartile.</summary>
    public (double Low, double Median, double High) RatiosOf(string peer)
    {
        double[] ratios = [.. Peers[peer].Rounds.Zip(Peers[HeapPeers.Reference].Rounds, (mine, reference) => mine / reference).Order()];
        return (ratios[ratios.Length / 4], Median(ratios), ratios[ratios.Length - 1 - ratios.Length / 4]);
    }

    /// <summary>The median of a peer's rounds in nanoseconds.</summary>
    public double MedianOf(string peer) => Median([.. Peers[peer].Rounds.Order()]);

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
