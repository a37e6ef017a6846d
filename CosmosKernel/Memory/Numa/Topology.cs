using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Numa;

/// <summary>Which memory and which processors are near each other: nodes, their ranges of memory and the distances between them.</summary>
/// <remarks>
/// <para>
/// Theory. Firmware numbers nodes as it likes (proximity domains); here they are numbered from 0 without gaps, in the order of the
/// firmware's numbers. A node is everything that an enabled entry of the SRAT names: it may have memory without processors,
/// processors without memory, or only room for memory to come. The distances are the SLIT's; without one, or for domains that it
/// does not speak of, they are 10 within a node and 20 between two (ACPI specification 6.5, 5.2.17). They need not be symmetric.
/// </para>
/// <para>
/// The tables are data from outside, believed whole or not at all: anything that contradicts itself or the memory map makes the
/// machine one node, and <see cref="Fault"/> says why. What is merely left out is filled in: RAM of no range (less than
/// <see cref="MaxUncoveredFrames"/>, a firmware's low megabyte mostly) belongs to the node of the range below it, or to the
/// lowest range's. So every frame has a node, and the nodes' frames add up to the map's.
/// </para>
/// <para>
/// Fallback. A node's order is itself and then the other nodes with memory, near ones first, those out of reach left out. Among
/// equally near ones the one goes first that stands first for the fewest other nodes so far, then the next higher number, round
/// the end: so nodes that run out at the same time do not all fall upon the same neighbour.
/// </para>
/// <para>Invariants:</para>
/// <list type="bullet">
/// <item>I1 There is a node, and at least one range; ranges are not empty, rise and are disjoint.</item>
/// <item>I2 The nodes' firmware numbers rise.</item>
/// <item>I3 A node is 10 from itself and further from all others.</item>
/// <item>I4 A fallback order has each node at most once, only nodes with memory, and distances do not fall along it.</item>
/// </list>
/// <para>
/// Cost: finding a frame's or a processor's node is a binary search; everything else is a look-up. State: storage given by the
/// caller, written once while the machine starts (<see cref="Place"/> as CPUs come up); no locking. Works before <c>new</c> does.
/// </para>
/// </remarks>
public readonly struct Topology
{
    /// <summary>RAM that the SRAT leaves out from this on, in frames, makes it useless: 1 MiB.</summary>
    public const ulong MaxUncoveredFrames = 256;

    internal const int NodeShift = 6;

    private readonly StructArray<NodeRecord> _nodes;
    private readonly StructArray<byte> _distances;
    private readonly StructArray<byte> _fallback;
    private readonly StructArray<NodeMemory> _ranges;
    private readonly StructArray<ulong> _processors;

    internal Topology(in TopologyStorage storage, int nodeCount, int rangeCount, int processorCount, TopologyFault fault, AcpiFault tableFault)
    {
        _nodes = storage.Nodes;
        _distances = storage.Distances;
        _fallback = storage.Fallback;
        _ranges = storage.Ranges;
        _processors = storage.Processors;
        NodeCount = nodeCount;
        RangeCount = rangeCount;
        ProcessorCount = processorCount;
        Fault = fault;
        TableFault = tableFault;
    }

    private Topology(in Topology other, ulong distanceBytes)
    {
        this = other;
        _nodes = other._nodes.MovedBy(distanceBytes);
        _distances = other._distances.MovedBy(distanceBytes);
        _fallback = other._fallback.MovedBy(distanceBytes);
        _ranges = other._ranges.MovedBy(distanceBytes);
        _processors = other._processors.MovedBy(distanceBytes);
    }

    /// <summary>How many nodes there are, at least one.</summary>
    public int NodeCount { get; }

    /// <summary>How many ranges of memory the nodes have.</summary>
    public int RangeCount { get; }

    /// <summary>How many processors the firmware names; 0 when it names no nodes.</summary>
    public int ProcessorCount { get; }

    /// <summary>Why the machine counts as one node; <see cref="TopologyFault.None"/> when the tables were believed.</summary>
    public TopologyFault Fault { get; }

    /// <summary>What is wrong with the table that <see cref="Fault"/> is about.</summary>
    public AcpiFault TableFault { get; }

    /// <summary>The storage that <see cref="Read"/> needs; less than 80 KiB, and less than 256 bytes where there is one node.</summary>
    public static ulong MetadataBytes<TMemory>(in TopologyTables<TMemory> tables)
        where TMemory : struct, IPhysicalMemory
        => TopologyStorage.BytesFor(tables.Count(AcpiAffinityKind.Memory), tables.Count(AcpiAffinityKind.Processor), tables.Count());

    /// <summary>Makes the topology of the machine with the memory <paramref name="map"/>.</summary>
    /// <param name="map">The machine's memory.</param>
    /// <param name="tables">What the firmware says about nodes.</param>
    /// <param name="storage"><see cref="MetadataBytes"/> bytes, aligned to 8, which the topology keeps.</param>
    public static unsafe Topology Read<TMemory>(in MemoryMap map, in TopologyTables<TMemory> tables, byte* storage)
        where TMemory : struct, IPhysicalMemory
    {
        // An entry names one node, so there are not more nodes than entries.
        TopologyStorage parts = new(storage, tables.Count(AcpiAffinityKind.Memory), tables.Count(AcpiAffinityKind.Processor), tables.Count());
        return new TopologyBuilder<TMemory>(in map, in tables, in parts).Build();
    }

    /// <summary>The same topology, whose storage is shown <paramref name="distanceBytes"/> further on by the mapping that is used from now on.</summary>
    public Topology MovedBy(ulong distanceBytes) => new(in this, distanceBytes);

    /// <summary>The firmware's number of a node.</summary>
    public uint DomainOf(NodeId node) => Record(node).Domain;

    /// <summary>The whole usable frames of the firmware's map that are the node's.</summary>
    public ulong PresentFrames(NodeId node) => Record(node).PresentFrames;

    /// <summary>The processors that the firmware counts to the node, running or not.</summary>
    public int ProcessorsOf(NodeId node) => Record(node).ProcessorCount;

    /// <summary>The devices of the node that read and write memory by themselves.</summary>
    public int InitiatorsOf(NodeId node) => Record(node).InitiatorCount;

    /// <summary>The CPUs of the node that run.</summary>
    public CpuSet CpusOf(NodeId node) => Record(node).Cpus;

    /// <summary>How far the memory of <paramref name="to"/> is from the processors of <paramref name="from"/>; 10 is near, 255 out of reach.</summary>
    public byte Distance(NodeId from, NodeId to) => _distances[Cell(from, to.Value)];

    /// <summary>How many nodes there are to take memory from for <paramref name="node"/>, itself included when it has some.</summary>
    public int FallbackCount(NodeId node) => Record(node).FallbackCount;

    /// <summary>The node to try for <paramref name="node"/> after <paramref name="index"/> others.</summary>
    public NodeId Fallback(NodeId node, int index)
    {
        KernelAssert.That((uint)index < (uint)FallbackCount(node), "Topology: no such node to fall back to");
        return NodeId.FromTrusted(_fallback[Cell(node, index)]);
    }

    /// <summary>The range at <paramref name="index"/>, upwards.</summary>
    public NodeMemory RangeAt(int index)
    {
        KernelAssert.That((uint)index < (uint)RangeCount, "Topology: no such range");
        return _ranges[index];
    }

    /// <summary>The node of <paramref name="frame"/>; O(log ranges).</summary>
    public NodeId NodeOf(FrameNumber frame) => _ranges[RangeOf(frame)].Node;

    /// <summary>Takes the frames at the front of <paramref name="run"/> that are one node's; it must not be empty.</summary>
    /// <remarks>They may go on in the rest of the run: one call takes at most one range and the hole above it.</remarks>
    public FrameRange TakeFront(ref FrameRange run, out NodeId node)
    {
        KernelAssert.That(!run.IsEmpty, "Topology: no frames to take");
        int range = RangeOf(run.Start);
        node = _ranges[range].Node;
        FrameNumber end = run.End;
        if (range + 1 < RangeCount && _ranges[range + 1].Frames.Start < end) end = _ranges[range + 1].Frames.Start;
        FrameRange front = FrameRange.FromBounds(run.Start, end);
        run = FrameRange.FromBounds(end, run.End);
        return front;
    }

    /// <summary>The node of the processor with this APIC number; false when the firmware names nodes but not the processor's.</summary>
    public bool TryNodeOfProcessor(uint apicId, out NodeId node)
    {
        node = NodeId.Zero;
        if (ProcessorCount == 0) return NodeCount == 1;
        int low = 0;
        int high = ProcessorCount;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (TopologyStorage.ApicOf(_processors[middle]) < apicId) low = middle + 1;
            else high = middle;
        }

        if (low == ProcessorCount || TopologyStorage.ApicOf(_processors[low]) != apicId) return false;
        node = TopologyStorage.NodeOf(_processors[low]);
        return true;
    }

    /// <summary>Says that <paramref name="cpu"/> runs, on the processor with this APIC number; one without a node goes to node 0.</summary>
    public NodeId Place(CpuId cpu, uint apicId)
    {
        _ = TryNodeOfProcessor(apicId, out NodeId node);
        ref NodeRecord record = ref Record(node);
        record.Cpus = record.Cpus.With(cpu);
        return node;
    }

    /// <summary>Checks I1 to I4; null when they hold, else the name of the one that does not.</summary>
    public string? Validate()
    {
        if (NodeCount == 0 || RangeCount == 0) return "I1: there is a node and a range";
        for (int index = 0; index < RangeCount; index++)
        {
            if (_ranges[index].Frames.IsEmpty) return "I1: ranges are not empty";
            if (index != 0 && _ranges[index].Frames.Start < _ranges[index - 1].Frames.End) return "I1: ranges rise and are disjoint";
        }

        for (int node = 0; node < NodeCount; node++)
        {
            if (node != 0 && _nodes[node].Domain <= _nodes[node - 1].Domain) return "I2: the firmware's numbers rise";
            if (!HasProperDistances(NodeId.FromTrusted(node))) return "I3: a node is 10 from itself and further from all others";
            if (!HasProperFallback(NodeId.FromTrusted(node))) return "I4: fallback goes outwards over nodes with memory, each once";
        }

        return null;
    }

    internal static int Cell(NodeId row, int column) => row.Value << NodeShift | column;

    /// <summary>The last range that starts at or below <paramref name="frame"/>, else the lowest.</summary>
    internal int RangeOf(FrameNumber frame)
    {
        int low = 1;
        int high = RangeCount;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (_ranges[middle].Frames.Start <= frame) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private ref NodeRecord Record(NodeId node)
    {
        KernelAssert.That(node.Value < NodeCount, "Topology: no such node");
        return ref _nodes[node.Value];
    }

    private bool HasProperDistances(NodeId from)
    {
        for (int to = 0; to < NodeCount; to++)
        {
            byte distance = Distance(from, NodeId.FromTrusted(to));
            bool isLocal = distance == AcpiDistance.Local;
            if (isLocal != (to == from.Value) || distance < AcpiDistance.Local) return false;
        }

        return true;
    }

    private bool HasProperFallback(NodeId from)
    {
        ulong seen = 0;
        byte last = 0;
        for (int index = 0; index < FallbackCount(from); index++)
        {
            NodeId node = Fallback(from, index);
            byte distance = Distance(from, node);
            if ((seen >> node.Value & 1) != 0 || PresentFrames(node) == 0 || distance < last) return false;
            seen |= 1UL << node.Value;
            last = distance;
        }

        return true;
    }
}
