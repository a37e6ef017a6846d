using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed unsafe class BuddyAllocatorTests : FrameAllocatorContract<BuddyAllocator>
{
    protected override BuddyAllocator Create(FirmwareMap firmware, MemoryMap map) => NewAllocator(firmware, map, FrameNumber.Zero);

    [Test]
    public void Freeing_both_buddies_restores_the_parent()
    {
        using FirmwareMap firmware = FirmwareMap.Of((16, 16));
        BuddyAllocator allocator = NewAllocator(firmware, firmware.Build(), FrameNumber.Zero);
        allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(16), 16));
        Assert.That(allocator.FreeBlocks(Order.FromTrusted(4)), Is.EqualTo(1));

        Order order = Order.FromTrusted(3);
        allocator.TryAllocate(order, out FrameNumber first);
        allocator.TryAllocate(order, out FrameNumber second);
        Assert.That(first.Buddy(order), Is.EqualTo(second));
        allocator.Free(first, order);
        Assert.That(allocator.FreeBlocks(order), Is.EqualTo(1));
        allocator.Free(second, order);
        Assert.That(allocator.FreeBlocks(order), Is.Zero);
        Assert.That(allocator.FreeBlocks(Order.FromTrusted(4)), Is.EqualTo(1));
    }

    [Test]
    public void Blocks_go_up_to_a_gibibyte_and_split_down_to_a_frame_anywhere_in_the_address_space()
    {
        ulong start = (1UL << 40) - 2 * Order.Max.FrameCount;
        using FirmwareMap firmware = FirmwareMap.Of((start, Order.Max.FrameCount));
        BuddyAllocator allocator = NewAllocator(firmware, firmware.Build(), FrameNumber.FromTrusted(start));
        Assert.That(allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(start), Order.Max.FrameCount)), Is.True);
        Assert.That(allocator.TryAllocate(Order.Zero, out FrameNumber frame), Is.True);
        Assert.That(frame.Value, Is.EqualTo(start));
        for (int order = 0; order < Order.MaxValue; order++) Assert.That(allocator.FreeBlocks(Order.FromTrusted(order)), Is.EqualTo(1));
        Assert.That(allocator.TryAllocate(Order.Max, out _), Is.False);
        Assert.That(allocator.Validate(), Is.Null);
        allocator.Free(frame, Order.Zero);
        Assert.That(allocator.TryAllocate(Order.Max, out FrameNumber whole), Is.True);
        Assert.That(whole.Value, Is.EqualTo(start));
    }

    [Test]
    public void Frames_beyond_its_reach_are_not_adopted()
    {
        ulong far = BuddyAllocator.ReachFrames;
        using FirmwareMap firmware = FirmwareMap.Of((0, 4), (far - 2, 4));
        BuddyAllocator allocator = NewAllocator(firmware, firmware.Build(), FrameNumber.Zero);
        Assert.That(allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(far - 2), 3)), Is.False);
        Assert.That(allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(far - 2), 2)), Is.True);
        Assert.That(allocator.TryAllocate(Order.FromTrusted(1), out FrameNumber frame), Is.True);
        Assert.That(frame.Value, Is.EqualTo(far - 2));
    }

    [Test]
    public void Neighbours_of_another_zone_do_not_merge()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 32));
        FrameTable table = NewTable(firmware, firmware.Build());
        BuddyAllocator low = new(in table, 0, FrameNumber.Zero);
        BuddyAllocator high = new(in table, 1, FrameNumber.Zero);
        low.TryAdopt(new FrameRange(FrameNumber.Zero, 16));
        high.TryAdopt(new FrameRange(FrameNumber.FromTrusted(16), 16));
        Assert.That(low.FreeBlocks(Order.FromTrusted(4)), Is.EqualTo(1));
        Assert.That(high.FreeBlocks(Order.FromTrusted(4)), Is.EqualTo(1));
        high.TryAllocate(Order.Zero, out FrameNumber frame);
        Assert.That(low.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Foreign));
        Assert.That(low.Validate(), Is.Null);
        Assert.That(high.Validate(), Is.Null);
    }

    [Test]
    public void A_shared_block_is_not_freed()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 32));
        FrameTable table = NewTable(firmware, firmware.Build());
        BuddyAllocator allocator = new(in table, 0, FrameNumber.Zero);
        allocator.TryAdopt(new FrameRange(FrameNumber.Zero, 32));
        allocator.TryAllocate(Order.FromTrusted(2), out FrameNumber frame);
        Assert.That(table.TryAddReference(frame), Is.True);
        Assert.That(table.TryAddReference(frame + 1), Is.False, "only a block's first frame counts");
        Assert.That(allocator.Free(frame, Order.FromTrusted(2)), Is.EqualTo(FreeResult.Shared));
        Assert.That(table.TryDropReference(frame), Is.True);
        Assert.That(table.TryDropReference(frame), Is.False, "the last one frees");
        Assert.That(allocator.Free(frame, Order.FromTrusted(2)), Is.EqualTo(FreeResult.Ok));
        Assert.That(table.TryAddReference(frame), Is.False);
    }

    [TestCase("I1")]
    [TestCase("I2")]
    [TestCase("I3")]
    [TestCase("I5")]
    [TestCase("I7")]
    public void Validate_names_what_is_broken(string invariant)
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 64));
        FrameTable table = NewTable(firmware, firmware.Build());
        BuddyAllocator allocator = new(in table, 0, FrameNumber.Zero);
        allocator.TryAdopt(new FrameRange(FrameNumber.Zero, 64));
        allocator.TryAllocate(Order.FromTrusted(2), out FrameNumber frame);
        table.TryFind(frame, out FrameDescriptor* allocated);
        table.TryFind(frame.Buddy(Order.FromTrusted(2)), out FrameDescriptor* free);
        Assert.That(allocator.Validate(), Is.Null);

        switch (invariant)
        {
            case "I1": (allocated + 1)->Header = allocated->Header; break;
            case "I2": (allocated + 3)->Header += 1U << FrameDescriptor.ZoneShift; break;
            case "I3": free->BlockOffset++; break;
            case "I5": allocated->Header = free->Header; break;
            default: allocated->ReferenceCount = 0; break;
        }

        // A free block that no list holds breaks I3 as well; its buddy is seen first.
        Assert.That(allocator.Validate(), Does.StartWith(invariant));
    }

    [Test]
    public void Adopting_in_any_order_gives_the_same_blocks()
    {
        List<uint>? expected = null;
        foreach ((ulong, ulong)[] order in new[] { new[] { (3UL, 60UL), (63UL, 65UL) }, [(100UL, 28UL), (3UL, 90UL), (93UL, 7UL)] })
        {
            using FirmwareMap firmware = FirmwareMap.Of((0, 128));
            BuddyAllocator allocator = NewAllocator(firmware, firmware.Build(), FrameNumber.Zero);
            foreach ((ulong start, ulong count) in order) allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(start), count));
            List<uint> blocks = [];
            for (int i = 0; i < Order.Count; i++) blocks.Add(allocator.FreeBlocks(Order.FromTrusted(i)));
            Assert.That(allocator.Validate(), Is.Null);
            Assert.That(blocks, Is.EqualTo(expected ??= blocks));
        }
    }

    private static BuddyAllocator NewAllocator(FirmwareMap firmware, MemoryMap map, FrameNumber lowest)
    {
        FrameTable table = NewTable(firmware, map);
        return new BuddyAllocator(in table, 0, lowest);
    }

    private static FrameTable NewTable(FirmwareMap firmware, MemoryMap map) =>
        FrameTable.Create(in map, firmware.NewStorage(FrameTable.MetadataBytes(in map)).Bytes);
}
