using System;
using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>A machine's memory on the desk: frames in memory of the host, and the kernel's zones, caches and default allocator over them.</summary>
internal sealed unsafe class HeapArena : IDisposable
{
    private const nuint AlignmentBytes = 2 * 1024 * 1024;

    private readonly HostBlock _map = new(MemoryMapBuilder.BytesPerEntry);
    private readonly HostBlock _regions = new(ReservedRegions.BytesPerRegion);
    private readonly HostBlock _frames = new((ulong)sizeof(PhysicalMemory<ArenaMemory, LoneProcessor>));
    private readonly HostBlock _counters = new((ulong)sizeof(ArenaPages.Counters));
    private readonly HostBlock _locals = new(LoneProcessor.StorageBytes);
    private readonly HostBlock _storage;
    private readonly byte* _bytes;

    public HeapArena(ulong frameCount)
    {
        // Not cleared: the host gives pages when they are touched.
        _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)FrameNumber.BytesOf(frameCount), AlignmentBytes);
        MemoryMapBuilder builder = new(_map.Bytes, _map.SizeBytes);
        KernelAssert.That(builder.TryAdd(PhysAddr.Zero, FrameNumber.BytesOf(frameCount), MemoryKind.Usable), "HeapArena: there is room for one entry");
        MemoryMap map = builder.Build();
        ReservedRegions reserved = new(_regions.Bytes, _regions.SizeBytes);
        ZoneLayout layout = ZoneLayout.Of(ZonePreset.Veridian);
        FramePlan plan = new(in layout, default, FrameAllocatorKind.Of<HybridAllocator>());
        _storage = new HostBlock(PhysicalMemory<ArenaMemory, LoneProcessor>.MetadataBytes(in map, in plan));

        // SAFETY: the block is as large as the struct, and stays where it is: page sources point at it.
        PhysicalMemory<ArenaMemory, LoneProcessor>* frames = (PhysicalMemory<ArenaMemory, LoneProcessor>*)_frames.Bytes;
        ArenaMemory memory = new(_bytes);
        *frames = new PhysicalMemory<ArenaMemory, LoneProcessor>(in map, in reserved, in plan, _storage.Bytes, memory, new LoneProcessor(_locals.Bytes));
        FramePageSource<ArenaMemory, LoneProcessor> source = new(frames, memory, new FrameRange(FrameNumber.Zero, frameCount));
        Window = source.Window;
        Pages = new ArenaPages(source, Counters);
    }

    /// <summary>The pages, as a heap takes them.</summary>
    public ArenaPages Pages { get; }

    /// <summary>The addresses that pages can have.</summary>
    public PageRange Window { get; }

    /// <summary>The bytes of the pages that are out.</summary>
    public ulong UsedBytes => PageNumber.BytesOf(Counters->Used);

    /// <summary>The most that were.</summary>
    public ulong PeakBytes => PageNumber.BytesOf(Counters->Peak);

    private ArenaPages.Counters* Counters => (ArenaPages.Counters*)_counters.Bytes;

    public void Dispose()
    {
        _storage.Dispose();
        _locals.Dispose();
        _counters.Dispose();
        _frames.Dispose();
        _regions.Dispose();
        _map.Dispose();
        NativeMemory.AlignedFree(_bytes);
    }
}
