using MemOS.Boot;
using MemOS.Hardware;
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
    protected override bool CountsEveryBlock => false;

    protected override unsafe AllZones Create(FirmwareMap firmware, MemoryMap map)
    {
        ReservedRegions reserved = firmware.NewRegions(capacity: 4096);
        reserved.TryAdd(new FrameRange(FrameNumber.Zero, map.UsableEnd.Value), ReservedKind.BootModule);
        FramePlan plan = HostPlan.Of(ZonePreset.Veridian);
        NativeStorage storage = firmware.NewStorage(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        return new AllZones(new PhysicalMemory<NoMemory, LoneProcessor>(in map, in reserved, in plan, storage.Bytes, default, firmware.NewProcessor()));
    }

    public struct AllZones : IFrameAllocator
    {
        private static readonly FrameRequest s_request = FrameRequest.For(FrameOwner.User).Urgent();

        private PhysicalMemory<NoMemory, LoneProcessor> _memory;

        internal AllZones(in PhysicalMemory<NoMemory, LoneProcessor> memory) => _memory = memory;

        public readonly ulong ManagedFrames => _memory.Statistics.Managed;

        public readonly ulong FreeFrames => _memory.Statistics.Free;

        public bool TryAdopt(FrameRange frames) => _memory.TryRelease(frames);

        public bool TryWithdraw(FrameRange frames) => _memory.TryReserve(frames, ReservedKind.BootModule);

        public bool TryAllocate(Order order, out FrameNumber frame) => _memory.TryAllocate(order, s_request, out frame);

        public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames) =>
            _memory.TryAllocateRun(frameCount, alignment, s_request.Below(limit.Start), out frames);

        public FreeResult Free(FrameNumber frame, Order order) => _memory.Free(frame, order);

        public FreeResult FreeRun(FrameRange frames) => _memory.FreeRun(frames);

        public readonly bool IsFree(FrameNumber frame) => _memory.Describe(frame).State is FrameState.Free or FrameState.Cached;

        public readonly ulong FreeBlocks(Order order)
        {
            ulong blocks = 0;
            for (int zone = 0; zone < _memory.ZoneCount; zone++) blocks += _memory.ZoneAt(zone).FreeBlocks(order);
            return blocks;
        }

        public readonly ulong RefusalsFor(FreeResult reason) => _memory.RefusalsFor(reason);

        public readonly string? Validate() => _memory.Validate();
    }
}
