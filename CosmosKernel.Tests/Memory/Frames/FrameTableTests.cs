using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

public sealed unsafe class FrameTableTests
{
    private const ulong Section = 1UL << FrameTable.SectionShift;

    [Test]
    public void A_descriptor_has_16_bytes() => Assert.That(sizeof(FrameDescriptor), Is.EqualTo(16));

    [Test]
    public void Metadata_grows_with_ram_and_not_with_its_addresses()
    {
        using FirmwareMap low = FirmwareMap.Of((0, 1000));
        using FirmwareMap high = FirmwareMap.Of(((1UL << 40) - 1000, 1000));
        high.Add(0xFD_0000_0000, 12UL << 30, MemoryKind.Reserved);
        ulong lowBytes = FrameTable.MetadataBytes(low.Build());
        Assert.That(FrameTable.MetadataBytes(high.Build()), Is.EqualTo(lowBytes));
        Assert.That(lowBytes, Is.LessThan(1000 * 16 + 512));
    }

    [Test]
    public void A_small_hole_is_described_and_a_large_one_is_not()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 10), (10 + FrameTable.SmallHole, 10), (1000, 10), (1500, 1));
        FrameTable table = Create(firmware);
        Assert.That(State(table, 9), Is.EqualTo(FrameState.Reserved));
        Assert.That(State(table, 10), Is.EqualTo(FrameState.Absent));
        Assert.That(State(table, 10 + FrameTable.SmallHole), Is.EqualTo(FrameState.Reserved));
        Assert.That(State(table, 500), Is.Null);
        Assert.That(State(table, 1000), Is.EqualTo(FrameState.Reserved));
        Assert.That(State(table, 1010), Is.Null);
        Assert.That(State(table, 1500), Is.EqualTo(FrameState.Reserved));
    }

    [Test]
    public void Frames_in_a_row_have_descriptors_in_a_row_across_sections()
    {
        using FirmwareMap firmware = FirmwareMap.Of((Section - 5, Section + 10), (4 * Section, 5));
        FrameTable table = Create(firmware);
        Assert.That(table.TryFindRun(Frames(Section - 5, Section + 10), out _), Is.True);
        Assert.That(table.TryFindRun(Frames(Section - 5, Section + 11), out _), Is.False);
        Assert.That(table.TryFindRun(Frames(2 * Section + 4, 2 * Section - 3), out _), Is.False, "the hole counts");
    }

    [Test]
    public void Random_maps_describe_exactly_their_frames([Range(1, 30)] int seed)
    {
        Random random = new(seed);
        HashSet<ulong> usable = [];
        HashSet<ulong> probes = [];
        using FirmwareMap firmware = new();
        for (int i = random.Next(1, 60); i > 0; i--)
        {
            ulong section = (ulong)(random.Next(4) == 0 ? random.NextInt64(1L << 25) : random.Next(6));
            ulong start = section * Section + (ulong)random.Next((int)Section);
            ulong count = (ulong)random.Next(1, random.Next(2) == 0 ? 100 : 20000);
            firmware.AddFrames(start, count);
            for (ulong frame = start; frame < start + count; frame++) usable.Add(frame);
            for (ulong frame = start - Math.Min(start, 80); frame < start + count + 80; frame++) probes.Add(frame);
        }

        FrameTable table = Create(firmware);
        Dictionary<ulong, ulong> descriptors = [];
        foreach (ulong frame in probes)
        {
            bool found = table.TryFind(FrameNumber.FromTrusted(frame), out FrameDescriptor* descriptor);
            bool isRam = found && descriptor->State == FrameState.Reserved;
            if (isRam != usable.Contains(frame)) Assert.Fail($"frame {frame:x}: {isRam}");
            if (found && !descriptors.TryAdd((ulong)descriptor, frame)) Assert.Fail($"frame {frame:x} shares a descriptor");
        }
    }

    [Test]
    public void A_state_is_left_only_from_itself_and_along_the_arrows()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 1));
        FrameTable table = Create(firmware);
        table.TryFind(FrameNumber.Zero, out FrameDescriptor* descriptor);
        nint address = (nint)descriptor;
        Assert.That(() => Change(address, FrameState.Free, FrameState.Allocated), Throws.TypeOf<KernelAssertException>());
        Assert.That(() => Change(address, FrameState.Reserved, FrameState.Allocated), Throws.TypeOf<KernelAssertException>());
        Assert.That(() => Change(address, FrameState.Reserved, FrameState.Absent), Throws.TypeOf<KernelAssertException>());
        Change(address, FrameState.Reserved, FrameState.Inner);
        Change(address, FrameState.Inner, FrameState.Allocated);
        Assert.That(() => Change(address, FrameState.Allocated, FrameState.Reserved), Throws.TypeOf<KernelAssertException>());
    }

    private static void Change(nint descriptor, FrameState from, FrameState to) =>
        FrameTable.Transition((FrameDescriptor*)descriptor, from, to, 0);

    private static FrameTable Create(FirmwareMap firmware) => firmware.NewTable(firmware.Build());

    private static FrameState? State(FrameTable table, ulong frame) =>
        table.TryFind(FrameNumber.FromTrusted(frame), out FrameDescriptor* descriptor) ? descriptor->State : null;

    private static FrameRange Frames(ulong start, ulong count) => new(FrameNumber.FromTrusted(start), count);
}
