using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

public sealed class BootAllocatorTests
{
    private static readonly PhysAddr s_noLimit = FrameNumber.FromTrusted(1 << 20).Start;

    [Test]
    public void Touching_regions_of_one_kind_are_one()
    {
        using FirmwareMap firmware = new();
        ReservedRegions regions = firmware.NewRegions();
        regions.TryAdd(Frames(8, 2), ReservedKind.PageTables);
        regions.TryAdd(Frames(4, 2), ReservedKind.PageTables);
        regions.TryAdd(Frames(6, 2), ReservedKind.PageTables);
        regions.TryAdd(Frames(6, 2), ReservedKind.Device);
        Assert.That(Texts(regions), Is.EqualTo(new[] { "[F#4, F#a) page tables", "[F#6, F#8) device registers" }));
    }

    [Test]
    public void A_region_covers_every_frame_that_it_touches()
    {
        using FirmwareMap firmware = new();
        ReservedRegions regions = firmware.NewRegions();
        regions.TryAdd(PhysAddr.FromTrusted(0x1FFF), 2, ReservedKind.AcpiTables);
        regions.TryAdd(PhysAddr.FromTrusted(0x5000), 0, ReservedKind.AcpiTables);
        Assert.That(Texts(regions), Is.EqualTo(new[] { "[F#1, F#3) ACPI tables" }));
        Assert.That(regions.TryFind(FrameNumber.FromTrusted(2), out ReservedRegion found) && found.Kind == ReservedKind.AcpiTables);
        Assert.That(regions.TryFind(FrameNumber.FromTrusted(3), out _), Is.False);
    }

    [Test]
    public void A_full_list_takes_only_what_merges()
    {
        using FirmwareMap firmware = new();
        ReservedRegions regions = firmware.NewRegions(capacity: 1);
        Assert.That(regions.TryAdd(Frames(1, 1), ReservedKind.Bios), Is.True);
        Assert.That(regions.TryAdd(Frames(9, 1), ReservedKind.Bios), Is.False);
        Assert.That(regions.TryAdd(Frames(2, 1), ReservedKind.Bios), Is.True);
        Assert.That(Texts(regions), Is.EqualTo(new[] { "[F#1, F#3) BIOS area" }));
    }

