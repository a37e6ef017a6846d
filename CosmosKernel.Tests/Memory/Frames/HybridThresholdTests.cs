using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Memory.Frames;

/// <summary>The threshold is data: the contract holds at others too, here at 16 frames.</summary>
public sealed class HybridThresholdTests : FrameAllocatorContract<FrameAllocator<HybridThresholdTests.From16Frames>>
{
    protected override FrameAllocator<From16Frames> Create(FirmwareMap firmware, MemoryMap map) => HostZone.NewAllocator<From16Frames>(firmware, map);

    public unsafe struct From16Frames : IBlockAllocator
    {
        private HybridAllocator _blocks;

        public readonly ulong FreeFrames => _blocks.FreeFrames;

        public readonly ulong MetadataBytes(uint chunkCount) => _blocks.MetadataBytes(chunkCount);

        public void Initialize(in ZoneFrames zone, byte* storage) => _blocks.Initialize(in zone, storage, thresholdFrames: 16);

        public void Add(FrameRange frames) => _blocks.Add(frames);

        public bool TryRemove(FrameRange frames) => _blocks.TryRemove(frames);

        public bool TryTake(Order order, out FrameNumber frame) => _blocks.TryTake(order, out frame);

        public bool TryTakeRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames) =>
            _blocks.TryTakeRun(frameCount, alignment, limit, out frames);

        public void Give(FrameNumber frame, Order order) => _blocks.Give(frame, order);

        public readonly bool IsFree(FrameNumber frame) => _blocks.IsFree(frame);

        public readonly ulong FreeBlocks(Order order) => _blocks.FreeBlocks(order);

        public readonly string? Validate() => _blocks.Validate();
    }
}
