using System;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Lab;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>A machine's <see cref="PhysicalMemory{TMemory, TProcessor}"/> over frames 0 to n - 1, as the kernel builds it when nobody chooses.</summary>
internal sealed unsafe class HostPhysicalMemory : IDisposable
{
    private readonly HostBlock _map = new(MemoryMapBuilder.BytesPerEntry);
    private readonly HostBlock _regions = new(ReservedRegions.BytesPerRegion);
    private readonly HostBlock _locals = new(LoneProcessor.StorageBytes);
    private readonly HostBlock _storage;
    private PhysicalMemory<NoMemory, LoneProcessor> _memory;

    public HostPhysicalMemory(ulong frameCount)
    {
        MemoryMapBuilder builder = new(_map.Bytes, _map.SizeBytes);
        KernelAssert.That(builder.TryAdd(PhysAddr.Zero, FrameNumber.BytesOf(frameCount), MemoryKind.Usable), "HostPhysicalMemory: there is room for one entry");
        MemoryMap map = builder.Build();
        ReservedRegions reserved = new(_regions.Bytes, _regions.SizeBytes);
        ZoneLayout layout = ZoneLayout.Of(ZonePreset.Veridian);
        FramePlan plan = new(in layout, default, DefaultAllocator.Kind);
        _storage = new HostBlock(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        _memory = new PhysicalMemory<NoMemory, LoneProcessor>(in map, in reserved, in plan, _storage.Bytes, default, new LoneProcessor(_locals.Bytes));
    }

    /// <summary>The memory itself, not a copy.</summary>
    public ref PhysicalMemory<NoMemory, LoneProcessor> Memory => ref _memory;

    public void Dispose()
    {
        _storage.Dispose();
        _locals.Dispose();
        _regions.Dispose();
        _map.Dispose();
    }

    private struct DefaultAllocator : IFrameAllocatorVisitor
    {
        private FrameAllocatorKind _kind;

        public static FrameAllocatorKind Kind
        {
            get
            {
                DefaultAllocator finder = default;
                FrameAllocators.Visit(ref finder);
                return finder._kind;
            }
        }

        public void Visit<TBlocks>(string name)
            where TBlocks : unmanaged, IBlockAllocator
        {
            if (name == FrameAllocators.Default) _kind = FrameAllocatorKind.Of<TBlocks>();
        }
    }
}
