using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>A firmware's memory map in a test: entries in frames or bytes, and the map made of them.</summary>
public sealed unsafe class FirmwareMap : IDisposable
{
    private readonly List<(ulong Start, ulong Size, MemoryKind Kind)> _entries = [];
    private readonly List<NativeStorage> _storages = [];

    public static FirmwareMap Of(params (ulong Start, ulong Count)[] usableFrames)
    {
        FirmwareMap map = new();
        foreach ((ulong start, ulong count) in usableFrames) map.AddFrames(start, count);
        return map;
    }

    public FirmwareMap Add(ulong start, ulong sizeBytes, MemoryKind kind)
    {
        _entries.Add((start, sizeBytes, kind));
        return this;
    }

    public FirmwareMap AddFrames(ulong start, ulong count, MemoryKind kind = MemoryKind.Usable) =>
        Add(start * FrameNumber.SizeBytes, count * FrameNumber.SizeBytes, kind);

    public MemoryMap Build()
    {
        NativeStorage storage = NewStorage((ulong)_entries.Count * MemoryMapBuilder.BytesPerEntry);
        MemoryMapBuilder builder = new(storage.Bytes, storage.SizeBytes);
        foreach ((ulong start, ulong size, MemoryKind kind) in _entries)
        {
            KernelAssert.That(builder.TryAdd(PhysAddr.FromTrusted(start), size, kind), "the map's storage is full");
        }

        return builder.Build();
    }

    /// <summary>An empty list of reserved regions that lives as long as the map.</summary>
    public ReservedRegions NewRegions(int capacity = 64)
    {
        NativeStorage storage = NewStorage((ulong)capacity * ReservedRegions.BytesPerRegion);
        return new ReservedRegions(storage.Bytes, storage.SizeBytes);
    }

    /// <summary>A frame table of the map, all of it described.</summary>
    public FrameTable NewTable(MemoryMap map)
    {
        FrameTable table = FrameTable.Create(in map, NewStorage(FrameTable.MetadataBytes(in map)).Bytes);
        table.DescribeAll(in map);
        return table;
    }

    /// <summary>A processor that is alone with some memory, as long as the map lives.</summary>
    public LoneProcessor NewProcessor() => new(NewStorage(LoneProcessor.StorageBytes).Bytes);

    public NativeStorage NewStorage(ulong sizeBytes)
    {
        NativeStorage storage = new(sizeBytes);
        _storages.Add(storage);
        return storage;
    }

    public void Dispose()
    {
        foreach (NativeStorage storage in _storages) storage.Dispose();
    }
}
