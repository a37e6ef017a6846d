using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Memory.Numa;

public sealed unsafe class TopologyTests
{
    private const ulong MiB = 1 << 20;
    private const ulong FramesPerMiB = 256;

    private AcpiMachine _machine = null!;
    private FirmwareMap _firmware = null!;

    [SetUp]
    public void SetUp()
    {
        _machine = new AcpiMachine();
        _firmware = FirmwareMap.Of((0, 0x9F), (256, 511 * FramesPerMiB));
    }

    [TearDown]
    public void TearDown()
    {
        _machine.Dispose();
        _firmware.Dispose();
    }

    [Test]
    public void Two_nodes_as_a_machine_emulator_writes_them()
    {
        Topology topology = Read(Srat(
            Processor(0, 0), Processor(0, 1), Processor(1, 2), Processor(1, 3),
            Ram(0, 0, 0xA0000), Ram(0, MiB, 127 * MiB), Ram(1, 128 * MiB, 384 * MiB)), Slit(10, 21, 21, 10));
        Assert.That(topology.NodeCount, Is.EqualTo(2));
        Assert.That(Frames(topology), Is.EqualTo(new[] { 0x9F + 127 * FramesPerMiB, 384 * FramesPerMiB }));
        Assert.That(topology.ProcessorsOf(Node(1)), Is.EqualTo(2));
        Assert.That(topology.Distance(Node(0), Node(1)), Is.EqualTo(21));
        Assert.That(topology.NodeOf(FrameNumber.FromTrusted(128 * FramesPerMiB - 1)), Is.EqualTo(Node(0)));
        Assert.That(topology.NodeOf(FrameNumber.FromTrusted(128 * FramesPerMiB)), Is.EqualTo(Node(1)));
        Assert.That(Order(topology, 1), Is.EqualTo(new[] { 1, 0 }));
    }

    [Test]
    public void Nodes_are_numbered_without_gaps_in_the_order_of_their_domains()
    {
        Topology topology = Read(Srat(
            Ram(700, 256 * MiB, 256 * MiB), Processor(3, 5), Ram(1, 0, 128 * MiB), X2Apic(700, 1000), Ram(3, 128 * MiB, 128 * MiB)));
        Assert.That(Enumerable.Range(0, 3).Select(node => topology.DomainOf(Node(node))), Is.EqualTo(new uint[] { 1, 3, 700 }));
        Assert.That(topology.TryNodeOfProcessor(1000, out NodeId node), Is.True);
        Assert.That(node, Is.EqualTo(Node(2)));
        Assert.That(topology.TryNodeOfProcessor(5, out node) && node == Node(1), Is.True);
        Assert.That(topology.TryNodeOfProcessor(6, out _), Is.False);
    }

    [Test]
    public void Without_a_distance_table_others_are_at_20()
    {
        Topology topology = Read(Srat(Ram(0, 0, 128 * MiB), Ram(1, 128 * MiB, 384 * MiB)));
        Assert.That(topology.Distance(Node(0), Node(0)), Is.EqualTo(10));
        Assert.That(topology.Distance(Node(0), Node(1)), Is.EqualTo(20));
    }

    [Test]
    public void A_distance_table_may_know_more_or_fewer_domains()
    {
        byte[] srat = Srat(Ram(0, 0, 128 * MiB), Ram(2, 128 * MiB, 384 * MiB));
        Topology larger = Read(srat, Slit(10, 11, 42, 12, 10, 13, 43, 14, 10));
        Assert.That(larger.Distance(Node(0), Node(1)), Is.EqualTo(42));
        Assert.That(larger.Distance(Node(1), Node(0)), Is.EqualTo(43));
        Topology smaller = Read(srat, Slit(10, 11, 12, 10));
        Assert.That(smaller.NodeCount, Is.EqualTo(2));
        Assert.That(smaller.Distance(Node(0), Node(1)), Is.EqualTo(20));
    }

