using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Memory with ACPI tables in it, each one byte after the end of the last, so that none is aligned.</summary>
public sealed unsafe class AcpiMachine(ulong frameCount = 8) : IDisposable
{
    private const ulong First = 0x7F000;

    private readonly HostMemory _memory = HostMemory.Create(FrameNumber.FromTrusted(First), frameCount);
    private readonly List<NativeStorage> _storages = [];
    private ulong _next = First * FrameNumber.SizeBytes + 4001;

    public AcpiMemory<HostMemory> Memory => new(_memory, _memory.Frames.Start.Start, _memory.Frames.End.Start);

    /// <summary>What can be read when everything from <paramref name="end"/> on is not mapped.</summary>
    public AcpiMemory<HostMemory> Below(ulong end) => new(_memory, _memory.Frames.Start.Start, PhysAddr.FromTrusted(end));

    public ulong Put(byte[] bytes)
    {
        ulong start = _next;
        for (int i = 0; i < bytes.Length; i++) *_memory.Pointer(PhysAddr.FromTrusted(start + (ulong)i)) = bytes[i];
        _next += (ulong)bytes.Length + 1;
        return start;
    }

    public AcpiFault Open(byte[] bytes, AcpiSignature signature, out AcpiTable<HostMemory> table) =>
        AcpiTable<HostMemory>.Open(Memory, PhysAddr.FromTrusted(Put(bytes)), signature, out table);

    /// <summary>The tables, null for one that is not there.</summary>
    public TopologyTables<HostMemory> Tables(byte[]? srat, byte[]? slit)
    {
        AcpiTable<HostMemory> sratTable = default;
        AcpiTable<HostMemory> slitTable = default;
        AcpiFault sratFault = srat == null ? AcpiFault.Missing : Open(srat, AcpiSignature.Srat, out sratTable);
        AcpiFault slitFault = slit == null ? AcpiFault.Missing : Open(slit, AcpiSignature.Slit, out slitTable);
        return new TopologyTables<HostMemory>(sratFault, in sratTable, slitFault, in slitTable);
    }

    public Topology Read(in MemoryMap map, byte[]? srat, byte[]? slit = null) => Read(in map, Tables(srat, slit));

    public Topology Read(in MemoryMap map, in TopologyTables<HostMemory> tables)
    {
        NativeStorage storage = new(Topology.MetadataBytes(in tables));
        _storages.Add(storage);
        return Topology.Read(in map, in tables, storage.Bytes);
    }

    public void Dispose()
    {
        foreach (NativeStorage storage in _storages) storage.Dispose();
        _memory.Dispose();
    }
}
