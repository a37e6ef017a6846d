using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

public sealed unsafe class MemoryMapTests
{
    private const int CellBytes = 512;
    private const int CellsPerFrame = 8;
    private const int ModelFrames = 64;

    [Test]
    public void An_empty_map_has_nothing()
    {
        using FirmwareMap firmware = new();
        MemoryMap map = firmware.Build();
        Assert.That(Ranges(map), Is.Empty);
        Assert.That(map.UsableFrames, Is.Zero);
        Assert.That(map.KindOf(PhysAddr.Zero), Is.EqualTo(MemoryKind.None));
    }

    [Test]
    public void Partial_frames_are_dropped_but_counted_in_bytes()
    {
        using FirmwareMap firmware = new FirmwareMap().Add(0, 0x9FC00, MemoryKind.Usable).Add(0x9FC00, 0x400, MemoryKind.Reserved);
        MemoryMap map = firmware.Build();
        Assert.That(map.UsableFrames, Is.EqualTo(0x9F));
        Assert.That(map.BytesOf(MemoryKind.Usable), Is.EqualTo(0x9FC00));
        Assert.That(map.BytesOf(MemoryKind.Reserved), Is.EqualTo(0x400));
    }

    [Test]
    public void The_strictest_kind_wins_and_equal_neighbours_merge()
    {
        using FirmwareMap firmware = new FirmwareMap()
            .AddFrames(8, 8)
            .AddFrames(0, 8)
            .AddFrames(4, 2, MemoryKind.Bad)
            .AddFrames(2, 12, MemoryKind.AcpiReclaimable)
            .AddFrames(5, 1, MemoryKind.Reserved)
            .AddFrames(3, 0, MemoryKind.Bad);
        Assert.That(Ranges(firmware.Build()), Is.EqualTo(new[]
        {
            "[P:0x0, P:0x2000) usable",
            "[P:0x2000, P:0x4000) ACPI tables",
            "[P:0x4000, P:0x6000) bad",
            "[P:0x6000, P:0xe000) ACPI tables",
            "[P:0xe000, P:0x10000) usable",
        }));
    }

    [Test]
    public void Two_usable_entries_that_meet_inside_a_frame_make_it_whole()
    {
        using FirmwareMap firmware = new FirmwareMap().Add(0x1800, 0x1800, MemoryKind.Usable).Add(0, 0x1800, MemoryKind.Usable);
        Assert.That(firmware.Build().UsableFrames, Is.EqualTo(3));
    }

    [Test]
    public void What_exceeds_the_widest_address_is_cut_off()
    {
        ulong top = 1UL << PhysAddr.MaxBits;
        using FirmwareMap firmware = new FirmwareMap()
            .Add(top - 0x2000, ulong.MaxValue, MemoryKind.Reserved)
            .Add(ulong.MaxValue - 5, 100, MemoryKind.Usable);
        Assert.That(Ranges(firmware.Build()), Is.EqualTo(new[] { "[P:0xfffffffffe000, P:0x10000000000000) reserved" }));
    }

    [Test]
    public void A_full_builder_says_so()
    {
        using NativeStorage storage = new(2 * MemoryMapBuilder.BytesPerEntry);
        MemoryMapBuilder builder = new(storage.Bytes, storage.SizeBytes);
        Assert.That(builder.TryAdd(PhysAddr.Zero, 1, MemoryKind.Usable), Is.True);
        Assert.That(builder.TryAdd(PhysAddr.Zero, 1, MemoryKind.Usable), Is.True);
        Assert.That(builder.TryAdd(PhysAddr.Zero, 0, MemoryKind.Usable), Is.True, "an entry without bytes needs no room");
        Assert.That(builder.TryAdd(PhysAddr.Zero, 1, MemoryKind.Bad), Is.False);
    }

    [Test]
    public void Thousands_of_entries_are_sorted_out()
    {
        using FirmwareMap firmware = new();
        for (ulong i = 5000; i > 0; i--) firmware.AddFrames(i * 3, 2);
        MemoryMap map = firmware.Build();
        Assert.That(map.Validate(), Is.Null);
        Assert.That(map.UsableFrames, Is.EqualTo(10000));
        Assert.That(map.UsableEnd, Is.EqualTo(FrameNumber.FromTrusted(15002)));
    }

