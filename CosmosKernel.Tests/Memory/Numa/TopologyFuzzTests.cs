using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Memory.Numa;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Memory.Numa;

/// <summary>Whatever stands in the tables, the topology is a proper one and every frame has a node.</summary>
public sealed unsafe class TopologyFuzzTests
{
    private const ulong MiB = 1 << 20;
    private const int Rounds = 300;
    private static readonly byte[] s_slit = Slit(10, 12, 30, 30, 12, 10, 30, 30, 30, 30, 10, 12, 30, 30, 12, 10);
    private static readonly ulong[] s_edges =
        [0, 1, 2, 10, 63, 64, 255, 1023, 1024, 4095, 4096, 1UL << 20, 1UL << 31, uint.MaxValue, 1UL << 32, (1UL << 52) - 1, 1UL << 52, 1UL << 63, ulong.MaxValue];

    private FirmwareMap _firmware = null!;

    [SetUp]
    public void SetUp() => _firmware = FirmwareMap.Of((0, 0x9F), (256, 511 * 256), (1UL << 20, 3));

    [TearDown]
    public void TearDown() => _firmware.Dispose();

    [Test]
    public void Random_bytes_never_break_it([Range(1, 12)] int seed)
    {
        Random random = new(seed);
        HashSet<TopologyFault> faults = [];
        for (int round = 0; round < Rounds; round++) faults.Add(Read(Damaged(random, Srat(Entries())), Damaged(random, s_slit)));
        Assert.That(faults, Does.Contain(TopologyFault.None).And.Count.GreaterThan(3), "the damage differs");
    }

    [Test]
    public void Entries_that_are_well_formed_and_senseless_never_break_it([Range(1, 12)] int seed)
    {
        Random random = new(seed);
        HashSet<TopologyFault> faults = [];
        for (int round = 0; round < Rounds; round++)
        {
            List<byte[]> entries = [.. Entries()];
            for (int changes = random.Next(8); changes > 0; changes--) Change(random, entries);
            byte[] slit = [.. s_slit];
            if (random.Next(2) == 0) slit[random.Next(36, slit.Length)] = (byte)s_edges[random.Next(8)];
            faults.Add(Read(Srat((byte)random.Next(4), [.. entries]), random.Next(8) == 0 ? null : Sum(slit)));
        }

        Assert.That(faults, Does.Contain(TopologyFault.None).And.Count.GreaterThan(5), "the entries differ");
    }

    [Test]
    public void Random_lists_of_tables_never_break_it([Range(1, 8)] int seed)
    {
        Random random = new(seed);
        HashSet<TopologyFault> faults = [];
        for (int round = 0; round < Rounds; round++)
        {
            using AcpiMachine machine = new();
            ulong srat = machine.Put(Srat(Entries()));
            ulong xsdt = machine.Put(Damaged(random, Xsdt(srat, machine.Put(s_slit))));
            ulong rsdt = machine.Put(Damaged(random, Rsdt((uint)srat)));
            byte[] pointer = Pointer((byte)random.Next(3), (uint)rsdt, random.Next(8) == 0 ? s_edges[random.Next(s_edges.Length)] : xsdt);
            if (random.Next(4) == 0) pointer[random.Next(pointer.Length)]++;
            fixed (byte* bytes = pointer)
            {
                int pointerBytes = random.Next(8) == 0 ? random.Next(pointer.Length) : pointer.Length;
                faults.Add(Check(machine, TopologyTables<HostMemory>.Find(machine.Memory, bytes, pointerBytes)));
            }
        }

        Assert.That(faults, Is.SupersetOf(new[] { TopologyFault.None, TopologyFault.SratMissing, TopologyFault.RootBroken, TopologyFault.SratBroken }));
    }

    private TopologyFault Read(byte[] srat, byte[]? slit)
    {
        using AcpiMachine machine = new();
        return Check(machine, machine.Tables(srat, slit));
    }

    /// <summary>What holds of every topology. It checks its indices, and its storage has just the room that it asked for.</summary>
    private TopologyFault Check(AcpiMachine machine, in TopologyTables<HostMemory> tables)
    {
        MemoryMap map = _firmware.Build();
        Topology topology = machine.Read(in map, in tables);
        Assert.That(topology.Validate(), Is.Null);
        Assert.That(topology.Fault == TopologyFault.None || topology.NodeCount == 1, Is.True, "believed, or one node");

        ulong[] counted = new ulong[topology.NodeCount];
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange run))
        {
            Assert.That(topology.NodeOf(run.Start).Value, Is.LessThan(topology.NodeCount));
            while (!run.IsEmpty)
            {
                FrameRange front = topology.TakeFront(ref run, out NodeId node);
                Assert.That(front.IsEmpty || topology.NodeOf(front.End - 1) != node, Is.False, "a front is one node's");
                counted[node.Value] += front.Count;
            }
        }

        Assert.That(Enumerable.Range(0, counted.Length).Select(node => topology.PresentFrames(NodeId.FromTrusted(node))), Is.EqualTo(counted));
        Assert.That(counted.Aggregate((sum, frames) => sum + frames), Is.EqualTo(map.UsableFrames), "every frame has a node");
        for (uint apicId = 0; apicId < 8; apicId++)
        {
            if (topology.TryNodeOfProcessor(apicId, out NodeId node)) Assert.That(topology.ProcessorsOf(node) > 0 || topology.NodeCount == 1, Is.True);
        }

        return topology.Fault;
    }

    private static byte[][] Entries() =>
    [
        Processor(0, 0), Processor(1, 1), X2Apic(2, 2), Processor(3, 3), Initiator(2),
        Ram(0, 0, 128 * MiB), Ram(1, 128 * MiB, 128 * MiB), Ram(2, 256 * MiB, 128 * MiB), Ram(3, 384 * MiB, 128 * MiB),
        Ram(3, 1UL << 32, 1UL << 30, Enabled | HotPluggable),
    ];

    /// <summary>Changes some bytes and the length, and mostly puts the checksum right again, so that the damage is looked at.</summary>
    private static byte[] Damaged(Random random, byte[] original)
    {
        byte[] table = random.Next(4) == 0 ? original[..random.Next(36, original.Length)] : [.. original];
        if (random.Next(8) == 0) random.NextBytes(table.AsSpan(random.Next(10, table.Length)));
        for (int changes = random.Next(6); changes > 0; changes--) table[random.Next(8, table.Length)] = (byte)random.Next(256);
        if (random.Next(3) != 0) Word(table.Length).CopyTo(table, 4);
        return random.Next(10) == 0 ? table : Sum(table);
    }

    /// <summary>Takes an entry out, doubles it, moves it, or gives a field of it a value where something may turn over.</summary>
    private static void Change(Random random, List<byte[]> entries)
    {
        int index = random.Next(entries.Count);
        byte[] entry = [.. entries[index]];
        switch (random.Next(6))
        {
            case 0 when entries.Count > 1:
                entries.RemoveAt(index);
                break;
            case 1:
                entries.Insert(random.Next(entries.Count + 1), entry);
                break;
            case 2:
                entries[index] = entries[^1];
                entries[^1] = entry;
                break;
            default:
                byte[] value = Long(s_edges[random.Next(s_edges.Length)] + (ulong)random.Next(3) - 1);
                int start = random.Next(2, entry.Length);
                value.AsSpan(0, Math.Min(1 << random.Next(4), entry.Length - start)).CopyTo(entry.AsSpan(start));
                entries[index] = entry;
                break;
        }
    }
}
