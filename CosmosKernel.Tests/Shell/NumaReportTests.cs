using System.Linq;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Shell;

public sealed unsafe class NumaReportTests
{
    private const ulong MiB = 1 << 20;

    [Test]
    public void Nodes_ranges_and_distances_are_listed()
    {
        string[] lines = Report(
            Srat(
                Processor(0, 0), Processor(0, 1), Processor(7, 2), Initiator(3), Ram(0, 0, 128 * MiB),
                Ram(7, 128 * MiB, 384 * MiB, Enabled | HotPluggable | NonVolatile)),
            Slit(
                10, 20, 20, 41, 20, 20, 20, 20,
                20, 10, 20, 20, 20, 20, 20, 20,
                20, 20, 10, 20, 20, 20, 20, 20,
                43, 20, 20, 10, 20, 20, 20, 255,
                20, 20, 20, 20, 10, 20, 20, 20,
                20, 20, 20, 20, 20, 10, 20, 20,
                20, 20, 20, 20, 20, 20, 10, 20,
                21, 20, 20, 42, 20, 20, 20, 10));
        Assert.That(lines, Is.EqualTo(new[]
        {
            "node    domain  MiB  frames  processors  running  initiators  local  remote  missed",
            "node 0       0  127   32671           2  {0}               0      4       2       1",
            "node 1       3    0       0           0  {}                1      0       0       2",
            "node 2       7  384   98304           1  {}                0      7       1       0",
            "",
            "processor  of      hits  of its caches  misses  frames at hand",
            "0          node 0    11              0       3               0",
            "",
            "from         to            belongs to  kind",
            "P:0x0        P:0x8000000   node 0      fixed",
            "P:0x8000000  P:0x20000000  node 2      hot-pluggable, non-volatile",
            "",
            "distance to   0   1    2  asks",
            "from node 0  10  41   20  0 2",
            "from node 1  43  10  255  0",
            "from node 2  21  42   10  2 0",
        }));
    }

    [Test]
    public void One_node_for_want_of_better_tables_says_why()
    {
        Assert.That(Report(null, null)[0], Is.EqualTo("one node: no SRAT"));
        byte[] srat = Srat(Ram(0, 0, 512 * MiB));
        Assert.That(Report(srat, null)[0], Does.StartWith("node "), "a firmware may well name one node");
        Assert.That(Report(srat, Slit(11))[0], Is.EqualTo("one node: the SLIT is broken: an impossible distance"));
        Assert.That(Report(Srat(Ram(0, 0, MiB)), null)[0], Is.EqualTo("one node: the SRAT leaves out memory that is there"));
    }

    private static string[] Report(byte[]? srat, byte[]? slit)
    {
        using AcpiMachine machine = new();
        using FirmwareMap firmware = FirmwareMap.Of((0, 0x9F), (256, 511 * 256));
        MemoryMap map = firmware.Build();
        Topology topology = machine.Read(map, srat, slit);
        topology.Place(CpuId.Zero, 1);
        FramePlan plan = HostPlan.Of(ZoneLayout.Linux, in topology);
        NativeStorage storage = firmware.NewStorage(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        PhysicalMemory<NoMemory, LoneProcessor> memory = new(in map, firmware.NewRegions(), in plan, storage.Bytes, default, firmware.NewProcessor());
        if (topology.NodeCount == 3) Use(ref memory);
        Assert.That(memory.TryStatisticsOf(CpuId.Zero, out ProcessorStatistics processor), Is.True);
        Assert.That(memory.TryStatisticsOf(CpuId.FromTrusted(1), out _), Is.False);
        FakeTerminal terminal = new();
        new NumaReport(
            in topology, [.. Enumerable.Range(0, topology.NodeCount).Select(node => memory.StatisticsOf(NodeId.FromTrusted(node)))], [processor]).WriteTo(terminal);
        return terminal.Lines;
    }

    /// <summary>Node 0 has 64 MiB in a row once, node 1 has nothing.</summary>
    private static void Use(ref PhysicalMemory<NoMemory, LoneProcessor> memory)
    {
        foreach ((int node, int order, int count) in new[] { (0, 14, 2), (0, 1, 3), (1, 3, 2), (2, 2, 7) })
        {
            FrameRequest request = FrameRequest.For(FrameOwner.Kernel).On(NodeId.FromTrusted(node));
            for (int i = 0; i < count; i++) Assert.That(memory.TryAllocate(Order.FromTrusted(order), request, out _), Is.True);
        }
    }
}
