using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Boot;

/// <summary>The kernel sees the nodes that the machine was made of, and believes no tables that cannot be true.</summary>
[Category("Boot")]
public sealed class NumaTests
{
    private const ulong MiB = 1 << 20;

    // Beside what an emulator's firmware keeps, a node has what it was given.
    private const int MaxFirmwareMiB = 12;

    [TestCase(Firmware.Bios, 1, "128M,384M")]
    [TestCase(Firmware.Uefi, 4, "128M,384M", "0,1=31")]
    [TestCase(Firmware.Bios, 4, "128M,64M,256M,128M", "0,1=12", "0,2=30", "0,3=40", "1,2=30", "1,3=31", "2,3=12")]
    [TestCase(Firmware.Uefi, 2, "128M,64M,256M,128M", "0,1=12", "0,2=30", "0,3=255", "3,0=200", "1,2=30", "1,3=31", "2,3=12", "1,0=13", "2,0=33", "3,1=34", "2,1=35", "3,2=36")]
    [TestCase(Firmware.Bios, 3, "0M,256M,0M", "0,1=15", "0,2=25", "1,2=35")]
    public void Nodes_are_those_of_the_machine(Firmware firmware, int cpus, string nodes, params string[] distances)
    {
        MachineOptions options = BuiltImages.MemOS with
        {
            Firmware = firmware,
            Cpus = cpus,
            Memory = null,
            NumaNodes = [.. nodes.Split(',').Select(MemorySize.Parse)],
            NumaDistances = [.. distances.Select(NumaDistance.Parse)],
        };
        using BootedMachine machine = BootedMachine.Start(options);
        ulong total = ulong.Parse(machine.RunOk("mem")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        NumaLines said = new(machine.RunOk("numa"));

        int count = options.NumaNodes.Count;
        Assert.That(said.Nodes, Has.Length.EqualTo(count), machine.Transcript);
        Assert.That(said.Nodes.Aggregate(0UL, (sum, node) => sum + node.Frames), Is.EqualTo(total), "every frame has a node");
        for (int node = 0; node < count; node++)
        {
            int given = (int)(options.NumaNodes[node].Bytes >> 20);
            Assert.That(said.Nodes[node].MiB, Is.InRange(Math.Max(0, given - MaxFirmwareMiB), given), $"node {node}");
            Assert.That(said.Nodes[node].Processors, Is.EqualTo(Enumerable.Range(0, cpus).Count(cpu => cpu % count == node)), $"node {node}");
            for (int to = 0; to < count; to++) Assert.That(said.Distances[node][to], Is.EqualTo(Distance(options, node, to)), $"from {node} to {to}");
            Assert.That(said.Orders[node], Is.EqualTo(ByDistance(options, node)));
        }

        // The kernel runs on the first processor, which is node 0's.
        int near = ByDistance(options, 0)[0];
        Assert.That((near == 0 ? said.Nodes[0].Local : said.Nodes[0].Missed) > 0, Is.True, machine.Transcript);
        Assert.That(said.Nodes[near].Remote, Is.EqualTo(said.Nodes[0].Missed), "nothing else is asked for");
    }

    [Test]
    public void A_list_of_many_nodes_is_kept_outside_the_kernels_data()
    {
        MachineOptions options = BuiltImages.MemOS with { Memory = null, NumaNodes = [.. Enumerable.Repeat(MemorySize.Parse("16M"), 24)] };
        using BootedMachine machine = BootedMachine.Start(options);
        NumaLines said = new(machine.RunOk("numa"));
        Assert.That(said.Nodes, Has.Length.EqualTo(24), machine.Transcript);
        Assert.That(said.Nodes.Skip(1).SkipLast(1).Select(node => node.MiB), Is.All.EqualTo(16));
        Assert.That(machine.RunOk("map"), Has.Some.EndsWith(" boot allocation"));
        Assert.That(machine.RunOk("selftest")[^1], Does.EndWith(" 0 failed"));
    }

    [Test]
    public void Devices_that_use_memory_by_themselves_are_counted_to_their_nodes()
    {
        NumaLines said = Numa(Srat(Processor(0, 0), Ram(0, 0, 128 * MiB), Initiator(5), Initiator(5), X2Apic(9, 70)));
        Assert.That(said.Nodes.Select(node => (node.Domain, node.Processors, node.Initiators)), Is.EqualTo(new[] { (0, 1, 0), (5, 0, 2), (9, 1, 0) }));
    }

    [Test]
    public void A_table_that_contradicts_itself_or_the_memory_makes_one_node()
    {
        Assert.That(Numa(Srat(Ram(0, 0, 128 * MiB), Ram(1, 4 * MiB, MiB))).OneNodeBecause, Is.EqualTo("the SRAT gives memory to two nodes"));
        Assert.That(Numa(Srat(Ram(0, 0, 64 * MiB))).OneNodeBecause, Is.EqualTo("the SRAT leaves out memory that is there"));
        NumaLines cut = Numa(Srat(Ram(0, 0, 64 * MiB), Ram(1, 64 * MiB, 64 * MiB)[..20]));
        Assert.That(cut.OneNodeBecause, Is.EqualTo("the SRAT is broken: an entry has a wrong length"));
        Assert.That(cut.Nodes, Has.Length.EqualTo(1));
    }

    [Test]
    public void Without_tables_the_machine_is_one_node()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        Assert.That(new NumaLines(machine.RunOk("numa")).OneNodeBecause, Is.EqualTo("no SRAT"));
    }

