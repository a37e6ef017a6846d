using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed class HybridAllocatorTests : FrameAllocatorContract<FrameAllocator<HybridAllocator>>
{
    private static readonly FrameNumber s_noLimit = FrameNumber.FromTrusted(FrameNumber.Limit);

    private FirmwareMap _ram = null!;
    private FrameAllocator<HybridAllocator> _allocator;

    protected override FrameAllocator<HybridAllocator> Create(FirmwareMap firmware, MemoryMap map) => HostZone.NewAllocator<HybridAllocator>(firmware, map);

    [SetUp]
    public void AdoptFourChunks()
    {
        _ram = FirmwareMap.Of((2048, 2048));
        _allocator = HostZone.NewAllocator<HybridAllocator>(_ram);
        _allocator.TryAdopt(Frames(2048, 2048));
    }

    [TearDown]
    public void FreeRam() => _ram.Dispose();

    [Test]
    public void Small_blocks_of_every_size_share_one_chunk()
    {
        for (int order = 0; order < 8; order++)
        {
            Assert.That(_allocator.TryAllocate(Order.FromTrusted(order), out FrameNumber frame), Is.True);
            Assert.That(frame.Value >> 9, Is.EqualTo(4));
        }

        Assert.That(_allocator.FreeBlocks(Order.FromTrusted(9)), Is.EqualTo(1));
        Assert.That(_allocator.FreeBlocks(Order.FromTrusted(10)), Is.EqualTo(1));
    }

    [Test]
    public void A_chunk_that_became_free_is_kept_until_a_large_block_needs_it()
    {
        Allocate(0, out FrameNumber frame);
        Free(frame, 0);
        Assert.That(_allocator.FreeBlocks(Order.FromTrusted(11)), Is.EqualTo(1), "it counts as if it were back");
        Assert.That(_allocator.FreeBlocks(Order.FromTrusted(10)), Is.Zero);
        Assert.That(_allocator.FreeBlocks(Order.FromTrusted(9)), Is.Zero);
        Assert.That(_allocator.Blocks.HasKept, Is.True);

        Allocate(11, out FrameNumber all);
        Assert.That(all.Value, Is.EqualTo(2048));
        Assert.That(_allocator.Blocks.HasKept, Is.False);
    }

    [Test]
    public void A_second_chunk_that_becomes_free_goes_back_at_once()
    {
        Allocate(8, out FrameNumber first);
        Allocate(8, out FrameNumber second);
        Allocate(8, out FrameNumber third);
        Assert.That(third.Value >> 9, Is.EqualTo(5), "another chunk");
        Free(third, 8);
        Free(first, 8);
        Free(second, 8);
        Assert.That(_allocator.Validate(), Is.Null, "one is kept at most");
        Assert.That(_allocator.Blocks.HasKept, Is.True);
        Assert.That(_allocator.FreeBlocks(Order.FromTrusted(11)), Is.EqualTo(1));
    }

    [Test]
    public void What_a_run_leaves_of_its_last_chunk_serves_small_blocks()
    {
        Assert.That(_allocator.TryAllocateRun(600, Order.Zero, s_noLimit, out FrameRange run), Is.True);
        Assert.That(run.Start.Value, Is.EqualTo(2048));
        Allocate(0, out FrameNumber small);
        Assert.That(small, Is.EqualTo(run.End));
        Assert.That(_allocator.FreeRun(run), Is.EqualTo(FreeResult.Ok));
        Free(small, 0);
        Assert.That(_allocator.Validate(), Is.Null);
        Allocate(11, out _);
    }

    [Test]
    public void Ram_beside_whole_chunks_is_used_before_a_chunk_is_carved()
    {
        using FirmwareMap firmware = FirmwareMap.Of((500, 1036));
        FrameAllocator<HybridAllocator> allocator = HostZone.NewAllocator<HybridAllocator>(firmware);
        allocator.TryAdopt(Frames(500, 1036));
        for (int i = 0; i < 12; i++)
        {
            Assert.That(allocator.TryAllocate(Order.Zero, out FrameNumber frame), Is.True);
            Assert.That(frame.Value, Is.LessThan(512));
        }

        Assert.That(allocator.TryAllocate(Order.Zero, out FrameNumber carved), Is.True);
        Assert.That(carved.Value, Is.EqualTo(512).Or.EqualTo(1024));
    }

    private void Allocate(int order, out FrameNumber frame) => Assert.That(_allocator.TryAllocate(Order.FromTrusted(order), out frame), Is.True);

    private void Free(FrameNumber frame, int order) => Assert.That(_allocator.Free(frame, Order.FromTrusted(order)), Is.EqualTo(FreeResult.Ok));

    private static FrameRange Frames(ulong start, ulong count) => new(FrameNumber.FromTrusted(start), count);
}
