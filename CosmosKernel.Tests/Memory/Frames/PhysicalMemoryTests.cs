using System;
using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

public sealed unsafe class PhysicalMemoryTests
{
    private const ulong FramesPerMiB = 256;

    private FirmwareMap _firmware = null!;

    [SetUp]
    public void NewMap() => _firmware = new FirmwareMap();

    [TearDown]
    public void FreeStorage() => _firmware.Dispose();

    [TestCase(ZonePreset.Lld, "DMA 0-ff/159 Low 100-fff/3840 Normal 1000-effff/978944 High 100000-13ffff/262144")]
    [TestCase(ZonePreset.Veridian, "DMA 0-fff/3999 Normal 1000-13ffff/1241088")]
    [TestCase(ZonePreset.Coal, "Low 0-ff/159 Normal 100-37fff/229120 High 38000-13ffff/1015808")]
    [TestCase(ZonePreset.Valen, "Normal 200-13ffff/1244672")]
    [TestCase(ZonePreset.Linux, "DMA 1-fff/3998 DMA32 1000-effff/978944 Normal 100000-13ffff/262144")]
    public void A_preset_cuts_five_gibibytes_as_its_system_does(ZonePreset preset, string expected)
    {
        _firmware.Add(0, 0x9FC00, MemoryKind.Usable).AddFrames(0x100, 0xEFF00).AddFrames(0x100000, 0x40000)
            .Add(0xFD_0000_0000, 12UL << 30, MemoryKind.Reserved);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(preset, _firmware.NewRegions(), default(NoMemory));
        List<string> zones = [];
        for (int i = 0; i < memory.ZoneCount; i++)
        {
            ref readonly Zone zone = ref memory.ZoneAt(i);
            // LLD's DMA and Coal's Low zone end where their RAM does.
            zones.Add($"{zone.Kind.Description()} {zone.Span.Start.Value:x}-{(zone.Span.End.Value - 1):x}/{zone.PresentFrames}");
        }

        Assert.That(string.Join(" ", zones), Is.EqualTo(expected.Replace("0-ff/159", "0-9e/159")));
    }

    [Test]
    public void Every_frame_is_counted_once()
    {
        _firmware.Add(0, 0x9FC00, MemoryKind.Usable).AddFrames(0x100, 0x1F00);
        ReservedRegions reserved = _firmware.NewRegions();
        reserved.TryAdd(PhysAddr.Zero, 1 << 20, ReservedKind.Bios);
        reserved.TryAdd(PhysAddr.FromTrusted(0x100000), 300_000, ReservedKind.KernelText);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, reserved, default(NoMemory));
        FrameStatistics before = memory.Statistics;
        Assert.That(before.Total, Is.EqualTo(0x9F + 0x1F00));
        Assert.That(before.Reserved, Is.EqualTo(0x9F + 74));
        Assert.That(before.Free, Is.EqualTo(before.Total - before.Reserved));

        memory.TryAllocate(Order.FromTrusted(3), FrameOwner.Heap, out FrameNumber heap);
        memory.TryAllocate(Order.Zero, FrameOwner.PageTable, out _);
        memory.TryAllocateRun(5, FrameRequest.For(FrameOwner.User), out FrameRange user);
        Assert.That(memory.OwnedBy(FrameOwner.Heap), Is.EqualTo(8));
        Assert.That(memory.OwnedBy(FrameOwner.PageTable), Is.EqualTo(1));
        Assert.That(memory.OwnedBy(FrameOwner.User), Is.EqualTo(5));
        Assert.That(memory.Statistics.Used, Is.EqualTo(14));
        Assert.That(memory.Statistics.Free, Is.EqualTo(before.Free - 14));
        Assert.That(memory.Validate(), Is.Null);

