using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>Zones with their caches, seen as one allocator: what is cached must not show.</summary>
[TestFixture]
public sealed class PhysicalMemoryContractTests : FrameAllocatorContract<PhysicalMemoryContractTests.AllZones>
{
    protected override unsafe AllZones Create(FirmwareMap firmware, MemoryMap map)
    {
        ReservedRegions reserved = firmware.NewRegions();
        reserved.TryAdd(new FrameRange(FrameNumber.Zero, map.UsableEnd.Value), ReservedKind.BootModule);
        ZoneLayout layout = ZoneLayout.Of(ZonePreset.Veridian);
        NativeStorage storage = firmware.NewStorage(PhysicalMemory<NoMemory>.MetadataBytes(in map));
        return new AllZones(new PhysicalMemory<NoMemory>(in map, in reserved, in layout, storage.Bytes, default));
    }

    public struct AllZones : IFrameAllocator
    {
        private static readonly FrameRequest s_request = FrameRequest.For(FrameOwner.User).Urgent();

        private PhysicalMemory<NoMemory> _memory;

        internal AllZones(in PhysicalMemory<NoMemory> memory) => _memory = memory;

        public readonly ulong ManagedFrames => _memory.Statistics.Managed;

        public readonly ulong FreeFrames => _memory.Statistics.Free;

        public bool TryAdopt(FrameRange frames) => _memory.TryAdopt(frames);

        public bool TryAllocate(Order order, out FrameNumber frame) => _memory.TryAllocate(order, s_request, out frame);

        public bool TryAllocateRun(ulong frameCount, out FrameRange frames) => _memory.TryAllocateRun(frameCount, s_request, out frames);

        public FreeResult Free(FrameNumber frame, Order order) => _memory.Free(frame, order);

        public FreeResult FreeRun(FrameRange frames) => _memory.FreeRun(frames);

        public readonly ulong RefusalsFor(FreeResult reason) => _memory.RefusalsFor(reason);

        public readonly string? Validate() => _memory.Validate();
    }
}
