using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>The contract for the algorithms that are in the tree without a fixture of their own: a file more is all that one takes.</summary>
[TestFixtureSource(typeof(ListedAllocators), nameof(ListedAllocators.WithoutFixture))]
public sealed class ListedAllocatorTests<TBlocks> : FrameAllocatorContract<FrameAllocator<TBlocks>>
    where TBlocks : unmanaged, IBlockAllocator
{
    protected override FrameAllocator<TBlocks> Create(FirmwareMap firmware, MemoryMap map) => HostZone.NewAllocator<TBlocks>(firmware, map);
}