    [Test]
    public void Nodes_without_memory_are_nodes_that_nobody_falls_back_to()
    {
        Topology topology = Read(Srat(
            Processor(0, 0), Ram(1, 0, 512 * MiB), Initiator(2), Ram(3, 1UL << 40, 1UL << 30, Enabled | HotPluggable), Ram(4, 0, 0)));
        Assert.That(Frames(topology), Is.EqualTo(new ulong[] { 0, 0x9F + 511 * FramesPerMiB, 0, 0, 0 }));
        Assert.That(topology.InitiatorsOf(Node(2)), Is.EqualTo(1));
        Assert.That(Order(topology, 0), Is.EqualTo(new[] { 1 }));
        Assert.That(topology.RangeAt(1).Traits, Is.EqualTo(AcpiMemoryTraits.HotPluggable));
    }

    [Test]
    public void Fallback_goes_outwards_and_spreads_over_equals()
    {
        // Two sockets of two nodes.
        Topology sockets = Read(FourNodes(), Slit(10, 12, 30, 30, 12, 10, 30, 30, 30, 30, 10, 12, 30, 30, 12, 10));
        Assert.That(Order(sockets, 0), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(Order(sockets, 1), Is.EqualTo(new[] { 1, 0, 3, 2 }));
        Assert.That(Order(sockets, 2), Is.EqualTo(new[] { 2, 3, 0, 1 }));
        Assert.That(Order(sockets, 3), Is.EqualTo(new[] { 3, 2, 1, 0 }));

        Topology equal = Read(FourNodes());
        int[] firsts = [.. Enumerable.Range(0, 4).Select(node => Order(equal, node)[1])];
        Assert.That(firsts, Is.Unique, "each node is the first choice of one other");
    }

    [Test]
    public void A_node_out_of_reach_is_not_fallen_back_to()
    {
        Topology topology = Read(FourNodes(), Slit(10, 255, 40, 30, 20, 10, 20, 20, 20, 20, 10, 20, 20, 20, 20, 10));
        Assert.That(Order(topology, 0), Is.EqualTo(new[] { 0, 3, 2 }));
    }

    [Test]
    public void Distances_need_not_be_symmetric()
    {
        Topology topology = Read(FourNodes(), Slit(10, 40, 30, 20, 20, 10, 30, 40, 40, 20, 10, 30, 30, 40, 20, 10));
        Assert.That(Order(topology, 0), Is.EqualTo(new[] { 0, 3, 2, 1 }));
        Assert.That(Order(topology, 1), Is.EqualTo(new[] { 1, 0, 2, 3 }));
        Assert.That(Order(topology, 2), Is.EqualTo(new[] { 2, 1, 3, 0 }));
        Assert.That(Order(topology, 3), Is.EqualTo(new[] { 3, 2, 0, 1 }));
    }

    [Test]
    public void Ranges_of_one_node_may_overlap_and_holes_between_them_are_its_own()
    {
        Topology topology = Read(Srat(
            Ram(0, 0, 128 * MiB), Ram(0, 64 * MiB, 8 * MiB), Ram(0, 100 * MiB, 56 * MiB), Ram(0, 250 * MiB, 6 * MiB), Ram(1, 256 * MiB, 256 * MiB)));
        Assert.That(Frames(topology), Is.EqualTo(new[] { 0x9F + 255 * FramesPerMiB, 256 * FramesPerMiB }));
        Assert.That(topology.RangeCount, Is.EqualTo(4));
    }

    [Test]
    public void A_frame_belongs_to_the_node_of_its_first_byte()
    {
        ulong border = 100 * MiB + 0x123;
        Topology topology = Read(Srat(Ram(0, 0, border), Ram(1, border, 512 * MiB - border)));
        FrameNumber frame = FrameNumber.FromTrusted(100 * FramesPerMiB);
        Assert.That(topology.NodeOf(frame), Is.EqualTo(Node(0)));
        Assert.That(topology.NodeOf(frame + 1), Is.EqualTo(Node(1)));
    }

    [Test]
    public void Little_memory_that_is_left_out_goes_to_the_range_below_it()
    {
        Topology topology = Read(Srat(Ram(1, MiB, 127 * MiB), Ram(0, 128 * MiB, 384 * MiB - 0x60000)));
        Assert.That(Frames(topology), Is.EqualTo(new[] { 384 * FramesPerMiB, 0x9F + 127 * FramesPerMiB }));
    }

    [Test]
    public void Much_memory_that_is_left_out_makes_one_node()
    {
        Refused(TopologyFault.UncoveredMemory, Srat(Ram(0, 0, 128 * MiB), Ram(1, 128 * MiB, 383 * MiB)));
        Refused(TopologyFault.UncoveredMemory, Srat(Ram(0, 2 * MiB, 510 * MiB)));
        Refused(TopologyFault.UncoveredMemory, Srat(Ram(0, 0, 128 * MiB), Ram(1, 129 * MiB, 383 * MiB)));
        Assert.That(Read(Srat(Ram(0, 0, 128 * MiB), Ram(1, 128 * MiB, 383 * MiB + 4096))).NodeCount, Is.EqualTo(2));
    }

    public static IEnumerable<TestCaseData> WrongTables()
    {
        byte[] memory = Ram(0, 0, 512 * MiB);
        byte[] sum = Srat(memory);
        sum[60]++;
        byte[] distanceSum = Slit(10);
        distanceSum[44]++;
        byte[] cut = Slit(10, 20, 20, 10);
        cut[36] = 3;
        byte[][] nodes = [memory, .. Enumerable.Range(1, NodeId.Limit).Select(node => Processor((uint)node, (byte)node))];

        yield return Case("no SRAT", TopologyFault.SratMissing, AcpiFault.Missing, null);
        yield return Case("no memory", TopologyFault.NoMemory, AcpiFault.None, Srat(Processor(0, 0), Ram(0, 0, 0)));
        yield return Case("a node number beyond all", TopologyFault.WrongNode, AcpiFault.None, Srat(memory, Processor(1024, 1)));
        yield return Case("too many nodes", TopologyFault.TooManyNodes, AcpiFault.None, Srat(nodes));
        yield return Case("memory of two nodes", TopologyFault.OverlappingMemory, AcpiFault.None, Srat(memory, Ram(1, 4 * MiB, MiB)));
        yield return Case(
            "memory of two nodes behind a short range", TopologyFault.OverlappingMemory, AcpiFault.None,
            Srat(Ram(0, 0, 64 * MiB), Ram(0, 8 * MiB, MiB), Ram(1, 32 * MiB, 480 * MiB)));
        yield return Case("a processor of two nodes", TopologyFault.ProcessorInTwoNodes, AcpiFault.None, Srat(memory, Processor(0, 7), Processor(1, 7)));
        yield return Case("a processor of two nodes by both numbers", TopologyFault.ProcessorInTwoNodes, AcpiFault.None, Srat(memory, Processor(0, 7), X2Apic(1, 7)));
        yield return Case("an entry of a wrong length", TopologyFault.SratBroken, AcpiFault.WrongEntryLength, Srat(memory, [1, 16]));
        yield return Case("an entry of no length", TopologyFault.SratBroken, AcpiFault.WrongEntryLength, Srat(memory, [9, 0]));
        yield return Case("an impossible address", TopologyFault.SratBroken, AcpiFault.WrongAddress, Srat(memory, Ram(0, 1UL << 52, 4096)));
        yield return Case("a wrong SRAT length", TopologyFault.SratBroken, AcpiFault.WrongLength, Table("SRAT", 3, new byte[5]));
        yield return Case("a wrong SRAT checksum", TopologyFault.SratBroken, AcpiFault.WrongChecksum, sum);
        yield return Case("an impossible distance", TopologyFault.SlitBroken, AcpiFault.WrongDistance, Srat(memory), Slit(11));
        yield return Case("a wrong SLIT length", TopologyFault.SlitBroken, AcpiFault.WrongLength, Srat(memory), Sum(cut));
        yield return Case("a wrong SLIT checksum", TopologyFault.SlitBroken, AcpiFault.WrongChecksum, Srat(memory), distanceSum);
        yield return Case("another table for the SLIT", TopologyFault.SlitBroken, AcpiFault.WrongSignature, Srat(memory), Srat(memory));

        static TestCaseData Case(string name, TopologyFault fault, AcpiFault tableFault, byte[]? srat, byte[]? slit = null) =>
            new TestCaseData(fault, tableFault, srat, slit).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(WrongTables))]
    public void Tables_that_cannot_be_right_make_one_node_and_say_why(TopologyFault fault, AcpiFault tableFault, byte[]? srat, byte[]? slit) =>
        Refused(fault, srat, slit, tableFault);

