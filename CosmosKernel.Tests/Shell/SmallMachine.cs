using System;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Shell;

/// <summary>32 MiB of memory, the lowest reserved, five frames in use: an order-2 block of the heap's and a frame of the kernel's.</summary>
internal sealed class SmallMachine : IMemoryView, IFrameHand, IDisposable
{
    private const ulong MiB = 1024 * 1024;

    private readonly FirmwareMap _firmware = new();
    private PhysicalMemory<NoMemory, LoneProcessor> _memory;

    public SmallMachine()
    {
        Map = _firmware.Add(0, 32 * MiB, MemoryKind.Usable).Add(32 * MiB, 4096, MemoryKind.AcpiReclaimable)
            .Add(33 * MiB, 8192, MemoryKind.Reserved).Build();
        ReservedRegions reserved = _firmware.NewRegions();
        reserved.TryAdd(PhysAddr.Zero, MiB, ReservedKind.Bios);
        reserved.TryAdd(PhysAddr.FromTrusted(0x80000), 4096, ReservedKind.BootModule);
        reserved.TryAdd(PhysAddr.FromTrusted(33 * MiB), 8192, ReservedKind.Framebuffer);
        Reserved = reserved;
        NativeStorage storage = _firmware.NewStorage(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(Map, HostPlan.Of(ZoneLayout.Veridian)));
        unsafe
        {
            _memory = new PhysicalMemory<NoMemory, LoneProcessor>(Map, Reserved, HostPlan.Of(ZoneLayout.Veridian), storage.Bytes, default, _firmware.NewProcessor());
        }

        _memory.TryAllocate(Order.FromTrusted(2), FrameOwner.Heap, out FrameNumber heap);
        _memory.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber kernel);
        HeapBlock = heap;
        KernelFrame = kernel;
    }

    public FrameNumber HeapBlock { get; }

    public FrameNumber KernelFrame { get; }

    public MemoryMap Map { get; }

    public ReservedRegions Reserved { get; }

    public FrameStatistics Frames => _memory.Statistics;

    public string Allocator => FrameAllocators.Default;

    public int ZoneCount => _memory.ZoneCount;

    /// <summary>Null when all invariants hold.</summary>
    public string? Broken => _memory.Validate();

    public bool TryTake(Order order, FrameRequest request, out FrameNumber frame) => _memory.TryAllocate(order, request, out frame);

    public FreeResult Give(FrameNumber frame, Order order) => _memory.Free(frame, order);

    public void Drain() => _memory.Drain();

    public bool TryShare(FrameNumber frame) => _memory.TryAddReference(frame);

    public ulong FramesOf(FrameOwner owner) => _memory.OwnedBy(owner);

    public FrameReport Describe(FrameNumber frame) => _memory.Describe(frame);

    public Zone ZoneAt(int index) => _memory.ZoneAt(index);

    public void Dispose() => _firmware.Dispose();
}
