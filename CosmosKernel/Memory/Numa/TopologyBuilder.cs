using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Numa;

/// <summary>Makes a <see cref="Topology"/> of the firmware's tables, or one node when they cannot be believed.</summary>
internal unsafe struct TopologyBuilder<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Firmware counts its domains from 0 up; operating systems refuse numbers from here on.</summary>
    private const uint DomainLimit = 1024;

    private readonly MemoryMap _map;
    private readonly TopologyTables<TMemory> _tables;
    private readonly TopologyStorage _storage;
    private int _nodeCount;
    private int _rangeCount;
    private int _processorCount;
    private TopologyFault _fault;
    private AcpiFault _tableFault;

    internal TopologyBuilder(in MemoryMap map, in TopologyTables<TMemory> tables, in TopologyStorage storage)
        : this()
    {
        _map = map;
        _tables = tables;
        _storage = storage;
    }

    internal Topology Build()
    {
        AcpiSlit<TMemory> slit = default;
        if (CheckTable(_tables.RootFault, TopologyFault.RootBroken) && CheckTable(_tables.SratFault, TopologyFault.SratBroken)
            && CollectDomains() && ReadEntries() && ArrangeMemory())
        {
            _ = ArrangeProcessors() && OpenSlit(out slit);
        }

        if (_fault != TopologyFault.None) BecomeOneNode();
        FillDistances(in slit);
        CountFrames();
        new FallbackBuilder(in _storage, _nodeCount).Build();
        return Finished();
    }

    private readonly Topology Finished() => new(in _storage, _nodeCount, _rangeCount, _processorCount, _fault, _tableFault);

    private bool Refuse(TopologyFault fault, AcpiFault tableFault = AcpiFault.None)
    {
        _fault = fault;
        _tableFault = tableFault;
        return false;
    }

    private bool CheckTable(AcpiFault fault, TopologyFault broken)
    {
        if (fault == AcpiFault.Missing) return Refuse(TopologyFault.SratMissing, fault);
        return fault == AcpiFault.None || Refuse(broken, fault);
    }

    /// <summary>Finds the domains and numbers them upwards.</summary>
    private bool CollectDomains()
    {
        AcpiTable<TMemory> table = _tables.Srat;
        AcpiSrat<TMemory> entries = new(in table);
        while (entries.TryNext(out AcpiAffinity entry))
        {
            if (entry.Domain >= DomainLimit) return Refuse(TopologyFault.WrongNode);
            if (!TryAddDomain(entry.Domain)) return Refuse(TopologyFault.TooManyNodes);
        }

        return CheckTable(entries.Fault, TopologyFault.SratBroken);
    }

    private bool TryAddDomain(uint domain)
    {
        StructArray<NodeRecord> nodes = _storage.Nodes;
        int place = FirstNodeFrom(domain);
        if (place < _nodeCount && nodes[place].Domain == domain) return true;
        if (_nodeCount == NodeId.Limit) return false;
        for (int index = _nodeCount++; index > place; index--) nodes[index].Domain = nodes[index - 1].Domain;
        nodes[place].Domain = domain;
        return true;
    }

    /// <summary>The first node whose domain is not below <paramref name="domain"/>.</summary>
    private readonly int FirstNodeFrom(uint domain)
    {
        int index = 0;
        while (index < _nodeCount && _storage.Nodes[index].Domain < domain) index++;
        return index;
    }

    private bool ReadEntries()
    {
        AcpiTable<TMemory> table = _tables.Srat;
        AcpiSrat<TMemory> entries = new(in table);
        while (entries.TryNext(out AcpiAffinity entry))
        {
            NodeId node = NodeId.FromTrusted(FirstNodeFrom(entry.Domain));
            ref NodeRecord record = ref _storage.Nodes[node.Value];
            switch (entry.Kind)
            {
                case AcpiAffinityKind.Initiator:
                    record.InitiatorCount++;
                    break;
                case AcpiAffinityKind.Memory:
                    if (!TryAddRange(node, in entry)) return Refuse(TopologyFault.TooManyRanges);
                    break;
                default:
                    if (_processorCount == _storage.Processors.Count) return Refuse(TopologyFault.TooManyProcessors);
                    _storage.Processors[_processorCount++] = TopologyStorage.Processor(entry.ApicId, node);
                    break;
            }
        }

        return _rangeCount != 0 || Refuse(TopologyFault.NoMemory);
    }

    /// <summary>Puts a range where its start belongs; one without a frame's first byte is nothing.</summary>
    private bool TryAddRange(NodeId node, in AcpiAffinity entry)
    {
        FrameRange frames = FrameRange.FromBounds(FrameFrom(entry.Start), FrameFrom(entry.Start + entry.SizeBytes));
        if (frames.IsEmpty) return true;
        if (_rangeCount == _storage.Ranges.Count) return false;
        StructArray<NodeMemory> ranges = _storage.Ranges;
        int index = _rangeCount++;
        for (; index > 0 && ranges[index - 1].Frames.Start > frames.Start; index--) ranges[index] = ranges[index - 1];
        ranges[index] = new NodeMemory(node, frames, entry.Traits);
        return true;
    }

    private static FrameNumber FrameFrom(PhysAddr start) => FrameNumber.FromTrusted(FrameNumber.CountFor(start.Value));

    /// <summary>Makes the ranges disjoint and sees that they cover the RAM.</summary>
    private bool ArrangeMemory()
    {
        StructArray<NodeMemory> ranges = _storage.Ranges;
        int kept = 1;
        for (int index = 1; index < _rangeCount; index++)
        {
            NodeMemory range = ranges[index];
            NodeMemory last = ranges[kept - 1];
            if (range.Frames.Start < last.Frames.End)
            {
                if (range.Node != last.Node) return Refuse(TopologyFault.OverlappingMemory);
                range = new NodeMemory(range.Node, FrameRange.FromBounds(last.Frames.End, range.Frames.End), range.Traits);
                if (range.Frames.IsEmpty) continue;
            }

            ranges[kept++] = range;
        }

        _rangeCount = kept;
        return UncoveredFrames() < Topology.MaxUncoveredFrames || Refuse(TopologyFault.UncoveredMemory);
    }

    /// <summary>The RAM outside the ranges; a hole between two ranges of one node is the node's.</summary>
    private readonly ulong UncoveredFrames()
    {
        Topology topology = Finished();
        ulong uncovered = 0;
        int position = 0;
        while (_map.TryNextUsable(ref position, out FrameRange run))
        {
            while (!run.IsEmpty)
            {
                FrameRange front = topology.TakeFront(ref run, out NodeId node);
                int range = topology.RangeOf(front.Start);
                FrameRange covered = topology.RangeAt(range).Frames;
                bool isInside = front.Start >= covered.Start && range + 1 < _rangeCount && topology.RangeAt(range + 1).Node == node;
                if (!isInside) uncovered += front.Count - front.Intersect(covered).Count;
            }
        }

        return uncovered;
    }

    private bool ArrangeProcessors()
    {
        if (_processorCount == 0) return true;
        fixed (ulong* words = &_storage.Processors[0]) WordSort.Ascending(words, _processorCount);
        int kept = 0;
        for (int index = 0; index < _processorCount; index++)
        {
            ulong processor = _storage.Processors[index];
            if (kept != 0 && TopologyStorage.ApicOf(processor) == TopologyStorage.ApicOf(_storage.Processors[kept - 1]))
            {
                if (processor != _storage.Processors[kept - 1]) return Refuse(TopologyFault.ProcessorInTwoNodes);
                continue;
            }

            _storage.Processors[kept++] = processor;
            _storage.Nodes[TopologyStorage.NodeOf(processor).Value].ProcessorCount++;
        }

        _processorCount = kept;
        return true;
    }

    private bool OpenSlit(out AcpiSlit<TMemory> slit)
    {
        slit = default;
        if (_tables.SlitFault == AcpiFault.Missing) return true;
        AcpiTable<TMemory> table = _tables.Slit;
        AcpiFault fault = _tables.SlitFault == AcpiFault.None ? AcpiSlit<TMemory>.Read(in table, out slit) : _tables.SlitFault;
        return fault == AcpiFault.None || Refuse(TopologyFault.SlitBroken, fault);
    }

    private void BecomeOneNode()
    {
        for (int node = 0; node < _storage.Nodes.Count; node++) _storage.Nodes[node] = default;
        _storage.Ranges[0] = new NodeMemory(NodeId.Zero, new FrameRange(FrameNumber.Zero, FrameNumber.Limit), AcpiMemoryTraits.None);
        _nodeCount = 1;
        _rangeCount = 1;
        _processorCount = 0;
    }

    private readonly void FillDistances(in AcpiSlit<TMemory> slit)
    {
        for (int from = 0; from < _nodeCount; from++)
        {
            for (int to = 0; to < _nodeCount; to++)
            {
                uint fromDomain = _storage.Nodes[from].Domain;
                uint toDomain = _storage.Nodes[to].Domain;
                bool isKnown = fromDomain < slit.DomainCount && toDomain < slit.DomainCount;
                byte distance = from == to ? AcpiDistance.Local : AcpiDistance.Default;
                if (isKnown) distance = slit.Distance(fromDomain, toDomain);
                _storage.Distances[Topology.Cell(NodeId.FromTrusted(from), to)] = distance;
            }
        }
    }

    private readonly void CountFrames()
    {
        Topology topology = Finished();
        int position = 0;
        while (_map.TryNextUsable(ref position, out FrameRange run))
        {
            while (!run.IsEmpty)
            {
                FrameRange front = topology.TakeFront(ref run, out NodeId node);
                _storage.Nodes[node.Value].PresentFrames += front.Count;
            }
        }
    }
}