    [Test]
    public void Too_many_entries_make_one_node()
    {
        byte[][] ranges = [.. Enumerable.Range(0, 1025).Select(i => Ram(0, (ulong)i * 8192, 4096))];
        Refused(TopologyFault.TooManyRanges, Srat(ranges));
        byte[][] processors = [.. Enumerable.Range(0, 4097).Select(i => X2Apic(0, (uint)i))];
        Refused(TopologyFault.TooManyProcessors, Srat([Ram(0, 0, 512 * MiB), .. processors]));
    }

    [Test]
    public void Tables_out_of_reach_make_one_node_and_say_which()
    {
        ulong srat = _machine.Put(FourNodes());
        ulong slit = _machine.Put(Slit(10, 20, 20, 10));
        Assert.That(Faults(0), Is.EqualTo((TopologyFault.SratMissing, AcpiFault.Missing)), "no list at all");
        Assert.That(Faults(1UL << 40), Is.EqualTo((TopologyFault.RootBroken, AcpiFault.Unreachable)));
        Assert.That(Faults(srat), Is.EqualTo((TopologyFault.RootBroken, AcpiFault.WrongSignature)));
        Assert.That(Faults(_machine.Put(Xsdt(slit, 5UL << 30))), Is.EqualTo((TopologyFault.SratBroken, AcpiFault.Unreachable)));
        Assert.That(Faults(_machine.Put(Xsdt(srat, 5UL << 30))), Is.EqualTo((TopologyFault.SlitBroken, AcpiFault.Unreachable)));
        Assert.That(Faults(_machine.Put(Xsdt(srat, slit))), Is.EqualTo((TopologyFault.None, AcpiFault.None)));
    }

