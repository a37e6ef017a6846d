using System.Globalization;
using System.Text;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What <c>numa</c> prints: the nodes, what belongs to them, how far they are from each other and whom each asks next.</summary>
public sealed class NumaReport : IReport
{
    private const int FramesPerMiBShift = 8;

    private readonly Topology _topology;
    private readonly NodeStatistics[] _counters;
    private readonly ProcessorStatistics[] _processors;

    /// <summary>Creates the report.</summary>
    /// <param name="topology">The nodes.</param>
    /// <param name="counters">What became of requests, for each node.</param>
    /// <param name="processors">What became of requests, for each processor.</param>
    public NumaReport(in Topology topology, NodeStatistics[] counters, ProcessorStatistics[] processors)
    {
        _topology = topology;
        _counters = counters;
        _processors = processors;
    }

    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        if (_topology.Fault != TopologyFault.None) terminal.WriteLine("one node: " + Reason());
        WriteNodes(terminal);
        terminal.WriteLine("");
        WriteProcessors(terminal);
        terminal.WriteLine("");
        WriteRanges(terminal);
        terminal.WriteLine("");
        WriteDistances(terminal);
    }

    private string Reason()
    {
        string reason = _topology.Fault.Description();
        bool isTold = _topology.TableFault is AcpiFault.None or AcpiFault.Missing;
        return isTold ? reason : reason + ": " + _topology.TableFault.Description();
    }

    private void WriteNodes(ITerminal terminal)
    {
        var table = new TextTable(
            "node", ">domain", ">MiB", ">frames", ">processors", "running", ">initiators", ">local", ">remote", ">missed");
        for (int i = 0; i < _topology.NodeCount; i++)
        {
            NodeId node = NodeId.FromTrusted(i);
            ulong frames = _topology.PresentFrames(node);
            table.Add(
                node.ToString(), Text(_topology.DomainOf(node)), Text(frames >> FramesPerMiBShift), Text(frames),
                Text((ulong)_topology.ProcessorsOf(node)), _topology.CpusOf(node).ToString(), Text((ulong)_topology.InitiatorsOf(node)),
                Text(_counters[i].Local), Text(_counters[i].Remote), Text(_counters[i].Missed));
        }

        table.WriteTo(terminal);
    }

    /// <summary>Hits were served by the node that was wanted: by the processor's caches, or by zones. Misses by another node.</summary>
    private void WriteProcessors(ITerminal terminal)
    {
        var table = new TextTable("processor", "of", ">hits", ">of its caches", ">misses", ">frames at hand");
        for (int i = 0; i < _processors.Length; i++)
        {
            ProcessorStatistics processor = _processors[i];
            ulong hits = processor.FromCaches + processor.FromZones - processor.Missed;
            table.Add(
                Text((ulong)i), processor.Home.ToString(), Text(hits), Text(processor.FromCaches), Text(processor.Missed), Text(processor.CachedFrames));
        }

        table.WriteTo(terminal);
    }

    private void WriteRanges(ITerminal terminal)
    {
        var table = new TextTable("from", "to", "belongs to", "kind");
        for (int i = 0; i < _topology.RangeCount; i++)
        {
            NodeMemory range = _topology.RangeAt(i);
            table.Add(range.Frames.Start.Start.ToString(), range.Frames.End.Start.ToString(), range.Node.ToString(), Name(range.Traits));
        }

        table.WriteTo(terminal);
    }

    /// <summary>A row a node: its distance to each, and the order in which it asks them for memory.</summary>
    private void WriteDistances(ITerminal terminal)
    {
        string[] row = new string[_topology.NodeCount + 2];
        row[0] = "distance to";
        for (int to = 0; to < _topology.NodeCount; to++) row[to + 1] = ">" + to.ToString(CultureInfo.InvariantCulture);
        row[^1] = "asks";
        var table = new TextTable(row);
        for (int from = 0; from < _topology.NodeCount; from++)
        {
            NodeId node = NodeId.FromTrusted(from);
            row = new string[_topology.NodeCount + 2];
            row[0] = "from " + node.ToString();
            for (int to = 0; to < _topology.NodeCount; to++) row[to + 1] = Text(_topology.Distance(node, NodeId.FromTrusted(to)));
            row[^1] = Order(node);
            table.Add(row);
        }

        table.WriteTo(terminal);
    }

    private string Order(NodeId node)
    {
        var order = new StringBuilder();
        for (int i = 0; i < _topology.FallbackCount(node); i++)
        {
            if (i > 0) order.Append(' ');
            order.Append(_topology.Fallback(node, i).Value);
        }

        return order.ToString();
    }

    private static string Name(AcpiMemoryTraits traits) => traits switch
    {
        AcpiMemoryTraits.None => "fixed",
        AcpiMemoryTraits.HotPluggable => "hot-pluggable",
        AcpiMemoryTraits.NonVolatile => "non-volatile",
        _ => "hot-pluggable, non-volatile",
    };

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