    /// <summary>What a machine of 128 MiB says whose firmware passes this table on.</summary>
    private static NumaLines Numa(byte[] srat)
    {
        using TemporaryFolder folder = new();
        string file = folder.NewFile(".srat");
        File.WriteAllBytes(file, srat);
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { ExtraArguments = ["-acpitable", "file=" + file] });
        return new NumaLines(machine.RunOk("numa"));
    }

    // QEMU takes a distance that was given for one way only for both.
    private static int Distance(MachineOptions options, int from, int to)
    {
        if (from == to) return 10;
        foreach ((int first, int second) in new[] { (from, to), (to, from) })
        {
            foreach (NumaDistance distance in options.NumaDistances)
            {
                if (distance.From == first && distance.To == second) return distance.Distance;
            }
        }

        return 20;
    }

    /// <summary>No two nodes are equally far in the machines above, so distance alone decides.</summary>
    private static int[] ByDistance(MachineOptions options, int from) =>
    [
        .. Enumerable.Range(0, options.NumaNodes.Count)
            .Where(node => options.NumaNodes[node].Bytes > 0 && Distance(options, from, node) != 255)
            .OrderBy(node => Distance(options, from, node)),
    ];

    private sealed record NodeLine(int Domain, int MiB, ulong Frames, int Processors, int Initiators, int Local, int Remote, int Missed);

    /// <summary>What <c>numa</c> printed.</summary>
    private sealed class NumaLines
    {
        private const string OneNode = "one node: ";

        public NumaLines(IReadOnlyList<string> lines)
        {
            OneNodeBecause = lines[0].StartsWith(OneNode, StringComparison.Ordinal) ? lines[0][OneNode.Length..] : "";
            int start = OneNodeBecause.Length == 0 ? 1 : 2;
            Nodes = [.. lines.Skip(start).TakeWhile(line => line.Length != 0).Select(Node)];
            string[][] rows = [.. lines.TakeLast(Nodes.Length).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
            Distances = [.. rows.Select(row => row.Skip(3).Take(Nodes.Length).Select(Number).ToArray())];
            Orders = [.. rows.Select(row => row.Skip(3 + Nodes.Length).Select(Number).ToArray())];
        }

        public string OneNodeBecause { get; }

        public NodeLine[] Nodes { get; }

        public int[][] Distances { get; }

        public int[][] Orders { get; }

        private static NodeLine Node(string line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return new NodeLine(
                Number(words[2]), Number(words[3]), (ulong)Number(words[4]), Number(words[5]), Number(words[7]), Number(words[8]), Number(words[9]), Number(words[10]));
        }

        private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
    }
}