    [Test]
    public void A_topology_follows_its_storage_to_another_address()
    {
        byte[] srat = FourNodes();
        TopologyTables<HostMemory> tables = _machine.Tables(srat, Slit(10, 40, 30, 20, 20, 10, 30, 40, 40, 20, 10, 30, 30, 40, 20, 10));
        ulong sizeBytes = Topology.MetadataBytes(in tables);
        NativeStorage old = _firmware.NewStorage(sizeBytes);
        NativeStorage place = _firmware.NewStorage(sizeBytes);
        Topology topology = Topology.Read(_firmware.Build(), in tables, old.Bytes);
        Span<byte> left = new(old.Bytes, (int)sizeBytes);
        left.CopyTo(new Span<byte>(place.Bytes, (int)sizeBytes));
        left.Fill(0xA5);
        topology = topology.MovedBy(unchecked((ulong)(place.Bytes - old.Bytes)));
        Assert.That(topology.Validate(), Is.Null);
        Assert.That(Frames(topology), Is.EqualTo(Frames(Read(srat))));
        Assert.That(Order(topology, 3), Is.EqualTo(new[] { 3, 2, 0, 1 }));
        Assert.That(topology.TryNodeOfProcessor(2, out NodeId node) && node == Node(2), Is.True);
    }

    [Test]
    public void A_topology_of_one_node_takes_little_storage()
    {
        Assert.That(Topology.MetadataBytes(TopologyTables<HostMemory>.None), Is.LessThan(256));
        byte[][] entries = [.. Enumerable.Range(0, 5000).Select(i => Ram(0, (ulong)i * 8192, 4096)), .. Enumerable.Range(0, 5000).Select(i => X2Apic(0, (uint)i))];
        using AcpiMachine machine = new(128);
        Assert.That(Topology.MetadataBytes(machine.Tables(Srat(entries), null)), Is.InRange(64 << 10, 80 << 10), "whatever the tables say");
    }

