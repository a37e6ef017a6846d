using System;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>A zone of frames 0 to n - 1, none of them behind it: an allocator and the frame table, in memory of the host.</summary>
internal sealed unsafe class HostZone<TBlocks> : IDisposable
    where TBlocks : unmanaged, IBlockAllocator
{
    private readonly HostBlock _map;
    private readonly HostBlock _table;
    private readonly HostBlock _storage;
    private FrameAllocator<TBlocks> _allocator;

    public HostZone(ulong frameCount)
    {
        FrameRange frames = new(FrameNumber.Zero, frameCount);
        _map = new HostBlock(MemoryMapBuilder.BytesPerEntry);
        MemoryMap map = AllUsable(frames);
        _table = new HostBlock(FrameTable.MetadataBytes(in map));
        FrameTable table = FrameTable.Create(in map, _table.Bytes);
        table.DescribeAll(in map);
        ZoneFrames zone = new(in table, 0, frames);
        _storage = new HostBlock(FrameAllocator<TBlocks>.MetadataBytes(zone.ChunkCount));
        _allocator = new FrameAllocator<TBlocks>(in zone, _storage.Bytes);
        KernelAssert.That(_allocator.TryAdopt(frames), "HostZone: the frames are reserved until now");
    }

    /// <summary>The allocator itself, not a copy.</summary>
    public ref FrameAllocator<TBlocks> Allocator => ref _allocator;

    public void Dispose()
    {
        _storage.Dispose();
        _table.Dispose();
        _map.Dispose();
    }

    private MemoryMap AllUsable(FrameRange frames)
    {
        MemoryMapBuilder builder = new(_map.Bytes, _map.SizeBytes);
        KernelAssert.That(builder.TryAdd(frames.Start.Start, frames.SizeBytes, MemoryKind.Usable), "HostZone: there is room for one entry");
        return builder.Build();
    }
}