        Assert.That(memory.Free(heap, Order.FromTrusted(3)), Is.EqualTo(FreeResult.Ok));
        Assert.That(memory.FreeRun(user), Is.EqualTo(FreeResult.Ok));
        Assert.That(memory.OwnedBy(FrameOwner.Heap) + memory.OwnedBy(FrameOwner.User), Is.Zero);
        Assert.That(memory.Statistics.Used, Is.EqualTo(1));
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void A_run_is_extended_by_the_free_frames_behind_it_and_by_no_others()
    {
        _firmware.AddFrames(0x100, 0x1F00);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        FrameRequest request = FrameRequest.For(FrameOwner.Heap);
        Assert.That(memory.TryAllocateRun(5, request, out FrameRange run), Is.True);
        Assert.That(memory.TryExtendRun(run, 4, request), Is.True);
        Assert.That(memory.OwnedBy(FrameOwner.Heap), Is.EqualTo(9));
        run = new FrameRange(run.Start, 9);
        FrameStatistics before = memory.Statistics;
        Assert.That(memory.TryExtendRun(run, 0x100000, request), Is.False, "beyond RAM");
        Assert.That(memory.TryExtendRun(new FrameRange(run.Start, 3), 2, request), Is.False, "into itself");
        Assert.That(memory.TryExtendRun(new FrameRange(FrameNumber.Zero, 1), 1, request), Is.False, "no RAM at all");
        Assert.That(memory.Statistics.Free, Is.EqualTo(before.Free));
        Assert.That(memory.Validate(), Is.Null);
        Assert.That(memory.FreeRun(run), Is.EqualTo(FreeResult.Ok));
        Assert.That(memory.OwnedBy(FrameOwner.Heap), Is.Zero);
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void Cleared_frames_are_zero_and_others_are_left_as_they_are()
    {
        using HostMemory host = HostMemory.Create(FrameNumber.Zero, 256);
        _firmware.AddFrames(0, 256);
        PhysicalMemory<HostMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), host);
        FrameRequest request = FrameRequest.For(FrameOwner.User);
        Assert.That(memory.TryAllocate(Order.FromTrusted(2), request.Cleared(), out FrameNumber block), Is.True);
        Assert.That(memory.TryAllocateRun(3, request.Cleared(), out FrameRange run), Is.True);
        Assert.That(memory.TryAllocate(Order.Zero, request, out FrameNumber untouched), Is.True);
        Assert.That(BytesAre(host, new FrameRange(block, 4), 0), Is.True);
        Assert.That(BytesAre(host, run, 0), Is.True);
        Assert.That(BytesAre(host, new FrameRange(untouched, 1), 0xA5), Is.True);
    }

    [Test]
    public void A_request_falls_back_to_scarcer_memory_but_never_empties_it()
    {
        _firmware.AddFrames(0, 20 * FramesPerMiB);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        ulong inNormal = Exhaust(ref memory, FrameRequest.For(FrameOwner.User).OnlyFrom(ZoneKind.Normal));
        Assert.That(inNormal, Is.EqualTo(4 * FramesPerMiB - memory.ZoneAt(1).Marks.Min));
        Assert.That(memory.ZoneAt(0).FreeFrames, Is.EqualTo(16 * FramesPerMiB), "strict");

        Exhaust(ref memory, FrameRequest.For(FrameOwner.User));
        Watermarks marks = memory.ZoneAt(0).Marks;
        Assert.That(memory.ZoneAt(0).FreeFrames, Is.EqualTo(marks.Min + marks.ForOthers), "kept for those who need it");
        Exhaust(ref memory, FrameRequest.For(FrameOwner.Kernel).From(ZoneKind.Dma));
        Assert.That(memory.ZoneAt(0).FreeFrames, Is.EqualTo(marks.Min));
        Exhaust(ref memory, FrameRequest.For(FrameOwner.Kernel).Urgent());
        Assert.That(memory.Statistics.Free, Is.Zero);
        Assert.That(memory.ZoneAt(1).Failed, Is.EqualTo(3));
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void Low_memory_is_never_served_from_above()
    {
        _firmware.AddFrames(0, 32 * FramesPerMiB);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Lld, _firmware.NewRegions(), default(NoMemory));
        FrameRequest dma = FrameRequest.For(FrameOwner.Kernel).From(ZoneKind.Dma).Urgent();
        Assert.That(Exhaust(ref memory, dma), Is.EqualTo(FramesPerMiB));
        FrameRequest low = FrameRequest.For(FrameOwner.Kernel).From(ZoneKind.Low).Urgent();
        Assert.That(Exhaust(ref memory, low), Is.EqualTo(15 * FramesPerMiB));
        Assert.That(memory.ZoneAt(2).FreeFrames, Is.EqualTo(16 * FramesPerMiB));
    }

    [Test]
    public void A_kind_that_the_layout_lacks_is_served_by_the_next_lower_one()
    {
        _firmware.AddFrames(0, 32 * FramesPerMiB);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        FrameRequest request = FrameRequest.For(FrameOwner.Kernel).From(ZoneKind.Dma32);
        Assert.That(memory.TryAllocate(Order.Zero, request, out FrameNumber frame), Is.True);
        Assert.That(frame.Value, Is.LessThan(16 * FramesPerMiB));
        Assert.That(memory.TryAllocate(Order.Zero, request.OnlyFrom(ZoneKind.Dma32), out _), Is.False);

        PhysicalMemory<NoMemory, LoneProcessor> coal = Create(ZonePreset.Coal, _firmware.NewRegions(), default(NoMemory));
        Assert.That(coal.TryAllocate(Order.Zero, request.From(ZoneKind.Dma), out _), Is.False, "nothing is lower");
    }

    [Test]
    public void Wrong_frees_are_named_counted_and_change_nothing()
    {
        _firmware.AddFrames(1, 32 * FramesPerMiB);
        ReservedRegions reserved = _firmware.NewRegions();
        reserved.TryAdd(new FrameRange(FrameNumber.FromTrusted(1), 4), ReservedKind.Bios);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, reserved, default(NoMemory));
        memory.TryAllocate(Order.FromTrusted(1), FrameOwner.User, out FrameNumber frame);
        FrameStatistics before = memory.Statistics;
        Assert.That(memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.WrongOrder));
        Assert.That(memory.Free(frame + 1, Order.Zero), Is.EqualTo(FreeResult.InsideBlock));
        Assert.That(memory.Free(FrameNumber.Zero, Order.Zero), Is.EqualTo(FreeResult.Foreign));
        Assert.That(memory.Free(FrameNumber.FromTrusted(2), Order.Zero), Is.EqualTo(FreeResult.Reserved));
        Assert.That(memory.Free(frame + 2, Order.Zero), Is.EqualTo(FreeResult.DoubleFree));
        Assert.That(memory.FreeRun(new FrameRange(FrameNumber.FromTrusted(2), 1)), Is.EqualTo(FreeResult.Reserved));
        Assert.That(memory.FreeRun(new FrameRange(frame, 3)), Is.EqualTo(FreeResult.OverFree));
        Assert.That(memory.RefusalsFor(FreeResult.Reserved), Is.EqualTo(2));
        Assert.That(memory.RefusalsFor(FreeResult.WrongOrder), Is.EqualTo(1));
        Assert.That(memory.Statistics.Used, Is.EqualTo(before.Used));
        Assert.That(memory.OwnedBy(FrameOwner.User), Is.EqualTo(2));
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void Reserved_frames_can_be_released_later()
    {
        _firmware.AddFrames(0, 8 * FramesPerMiB);
        ReservedRegions reserved = _firmware.NewRegions();
        FrameRange module = new(FrameNumber.FromTrusted(100), 50);
        reserved.TryAdd(module, ReservedKind.BootModule);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, reserved, default(NoMemory));
        Assert.That(memory.Statistics.Reserved, Is.EqualTo(50));
        Assert.That(memory.TryRelease(module), Is.True);
        Assert.That(memory.TryRelease(module), Is.False);
        Assert.That(memory.Statistics.Reserved, Is.Zero);
        Assert.That(memory.TryRelease(new FrameRange(FrameNumber.FromTrusted(8 * FramesPerMiB), 1)), Is.False);
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void A_block_for_some_frames_is_the_smallest_and_the_rest_is_counted()
    {
        _firmware.AddFrames(0, 8 * FramesPerMiB);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        FrameRequest request = FrameRequest.For(FrameOwner.Kernel);
        Assert.That(memory.TryAllocateFor(5, request, out FrameNumber five, out Order order), Is.True);
        Assert.That(order.Value, Is.EqualTo(3));
        Assert.That(five.IsAligned(order), Is.True);
        Assert.That(memory.TryAllocateFor(16, request, out _, out _), Is.True);
        Assert.That(memory.TryAllocateFor(8 * FramesPerMiB, request, out _, out _), Is.False);
        Assert.That(memory.TryAllocateFor(0, request, out _, out _), Is.False);
        Assert.That((memory.Statistics.Wanted, memory.Statistics.Granted), Is.EqualTo((21UL, 24UL)));
        Assert.That(memory.Free(five, order), Is.EqualTo(FreeResult.Ok));
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void Ram_further_apart_than_an_allocator_reaches_becomes_two_zones()
    {
        ulong far = (1UL << 39) + 7;
        _firmware.AddFrames(0, 32 * FramesPerMiB).AddFrames(far, 64);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        Assert.That(memory.ZoneCount, Is.EqualTo(3));
        Assert.That(memory.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber frame), Is.True);
        Assert.That(frame.Value, Is.GreaterThanOrEqualTo(far));
        Assert.That(memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Ok));
        Assert.That(memory.Statistics.Reserved, Is.Zero);
    }

    [Test]
    public void A_machine_without_ram_has_no_zones_and_refuses()
    {
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        Assert.That(memory.ZoneCount, Is.Zero);
        Assert.That(memory.TryAllocate(Order.Zero, FrameOwner.User, out _), Is.False);
        Assert.That(memory.TryAllocateRun(3, FrameRequest.For(FrameOwner.User), out _), Is.False);
        Assert.That(memory.Free(FrameNumber.Zero, Order.Zero), Is.EqualTo(FreeResult.Foreign));
        Assert.That(memory.Validate(), Is.Null);
    }

    [Test]
    public void After_each_failed_request_everything_is_as_before([Range(0, 6)] int orderValue)
    {
        Order order = Order.FromTrusted(orderValue);
        _firmware.AddFrames(5, 700).AddFrames(0x1000, 333);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Veridian, _firmware.NewRegions(), default(NoMemory));
        List<FrameNumber> held = [];
        FrameRequest request = FrameRequest.For(FrameOwner.User).Urgent();
        while (memory.TryAllocate(order, request, out FrameNumber frame)) held.Add(frame);

        // Give one block back at a time, in an order that mixes the zones, and fail again on whatever is too large.
        Random random = new(orderValue);
        while (held.Count != 0)
        {
            int index = random.Next(held.Count);
            Assert.That(memory.Free(held[index], order), Is.EqualTo(FreeResult.Ok));
            held.RemoveAt(index);
            ulong free = memory.Statistics.Free;
            Assert.That(memory.TryAllocateRun(free + 1, request, out _), Is.False);
            Assert.That(memory.TryAllocate(Order.Max, request, out _), Is.False);
            Assert.That(memory.Statistics.Free, Is.EqualTo(free));
            if (held.Count % 16 == 0) Assert.That(memory.Validate(), Is.Null);
        }

        Assert.That(memory.Statistics.Used, Is.Zero);
    }

    [Test]
    public void Random_operations_over_several_zones_agree_with_a_model([Range(1, 8)] int seed)
    {
        Random random = new(seed);
        _firmware.AddFrames(3, 150).AddFrames(0x100, 0x300).AddFrames(0xF00, 0x333).AddFrames(0x100000, 100);
        PhysicalMemory<NoMemory, LoneProcessor> memory = Create(ZonePreset.Lld, _firmware.NewRegions(), default(NoMemory));
        Dictionary<ulong, FrameOwner> used = [];
        List<(FrameRange Frames, FrameOwner Owner)> held = [];
        for (int i = 0; i < 3000; i++)
        {
            if (random.Next(100) < ((i / 700) % 2 == 0 ? 65 : 35))
            {
                FrameOwner owner = (FrameOwner)random.Next(FrameOwners.Count);
                FrameRequest request = FrameRequest.For(owner).From((ZoneKind)random.Next(ZoneKinds.Count));
                if (random.Next(3) == 0) request = request.Urgent();
                if (!memory.TryAllocateRun((ulong)random.Next(1, 9), request, out FrameRange run)) continue;
                held.Add((run, owner));
                for (ulong f = run.Start.Value; f < run.End.Value; f++) Assert.That(used.TryAdd(f, owner), Is.True);
            }
            else if (held.Count != 0)
            {
                int index = random.Next(held.Count);
                (FrameRange frames, _) = held[index];
                held.RemoveAt(index);
                Assert.That(memory.FreeRun(frames), Is.EqualTo(FreeResult.Ok));
                for (ulong f = frames.Start.Value; f < frames.End.Value; f++) used.Remove(f);
            }

            if (i % 8 != 0) continue;
            Assert.That(memory.Validate(), Is.Null);
            Assert.That(memory.Statistics.Used, Is.EqualTo((ulong)used.Count));
            ulong users = 0;
            foreach (FrameOwner owner in used.Values) users += owner == FrameOwner.User ? 1UL : 0UL;
            Assert.That(memory.OwnedBy(FrameOwner.User), Is.EqualTo(users));
        }
    }

    private PhysicalMemory<TMemory, LoneProcessor> Create<TMemory>(ZonePreset preset, ReservedRegions reserved, TMemory frames)
        where TMemory : struct, MemOS.Hardware.IPhysicalMemory
    {
        MemoryMap map = _firmware.Build();
        FramePlan plan = HostPlan.Of(preset);
        NativeStorage storage = _firmware.NewStorage(PhysicalMemory<TMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        PhysicalMemory<TMemory, LoneProcessor> memory = new(in map, in reserved, in plan, storage.Bytes, frames, _firmware.NewProcessor());
        Assert.That(map.UsableFrames > 1 << 16 ? null : memory.Validate(), Is.Null);
        return memory;
    }

    private static ulong Exhaust<TMemory>(ref PhysicalMemory<TMemory, LoneProcessor> memory, FrameRequest request)
        where TMemory : struct, MemOS.Hardware.IPhysicalMemory
    {
        ulong count = 0;
        while (memory.TryAllocate(Order.Zero, request, out _)) count++;
        return count;
    }

    private static bool BytesAre(HostMemory host, FrameRange frames, byte value)
    {
        byte* bytes = host.Pointer(frames.Start.Start);
        for (ulong i = 0; i < frames.SizeBytes; i++)
        {
            if (bytes[i] != value) return false;
        }

        return true;
    }
}