    [Test]
    public void Every_reason_has_words_of_its_own()
    {
        Assert.That(Enum.GetValues<TopologyFault>().Select(fault => fault.Description()), Is.Unique);
        Assert.That(Enum.GetValues<AcpiFault>().Select(fault => fault.Description()), Is.Unique);
    }

    [Test]
    public void Cpus_that_run_are_counted_to_their_nodes()
    {
        Topology topology = Read(Srat(Processor(0, 4), Processor(1, 8), Ram(0, 0, 128 * MiB), Ram(1, 128 * MiB, 384 * MiB)));
        Assert.That(topology.Place(CpuId.FromTrusted(0), 8), Is.EqualTo(Node(1)));
        Assert.That(topology.Place(CpuId.FromTrusted(1), 4), Is.EqualTo(Node(0)));
        Assert.That(topology.Place(CpuId.FromTrusted(2), 99), Is.EqualTo(Node(0)), "of no node");
        Assert.That(topology.CpusOf(Node(0)).ToString(), Is.EqualTo("{1,2}"));
        Assert.That(topology.CpusOf(Node(1)).ToString(), Is.EqualTo("{0}"));

        Topology single = Read(null);
        Assert.That(single.TryNodeOfProcessor(77, out NodeId node) && node == Node(0), Is.True);
    }

    [Test]
    public void A_zone_of_a_node_spans_from_its_first_to_its_last_frame()
    {
        Topology topology = Read(Srat(
            Ram(0, 0, 8 * MiB), Ram(1, 8 * MiB, 2 * MiB), Ram(0, 10 * MiB, 118 * MiB), Ram(1, 128 * MiB, 384 * MiB), Processor(2, 1)));
        MemoryMap map = _firmware.Build();
        ZoneLayout layout = ZoneLayout.Linux;
        List<NodeZone> zones = ZonesOf(map, topology, layout);
        NodeZone dma = zones[0];
        Assert.That(dma.Node, Is.EqualTo(Node(0)));
        Assert.That(dma.Kind, Is.EqualTo(ZoneKind.Dma));
        Assert.That(dma.Span, Is.EqualTo(FrameRange.FromBounds(FrameNumber.FromTrusted(1), FrameNumber.FromTrusted(16 * FramesPerMiB))));
        Assert.That(dma.PresentFrames, Is.EqualTo(0x9E + 13 * FramesPerMiB));
        Assert.That(zones.Select(zone => (zone.Node.Value, zone.Kind)), Is.EqualTo(new[]
        {
            (0, ZoneKind.Dma), (0, ZoneKind.Dma32), (1, ZoneKind.Dma), (1, ZoneKind.Dma32),
        }));
        Assert.That(zones[2].PresentFrames, Is.EqualTo(2 * FramesPerMiB));
    }

    private static List<NodeZone> ZonesOf(MemoryMap map, Topology topology, ZoneLayout layout)
    {
        List<NodeZone> zones = [];
        ZonePlanner planner = new(in map, in topology, in layout);
        while (planner.TryNext(out NodeZone zone)) zones.Add(zone);
        return zones;
    }

