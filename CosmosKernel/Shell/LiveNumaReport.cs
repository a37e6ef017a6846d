using System.Collections.Generic;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>What <c>numa</c> prints of the machine's own nodes.</summary>
public sealed class LiveNumaReport : IReport
{
    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        var counters = new NodeStatistics[KernelMemory.Topology.NodeCount];
        for (int i = 0; i < counters.Length; i++) counters[i] = KernelMemory.Frames.StatisticsOf(NodeId.FromTrusted(i));
        var processors = new List<ProcessorStatistics>();
        while (KernelMemory.Frames.TryStatisticsOf(CpuId.FromTrusted(processors.Count), out ProcessorStatistics statistics)) processors.Add(statistics);
        new NumaReport(in KernelMemory.Topology, counters, processors.ToArray()).WriteTo(terminal);
    }
}
