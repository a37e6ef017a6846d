using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed unsafe class BuddyAllocatorTests : FrameAllocatorContract<FrameAllocator<BuddyAllocator>>
{
    protected override FrameAllocator<BuddyAllocator> Create(FirmwareMap firmware, MemoryMap map) => NewAllocator(firmware, map);

    [Test]
    public void Freeing_both_buddies_restores_the_parent()
    {
        using FirmwareMap firmware = FirmwareMap.Of((16, 16));
        FrameAllocator<BuddyAllocator> allocator = NewAllocator(firmware, firmware.Build());
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
        FrameAllocator<BuddyAllocator> allocator = NewAllocator(firmware, firmware.Build());
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
        ulong far = ZoneFrames.ReachFrames;
        using FirmwareMap firmware = FirmwareMap.Of((0, 4), (far - 2, 4));
        FrameAllocator<BuddyAllocator> allocator = NewAllocator(firmware, firmware.Build());
        Assert.That(allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(far - 2), 3)), Is.False);
        Assert.That(allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(far - 2), 2)), Is.True);
        Assert.That(allocator.TryAllocate(Order.FromTrusted(1), out FrameNumber frame), Is.True);
        Assert.That(frame.Value, Is.EqualTo(far - 2));
    }

    [Test]
    public void Neighbours_of_another_zone_do_not_merge()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 32));
        MemoryMap map = firmware.Build();
        FrameTable table = firmware.NewTable(map);
        FrameAllocator<BuddyAllocator> low = NewAllocator(table, 0, map);
        FrameAllocator<BuddyAllocator> high = NewAllocator(table, 1, map);
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
        MemoryMap map = firmware.Build();
        FrameTable table = firmware.NewTable(map);
        FrameAllocator<BuddyAllocator> allocator = NewAllocator(table, 0, map);
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
    [TestCase("I4")]
    [TestCase("A1")]
    [TestCase("A2")]
    [TestCase("A3")]
    [TestCase("A4")]
    public void Validate_names_what_is_broken(string invariant)
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 64));
        MemoryMap map = firmware.Build();
        FrameTable table = firmware.NewTable(map);
        FrameAllocator<BuddyAllocator> allocator = NewAllocator(table, 0, map);
        allocator.TryAdopt(new FrameRange(FrameNumber.Zero, 64));
        allocator.TryAllocate(Order.FromTrusted(2), out FrameNumber frame);
        table.TryFind(frame, out FrameDescriptor* allocated);
        table.TryFind(frame.Buddy(Order.FromTrusted(2)), out FrameDescriptor* free);
        Assert.That(allocator.Validate(), Is.Null);

        switch (invariant)
        {
            case "I1": free->BlockOffset++; break;
            case "I2": (free + 3)->Header += 1U << FrameDescriptor.ZoneShift; break;
            case "I4": allocated->Header = free->Header; break;
            case "A1": allocated->Header = (allocated + 1)->Header; break;
            case "A2": allocated->BlockOffset++; break;
            case "A3": allocated->ReferenceCount = 0; break;
            default: (allocated + 3)->Header += 1U << FrameDescriptor.ZoneShift; allocated->Header -= 1U << FrameDescriptor.OrderShift; break;
        }

        // A free block that no list holds breaks I1 as well; its buddy is seen first.
        Assert.That(allocator.Validate(), Does.StartWith(invariant));
    }

    [Test]
    public void Adopting_in_any_order_gives_the_same_blocks()
    {
        List<ulong>? expected = null;
        foreach ((ulong, ulong)[] order in new[] { new[] { (3UL, 60UL), (63UL, 65UL) }, [(100UL, 28UL), (3UL, 90UL), (93UL, 7UL)] })
        {
            using FirmwareMap firmware = FirmwareMap.Of((0, 128));
            FrameAllocator<BuddyAllocator> allocator = NewAllocator(firmware, firmware.Build());
            foreach ((ulong start, ulong count) in order) allocator.TryAdopt(new FrameRange(FrameNumber.FromTrusted(start), count));
            List<ulong> blocks = [];
            for (int i = 0; i < Order.Count; i++) blocks.Add(allocator.FreeBlocks(Order.FromTrusted(i)));
            Assert.That(allocator.Validate(), Is.Null);
            Assert.That(blocks, Is.EqualTo(expected ??= blocks));
        }
    }

    private static FrameAllocator<BuddyAllocator> NewAllocator(FirmwareMap firmware, MemoryMap map) => NewAllocator(firmware.NewTable(map), 0, map);

    private static FrameAllocator<BuddyAllocator> NewAllocator(FrameTable table, byte zone, MemoryMap map)
    {
        int position = 0;
        map.TryNextUsable(ref position, out FrameRange first);
        ZoneFrames frames = new(in table, zone, FrameRange.FromBounds(first.Start, map.UsableEnd));
        return new FrameAllocator<BuddyAllocator>(in frames, null);
    }
}