    [Test]
    public void Random_topologies_agree_with_a_model([Range(1, 60)] int seed)
    {
        Random random = new(seed);
        const int Cells = 64;
        int[] owners = new int[Cells];
        List<byte[]> entries = [];
        int nodes = random.Next(1, 9);
        for (int start = 0; start < Cells;)
        {
            int count = Math.Min(random.Next(1, 20), Cells - start);
            int node = random.Next(nodes);
            entries.Add(Ram((uint)node * 3, (ulong)start * MiB, (ulong)count * MiB));
            for (int i = 0; i < count; i++) owners[start++] = node;
        }

        byte[][] shuffled = [.. entries];
        random.Shuffle(shuffled);
        using FirmwareMap firmware = new();
        bool[] isRam = new bool[Cells];
        for (int cell = 0; cell < Cells; cell++)
        {
            isRam[cell] = random.Next(4) != 0;
            if (isRam[cell]) firmware.AddFrames((ulong)cell * FramesPerMiB, FramesPerMiB);
        }

        Topology topology = _machine.Read(firmware.Build(), Srat(shuffled));
        Assert.That(topology.Fault, Is.EqualTo(TopologyFault.None));
        Assert.That(topology.Validate(), Is.Null);
        int[] present = [.. owners.Distinct().Order()];
        for (int node = 0; node < topology.NodeCount; node++)
        {
            Assert.That(topology.DomainOf(Node(node)), Is.EqualTo(present[node] * 3));
            int cells = Enumerable.Range(0, Cells).Count(cell => owners[cell] == present[node] && isRam[cell]);
            Assert.That(topology.PresentFrames(Node(node)), Is.EqualTo((ulong)cells * FramesPerMiB));
        }

        for (int cell = 0; cell < Cells; cell++)
        {
            NodeId node = topology.NodeOf(FrameNumber.FromTrusted((ulong)cell * FramesPerMiB + 5));
            Assert.That(present[node.Value], Is.EqualTo(owners[cell]));
        }
    }

    private static byte[] FourNodes() => Srat(
        Processor(0, 0), Processor(1, 1), X2Apic(2, 2), Processor(3, 3),
        Ram(0, 0, 128 * MiB), Ram(1, 128 * MiB, 128 * MiB), Ram(2, 256 * MiB, 128 * MiB), Ram(3, 384 * MiB, 128 * MiB));

    /// <summary>What is said of tables that a root pointer with such a list leads to.</summary>
    private (TopologyFault Fault, AcpiFault TableFault) Faults(ulong xsdt)
    {
        byte[] pointer = Pointer(2, 0, xsdt);
        fixed (byte* bytes = pointer)
        {
            Topology topology = _machine.Read(_firmware.Build(), TopologyTables<HostMemory>.Find(_machine.Memory, bytes, pointer.Length));
            Assert.That(topology.Validate(), Is.Null);
            Assert.That(topology.NodeCount, Is.EqualTo(topology.Fault == TopologyFault.None ? 4 : 1));
            return (topology.Fault, topology.TableFault);
        }
    }

    private Topology Read(byte[]? srat, byte[]? slit = null)
    {
        Topology topology = _machine.Read(_firmware.Build(), srat, slit);
        Assert.That(topology.Validate(), Is.Null);
        Assert.That(topology.Fault, Is.EqualTo(srat == null ? TopologyFault.SratMissing : TopologyFault.None));
        return topology;
    }

    private void Refused(TopologyFault fault, byte[]? srat, byte[]? slit = null, AcpiFault tableFault = AcpiFault.None)
    {
        using AcpiMachine machine = new(64);
        Topology topology = machine.Read(_firmware.Build(), srat, slit);
        Assert.That(topology.Fault, Is.EqualTo(fault));
        Assert.That(topology.TableFault, Is.EqualTo(tableFault));
        Assert.That(topology.Validate(), Is.Null);
        Assert.That(Frames(topology), Is.EqualTo(new[] { 0x9F + 511 * FramesPerMiB }));
        Assert.That(topology.TryNodeOfProcessor(1, out _), Is.True);
    }

    private static NodeId Node(int number) => NodeId.FromTrusted(number);

    private static ulong[] Frames(Topology topology) =>
        [.. Enumerable.Range(0, topology.NodeCount).Select(node => topology.PresentFrames(Node(node)))];

    private static int[] Order(Topology topology, int node) =>
        [.. Enumerable.Range(0, topology.FallbackCount(Node(node))).Select(index => topology.Fallback(Node(node), index).Value)];
}
