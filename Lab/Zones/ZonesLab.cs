using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Lab.Zones;

/// <summary>A firmware's memory map and tables, laid out in nodes and zones by the kernel's own code.</summary>
internal sealed unsafe class ZonesLab : IDisposable
{
    private readonly List<HostBlock> _blocks = [];

    /// <param name="entries">The memory map.</param>
    /// <param name="srat">The bytes of the SRAT, null for none.</param>
    /// <param name="slit">The bytes of the SLIT, null for none.</param>
    public ZonesLab(List<FirmwareEntry> entries, byte[]? srat, byte[]? slit)
    {
        Map = BuildMap(entries);
        AcpiFault sratFault = Open(srat, AcpiSignature.Srat, out AcpiTable<FileMemory> sratTable);
        AcpiFault slitFault = Open(slit, AcpiSignature.Slit, out AcpiTable<FileMemory> slitTable);
        TopologyTables<FileMemory> tables = new(sratFault, in sratTable, slitFault, in slitTable);
        MemoryMap map = Map;
        Topology = Topology.Read(in map, in tables, NewBlock(Topology.MetadataBytes(in tables)).Bytes);
    }

    public MemoryMap Map { get; }

    public Topology Topology { get; }

    /// <summary>The zones of a node that have memory, from the lowest to the highest.</summary>
    public IEnumerable<NodeZone> ZonesOf(NodeId node, ZoneLayout layout)
    {
        MemoryMap map = Map;
        Topology topology = Topology;
        ZonePlanner planner = new(in map, in topology, in layout);
        while (planner.TryNext(out NodeZone zone))
        {
            if (zone.Node == node) yield return zone;
        }
    }

    public void Dispose()
    {
        foreach (HostBlock block in _blocks) block.Dispose();
    }

    private MemoryMap BuildMap(List<FirmwareEntry> entries)
    {
        HostBlock storage = NewBlock((ulong)entries.Count * MemoryMapBuilder.BytesPerEntry);
        MemoryMapBuilder builder = new(storage.Bytes, storage.SizeBytes);
        foreach (FirmwareEntry entry in entries)
        {
            KernelAssert.That(builder.TryAdd(entry.Start, entry.SizeBytes, entry.Kind), "ZonesLab: there is room for every entry");
        }

        return builder.Build();
    }

    private AcpiFault Open(byte[]? bytes, AcpiSignature signature, out AcpiTable<FileMemory> table)
    {
        table = default;
        if (bytes == null) return AcpiFault.Missing;
        HostBlock block = NewBlock((ulong)bytes.Length);
        bytes.CopyTo(new Span<byte>(block.Bytes, bytes.Length));
        FileMemory file = new(block);
        AcpiMemory<FileMemory> memory = new(file, FileMemory.Start, file.End);
        return AcpiTable<FileMemory>.Open(in memory, FileMemory.Start, signature, out table);
    }

    private HostBlock NewBlock(ulong sizeBytes)
    {
        HostBlock block = new(sizeBytes);
        _blocks.Add(block);
        return block;
    }
}