    [Test]
    public void Random_maps_agree_with_a_model([Range(1, 300)] int seed)
    {
        Random random = new(seed);
        AgreesWithModel(random, 0, new MemoryKind[ModelFrames * CellsPerFrame], random.Next(40), ModelFrames * CellsPerFrame);
    }

    [Test]
    public void Thousands_of_random_entries_agree_with_a_model([Range(1, 8)] int seed)
    {
        const int Frames = 8192;
        const ulong SizeBytes = Frames * FrameNumber.SizeBytes;
        Random random = new(seed);
        ulong start = new[] { 0UL, (1UL << 32) - SizeBytes / 2, 1UL << 40, (1UL << PhysAddr.MaxBits) - SizeBytes }[seed % 4];
        AgreesWithModel(random, start, new MemoryKind[Frames * CellsPerFrame], random.Next(2000, 9000), 40);
    }

    /// <summary>Fills a model, a byte for each 512 bytes of memory, and a map with the same entries; entries that say nothing are mixed in.</summary>
    private static void AgreesWithModel(Random random, ulong start, MemoryKind[] model, int entries, int maxCells)
    {
        using FirmwareMap firmware = new();
        for (; entries > 0; entries--)
        {
            int first = random.Next(model.Length);
            int count = Math.Min(random.Next(random.Next(1, maxCells)), model.Length - first);
            MemoryKind kind = (MemoryKind)(random.Next(3) == 0 ? random.Next(1, MemoryKinds.Count) : 1);
            firmware.Add(start + (ulong)(first * CellBytes), (ulong)(count * CellBytes), kind);
            for (int i = first; i < first + count; i++) model[i] = kind > model[i] ? kind : model[i];
            if (random.Next(16) == 0) firmware.Add((1UL << PhysAddr.MaxBits) + (ulong)random.NextInt64(), (ulong)random.NextInt64(), MemoryKind.Bad);
        }

        MemoryMap map = firmware.Build();

        Assert.That(map.Validate(), Is.Null);
        ulong[] bytes = new ulong[MemoryKinds.Count];
        for (int i = 0; i < model.Length; i++)
        {
            bytes[(int)model[i]] += CellBytes;
            PhysAddr middle = PhysAddr.FromTrusted(start + (ulong)(i * CellBytes + CellBytes / 2));
            if (map.KindOf(middle) != model[i]) Assert.Fail($"{middle} is {map.KindOf(middle)}, not {model[i]}");
        }

        for (MemoryKind kind = MemoryKind.Usable; kind <= MemoryKind.Bad; kind++)
        {
            Assert.That(map.BytesOf(kind), Is.EqualTo(bytes[(int)kind]), kind.Description());
        }

        List<ulong> usable = UsableFrames(model, start >> FrameNumber.Shift);
        Assert.That(UsableFrames(map), Is.EqualTo(usable));
        Assert.That(map.UsableFrames, Is.EqualTo((ulong)usable.Count));
        Assert.That(map.UsableEnd.Value, Is.EqualTo(usable.Count == 0 ? 0 : usable[^1] + 1));
    }

    private static List<string> Ranges(MemoryMap map)
    {
        List<string> ranges = [];
        int position = 0;
        while (map.TryNext(ref position, out MemoryRange range)) ranges.Add(range.ToString());
        return ranges;
    }

    private static List<ulong> UsableFrames(MemoryMap map)
    {
        List<ulong> frames = [];
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange run))
        {
            for (ulong i = 0; i < run.Count; i++) frames.Add((run.Start + i).Value);
        }

        return frames;
    }

    private static List<ulong> UsableFrames(MemoryKind[] model, ulong firstFrame)
    {
        List<ulong> frames = [];
        for (int frame = 0; frame * CellsPerFrame < model.Length; frame++)
        {
            MemoryKind[] cells = model[(frame * CellsPerFrame)..((frame + 1) * CellsPerFrame)];
            if (Array.TrueForAll(cells, kind => kind == MemoryKind.Usable)) frames.Add(firstFrame + (ulong)frame);
        }

        return frames;
    }
}