    [Test]
    public void Boot_frames_come_from_the_top_down_below_the_limit()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 100), (200, 100));
        BootAllocator allocator = new(firmware.Build(), firmware.NewRegions(), FrameNumber.FromTrusted(250).Start);
        Assert.That(allocator.TryAllocate(10, ReservedKind.PageTables, out FrameRange first), Is.True);
        Assert.That(first, Is.EqualTo(Frames(240, 10)));
        Assert.That(allocator.TryAllocate(3, Order.FromTrusted(4), ReservedKind.PageTables, out FrameRange aligned), Is.True);
        Assert.That(aligned, Is.EqualTo(Frames(224, 3)));
        Assert.That(allocator.TryAllocate(90, ReservedKind.BootModule, out FrameRange low), Is.True);
        Assert.That(low, Is.EqualTo(Frames(10, 90)));
        allocator.Limit = s_noLimit;
        Assert.That(allocator.TryAllocate(1, ReservedKind.PageTables, out FrameRange high), Is.True);
        Assert.That(high, Is.EqualTo(Frames(299, 1)));
    }

    [Test]
    public void What_cannot_be_had_changes_nothing()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 10), (20, 10));
        BootAllocator allocator = new(firmware.Build(), firmware.NewRegions(capacity: 1), s_noLimit);
        Assert.That(allocator.TryAllocate(11, ReservedKind.PageTables, out _), Is.False);
        Assert.That(allocator.TryAllocate(0, ReservedKind.PageTables, out _), Is.False);
        Assert.That(allocator.TryAllocate(ulong.MaxValue, ReservedKind.PageTables, out _), Is.False);
        Assert.That(allocator.Reserved.Count, Is.Zero);
        Assert.That(allocator.TryAllocate(1, ReservedKind.PageTables, out _), Is.True);
        Assert.That(allocator.TryAllocate(1, ReservedKind.BootModule, out _), Is.False, "the list of regions is full");
        Assert.That(Texts(allocator.Reserved), Is.EqualTo(new[] { "[F#1d, F#1e) page tables" }));
    }

    [Test]
    public void It_hands_over_once()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 10));
        BootAllocator allocator = new(firmware.Build(), firmware.NewRegions(), s_noLimit);
        allocator.TryAllocate(1, ReservedKind.FrameTable, out _);
        Assert.That(Texts(allocator.HandOver()), Is.EqualTo(new[] { "[F#9, F#a) frame table" }));
        Assert.That(() => allocator.HandOver(), Throws.TypeOf<KernelAssertException>());
        Assert.That(() => allocator.TryAllocate(1, ReservedKind.FrameTable, out _), Throws.TypeOf<KernelAssertException>());
    }

    [Test]
    public void Random_regions_leave_what_a_model_leaves([Range(1, 200)] int seed)
    {
        const int FrameCount = 256;
        Random random = new(seed);
        bool[] free = new bool[FrameCount];
        using FirmwareMap firmware = new();
        ReservedRegions regions = firmware.NewRegions();
        for (int i = random.Next(1, 12); i > 0; i--)
        {
            (int start, int count) = RandomRange(random, FrameCount);
            firmware.AddFrames((ulong)start, (ulong)count);
            Array.Fill(free, true, start, count);
        }

        for (int i = random.Next(12); i > 0; i--)
        {
            (int start, int count) = RandomRange(random, FrameCount / 4);
            start += random.Next(FrameCount * 3 / 4);
            regions.TryAdd(Frames((ulong)start, (ulong)count), (ReservedKind)random.Next(4));
            Array.Fill(free, false, start, count);
        }

        MemoryMap map = firmware.Build();
        BootAllocator allocator = new(in map, in regions, s_noLimit);
        CheckAgainst(free, map, regions);
        for (int i = random.Next(20); i > 0; i--)
        {
            ulong count = (ulong)random.Next(1, 20);
            bool expected = HasRun(free, (int)count);
            Assert.That(allocator.TryAllocate(count, ReservedKind.BootAllocation, out FrameRange got), Is.EqualTo(expected));
            for (int frame = (int)got.Start.Value; got.Contains(FrameNumber.FromTrusted((ulong)frame)); frame++)
            {
                Assert.That(free[frame], Is.True, "frame handed out twice");
                free[frame] = false;
            }

            Assert.That(allocator.FreeFrames, Is.EqualTo((ulong)free.Count(isFree => isFree)));
        }

        CheckAgainst(free, map, allocator.HandOver());
    }

    private static void CheckAgainst(bool[] free, MemoryMap map, ReservedRegions regions)
    {
        bool[] walked = new bool[free.Length];
        UnreservedCursor cursor = new(in map, in regions);
        ulong end = 0;
        while (cursor.TryNext(out FrameRange run))
        {
            Assert.That(run.IsEmpty, Is.False);
            Assert.That(run.Start.Value == 0 || run.Start.Value > end || end == 0, "runs are maximal and rise");
            end = run.End.Value;
            Array.Fill(walked, true, (int)run.Start.Value, (int)run.Count);
        }

        Assert.That(walked, Is.EqualTo(free));
    }

    private static (int Start, int Count) RandomRange(Random random, int limit)
    {
        int start = random.Next(limit);
        return (start, random.Next(limit - start));
    }

    private static bool HasRun(bool[] free, int count)
    {
        int length = 0;
        foreach (bool isFree in free)
        {
            length = isFree ? length + 1 : 0;
            if (length == count) return true;
        }

        return false;
    }

    private static List<string> Texts(ReservedRegions regions)
    {
        List<string> texts = [];
        for (int i = 0; i < regions.Count; i++) texts.Add(regions[i].ToString());
        return texts;
    }

    private static FrameRange Frames(ulong start, ulong count) => new(FrameNumber.FromTrusted(start), count);
}
