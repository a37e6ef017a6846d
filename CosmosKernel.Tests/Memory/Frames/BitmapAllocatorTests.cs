using System;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed unsafe class BitmapAllocatorTests : FrameAllocatorContract<FrameAllocator<BitmapAllocator>>
{
    private static readonly FrameNumber s_noLimit = FrameNumber.FromTrusted(FrameNumber.Limit);

    protected override bool FindsEveryRun => true;

    protected override FrameAllocator<BitmapAllocator> Create(FirmwareMap firmware, MemoryMap map) => HostZone.NewAllocator<BitmapAllocator>(firmware, map);

    [Test]
    public void Setting_up_writes_a_small_part_of_the_storage()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 1UL << 22));
        ZoneFrames zone = HostZone.New(firmware, firmware.Build());
        BitmapAllocator bitmap = default;
        NativeStorage storage = firmware.NewStorage(bitmap.MetadataBytes(zone.ChunkCount));
        Assert.That(zone.ChunkCount, Is.EqualTo(8192));
        Assert.That(storage.SizeBytes, Is.LessThan(8192 * 74));
        bitmap.Initialize(in zone, storage.Bytes);

        Span<byte> bytes = new(storage.Bytes, (int)storage.SizeBytes);
        Assert.That(bytes.Length - bytes.Count((byte)0xA5), Is.EqualTo(8192 * 11 / 8), "a bit a chunk for each order, and one for its use");
    }

    [Test]
    public void A_run_goes_over_chunks_and_sections_as_far_as_frames_are_in_a_row()
    {
        const ulong Section = 1UL << FrameTable.SectionShift;
        using FirmwareMap firmware = FirmwareMap.Of((Section - 700, 1500), (Section + 900, 400));
        FrameAllocator<BitmapAllocator> allocator = HostZone.NewAllocator<BitmapAllocator>(firmware);
        allocator.TryAdopt(Frames(Section - 700, 1500));
        allocator.TryAdopt(Frames(Section + 900, 400));
        Assert.That(allocator.TryAllocateRun(1501, Order.Zero, s_noLimit, out _), Is.False, "the hole of 100 frames is no RAM");
        Assert.That(allocator.TryAllocateRun(1500, Order.Zero, s_noLimit, out FrameRange all), Is.True);
        Assert.That(all, Is.EqualTo(Frames(Section - 700, 1500)));
        Assert.That(allocator.FreeRun(all), Is.EqualTo(FreeResult.Ok));
        Assert.That(allocator.TryAllocateRun(400, Order.FromTrusted(9), s_noLimit, out FrameRange aligned), Is.True);
        Assert.That(aligned.Start.Value, Is.EqualTo(Section - 512));
        Assert.That(allocator.Validate(), Is.Null);
    }

    [Test]
    public void A_run_is_found_among_many_taken_frames()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 1UL << 15));
        FrameAllocator<BitmapAllocator> allocator = HostZone.NewAllocator<BitmapAllocator>(firmware);
        allocator.TryAdopt(Frames(0, 1UL << 15));
        for (int i = 0; i < 1 << 15; i++) allocator.TryAllocate(Order.Zero, out _);
        for (ulong i = 0; i < 1UL << 15; i += 2) allocator.Free(FrameNumber.FromTrusted(i), Order.Zero);
        Assert.That(allocator.TryAllocateRun(2, Order.Zero, s_noLimit, out _), Is.False);

        // Three in a row, over a chunk's bound, with an odd start.
        allocator.Free(FrameNumber.FromTrusted(20_479), Order.Zero);
        Assert.That(allocator.TryAllocateRun(3, Order.Zero, FrameNumber.FromTrusted(20_480), out _), Is.False);
        Assert.That(allocator.TryAllocateRun(3, Order.Zero, s_noLimit, out FrameRange run), Is.True);
        Assert.That(run, Is.EqualTo(Frames(20_478, 3)));
        Assert.That(allocator.Validate(), Is.Null);
    }

    [Test]
    public void Blocks_above_a_chunk_are_rows_of_whole_chunks_from_an_aligned_one_on()
    {
        using FirmwareMap firmware = FirmwareMap.Of((512, 7 * 512), (5120, 2048));
        FrameAllocator<BitmapAllocator> allocator = HostZone.NewAllocator<BitmapAllocator>(firmware);
        allocator.TryAdopt(Frames(512, 7 * 512));
        allocator.TryAdopt(Frames(5120, 2048));
        Order order = Order.FromTrusted(11);
        Assert.That(allocator.FreeBlocks(order), Is.EqualTo(1));
        Assert.That(allocator.FreeBlocks(Order.FromTrusted(10)), Is.EqualTo(3));
        Assert.That(allocator.FreeBlocks(Order.FromTrusted(9)), Is.EqualTo(1));
        Assert.That(allocator.TryAllocate(order, out FrameNumber block), Is.True);
        Assert.That(block.Value, Is.EqualTo(2048));
        Assert.That(allocator.TryAllocate(order, out _), Is.False, "4,096 lies in the hole");
        Assert.That(allocator.Validate(), Is.Null);
        Assert.That(allocator.Free(block, order), Is.EqualTo(FreeResult.Ok));
        Assert.That(allocator.TryAllocate(order, out _), Is.True, "what was looked for in vain came back");
    }

    [TestCase("I1")]
    [TestCase("I2")]
    [TestCase("I3")]
    [TestCase("I5")]
    [TestCase("I6")]
    public void Validate_names_what_is_broken(string invariant)
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 2048));
        ZoneFrames zone = HostZone.New(firmware, firmware.Build());
        BitmapAllocator bitmap = default;
        NativeStorage storage = firmware.NewStorage(bitmap.MetadataBytes(zone.ChunkCount));
        bitmap.Initialize(in zone, storage.Bytes);
        zone.Table.TryFind(FrameNumber.Zero, out FrameDescriptor* descriptors);
        for (int i = 0; i < 2048; i++) FrameTable.Transition(descriptors + i, FrameState.Reserved, FrameState.Inner, 0);
        bitmap.Add(Frames(0, 1024));
        bitmap.TryTake(Order.FromTrusted(3), out _);
        Assert.That(bitmap.TryTake(Order.FromTrusted(10), out _), Is.False);
        Assert.That(bitmap.Validate(), Is.Null);

        ulong* words = (ulong*)storage.Bytes;
        ChunkRecord* records = (ChunkRecord*)(words + 4 * ChunkBits.Words);
        ulong* inUse = (ulong*)(storage.Bytes + 4 * ChunkBits.SizeBytes + 64);
        ulong* index = inUse + 8;
        switch (invariant)
        {
            case "I1": descriptors[600].Header = 0; break;
            case "I2": words[0] &= ~(1UL << 30); break;
            case "I3": index[9] &= ~2UL; break;
            case "I5": records[1] = new ChunkRecord(FrameNumber.FromTrusted(1024)) { Free = 512 }; break;
            default:
                words[0] |= 0xFF;
                records[0].Free += 8;
                index[9] |= 1;
                break;
        }

        Assert.That(bitmap.Validate(), Does.StartWith(invariant));
    }

    [Test]
    public void Validate_sees_a_gap_in_the_index()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 512));
        ZoneFrames zone = HostZone.New(firmware, firmware.Build());
        BitmapAllocator bitmap = default;
        NativeStorage storage = firmware.NewStorage(bitmap.MetadataBytes(zone.ChunkCount));
        bitmap.Initialize(in zone, storage.Bytes);
        zone.Table.TryFind(FrameNumber.Zero, out FrameDescriptor* descriptors);
        for (int i = 0; i < 512; i++) FrameTable.Transition(descriptors + i, FrameState.Reserved, FrameState.Inner, 0);
        bitmap.Add(Frames(0, 1));
        ulong* index = (ulong*)(storage.Bytes + ChunkBits.SizeBytes + 2 * 64);
        Assert.That(bitmap.Validate(), Is.Null);
        index[5] |= 1;
        Assert.That(bitmap.Validate(), Does.StartWith("I4"));
    }

    private static FrameRange Frames(ulong start, ulong count) => new(FrameNumber.FromTrusted(start), count);
}
