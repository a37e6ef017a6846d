using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Memory.Frames;

/// <summary>Zones of several nodes: who is served from where, and how that is counted.</summary>
public sealed unsafe class ZoneNodeTests
{
    private const ulong MiB = 1 << 20;
    private const ulong FramesPerMiB = 256;

    private AcpiMachine _acpi = null!;
    private FirmwareMap _firmware = null!;
    private PhysicalMemory<NoMemory, LoneProcessor> _memory;

    [SetUp]
    public void TwoNodes()
    {
        _acpi = new AcpiMachine();
        _firmware = FirmwareMap.Of((0, 64 * FramesPerMiB));

        // Node 1 also has a MiB in the midst of node 0's DMA memory.
        Build(
            Srat(Ram(0, 0, 8 * MiB), Ram(1, 8 * MiB, MiB), Ram(0, 9 * MiB, 23 * MiB), Ram(1, 32 * MiB, 32 * MiB), Processor(0, 0), Processor(1, 1)),
            Slit(10, 21, 21, 10));
    }

    [TearDown]
    public void FreeStorage()
    {
        _firmware.Dispose();
        _acpi.Dispose();
    }

    [Test]
    public void Each_node_has_its_share_of_each_band()
    {
        Assert.That(Zones().Select(zone => (zone.Node.Value, zone.Kind, zone.PresentFrames / FramesPerMiB)), Is.EqualTo(new[]
        {
            (0, ZoneKind.Dma, 15UL), (0, ZoneKind.Normal, 16UL), (1, ZoneKind.Dma, 1UL), (1, ZoneKind.Normal, 32UL),
        }));
        Assert.That(_memory.Statistics.Managed, Is.EqualTo(64 * FramesPerMiB));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_cpu_is_served_by_its_own_node(int home)
    {
        _memory.SetHome(Node(home));
        for (int i = 0; i < 1000; i++) Assert.That(IsOn(home, Take(FrameRequest.For(FrameOwner.User))), Is.True);
        Assert.That(_memory.TryAllocate(Order.FromTrusted(5), FrameOwner.User, out FrameNumber block), Is.True);
        Assert.That(IsOn(home, block), Is.True);
        Check(home, local: 1001, missed: 0);
        Check(1 - home, local: 0, missed: 0);
    }

    [Test]
    public void A_named_node_is_preferred_to_the_cpus()
    {
        FrameNumber frame = Take(FrameRequest.For(FrameOwner.User).On(Node(1)));
        Assert.That(IsOn(1, frame), Is.True);
        Check(1, local: 1, missed: 0);
        Assert.That(_memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Ok));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_full_node_is_helped_by_the_other_and_both_count_it()
    {
        int others = 0;
        int count = 0;
        FrameRequest request = FrameRequest.For(FrameOwner.User).From(ZoneKind.Normal);
        while (others < 10)
        {
            others += IsOn(1, Take(request)) ? 1 : 0;
            count++;
        }

        Assert.That(count, Is.GreaterThan(15 * (int)FramesPerMiB), "first its own, but for what is kept");
        Assert.That(_memory.StatisticsOf(Node(0)).Missed, Is.EqualTo(10));
        Assert.That(_memory.StatisticsOf(Node(1)).Remote, Is.EqualTo(10));
        Assert.That(_memory.StatisticsOf(Node(0)).Local, Is.EqualTo((ulong)(count - 10)));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_request_for_one_node_only_fails_rather_than_leave_it()
    {
        FrameRequest request = FrameRequest.For(FrameOwner.User).OnlyOn(Node(0)).Urgent();
        ulong count = 0;
        while (_memory.TryAllocate(Order.Zero, request, out FrameNumber frame))
        {
            Assert.That(IsOn(0, frame), Is.True);
            count++;
        }

        Assert.That(count, Is.EqualTo(31 * FramesPerMiB));
        Assert.That(_memory.Statistics.Free, Is.EqualTo(33 * FramesPerMiB));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_node_without_memory_takes_from_the_nearest()
    {
        Build(
            Srat(Ram(0, 0, 32 * MiB), Ram(1, 32 * MiB, 32 * MiB), Processor(0, 0), Processor(1, 1), Processor(2, 2)),
            Slit(10, 20, 40, 20, 10, 15, 40, 15, 10));
        _memory.SetHome(Node(2));
        Assert.That(IsOn(1, Take(FrameRequest.For(FrameOwner.User))), Is.True);
        Assert.That(_memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.User).OnlyOn(Node(2)), out _), Is.False);
        Assert.That(_memory.StatisticsOf(Node(2)).Missed, Is.EqualTo(1));
    }

    [Test]
    public void What_is_freed_far_from_home_goes_back_by_the_batch()
    {
        List<FrameNumber> far = [];
        for (int i = 0; i < 300; i++) far.Add(Take(FrameRequest.For(FrameOwner.User).On(Node(1))));
        foreach (FrameNumber frame in far) Assert.That(_memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Ok));
        Assert.That(Zones()[3].CachedFrames, Is.InRange(1UL, PerCpuCache.LargestStack), "one stack at most stays");
        Assert.That(_memory.Statistics.Used, Is.Zero);
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void Frames_of_all_nodes_can_be_had_and_none_twice([Range(1, 6)] int seed)
    {
        Random random = new(seed);
        HashSet<ulong> taken = [];
        for (int i = 0; i < 200; i++)
        {
            FrameRequest request = FrameRequest.For(FrameOwner.User).On(Node(random.Next(2))).Urgent();
            Order order = Order.FromTrusted(random.Next(8));
            if (!_memory.TryAllocate(order, request, out FrameNumber block)) continue;
            for (ulong j = 0; j < order.FrameCount; j++) Assert.That(taken.Add((block + j).Value), Is.True);
        }

        while (_memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.User).Urgent(), out FrameNumber frame)) Assert.That(taken.Add(frame.Value), Is.True);
        Assert.That(taken, Has.Count.EqualTo(64 * (int)FramesPerMiB));
        Assert.That(_memory.StatisticsOf(Node(0)).Missed, Is.EqualTo(_memory.StatisticsOf(Node(1)).Remote));
        Assert.That(_memory.StatisticsOf(Node(1)).Missed, Is.EqualTo(_memory.StatisticsOf(Node(0)).Remote));
        Assert.That(_memory.Validate(), Is.Null);
    }

    private void Build(byte[] srat, byte[] slit)
    {
        MemoryMap map = _firmware.Build();
        Topology topology = _acpi.Read(in map, srat, slit);
        Assert.That(topology.Fault, Is.EqualTo(TopologyFault.None));
        ZoneLayout layout = ZoneLayout.Veridian;
        FrameAllocatorKind allocator = FrameAllocators.FindOrDefault(default);
        FramePlan plan = new(in layout, in topology, in allocator);
        NativeStorage storage = _firmware.NewStorage(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        ReservedRegions reserved = _firmware.NewRegions();
        _memory = new PhysicalMemory<NoMemory, LoneProcessor>(in map, in reserved, in plan, storage.Bytes, default, _firmware.NewProcessor());
    }

    private FrameNumber Take(FrameRequest request)
    {
        Assert.That(_memory.TryAllocate(Order.Zero, request, out FrameNumber frame), Is.True);
        return frame;
    }

    private void Check(int node, ulong local, ulong missed)
    {
        NodeStatistics statistics = _memory.StatisticsOf(Node(node));
        Assert.That((statistics.Local, statistics.Missed), Is.EqualTo((local, missed)));
        Assert.That(_memory.Validate(), Is.Null);
    }

    private List<Zone> Zones() => [.. Enumerable.Range(0, _memory.ZoneCount).Select(index => _memory.ZoneAt(index))];

    private static bool IsOn(int node, FrameNumber frame)
    {
        ulong mib = frame.Value / FramesPerMiB;
        return node == (mib is 8 or >= 32 ? 1 : 0);
    }

    private static NodeId Node(int number) => NodeId.FromTrusted(number);
}
