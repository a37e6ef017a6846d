using System.Collections.Generic;
using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>Frames whose descriptors are written when they are wanted, and frames that come and go.</summary>
public sealed unsafe class PendingFrameTests
{
    private const ulong Section = 1UL << FrameTable.SectionShift;
    private const ulong FramesPerMiB = 256;
    private const ulong FramesPerGiB = 1024 * FramesPerMiB;

    private readonly List<nint> _allocations = [];
    private FirmwareMap _firmware = null!;
    private byte* _storage;
    private ulong _storageBytes;
    private PhysicalMemory<NoMemory, LoneProcessor> _memory;

    [SetUp]
    public void NewMap() => _firmware = new FirmwareMap();

    [TearDown]
    public void FreeStorage()
    {
        foreach (nint allocation in _allocations) NativeMemory.Free((void*)allocation);
        _allocations.Clear();
        _firmware.Dispose();
    }

    [Test]
    public void A_tebibyte_costs_the_sections_that_are_used()
    {
        Build(_firmware.AddFrames(0, 1024 * FramesPerGiB));
        Assert.That(_memory.Statistics.Free, Is.EqualTo(1024 * FramesPerGiB));
        Assert.That(Pending(), Is.EqualTo(1024 * FramesPerGiB));
        Assert.That(_memory.TryAllocate(Order.Max, FrameOwner.User, out FrameNumber large), Is.True);
        Assert.That(_memory.TryAllocate(Order.Zero, FrameOwner.User, out _), Is.True);
        Assert.That(Pending(), Is.GreaterThan(1020 * FramesPerGiB));
        Assert.That(_memory.Free(large, Order.Max), Is.EqualTo(FreeResult.Ok));
        Assert.That(SectionsWritten(), Is.LessThan(20), "of 8192");
    }

    [Test]
    public void Every_frame_can_be_had_however_it_is_asked_for([Values(0, 3, 9, 15)] int order)
    {
        Build(_firmware.AddFrames(0, 5 * Section + 77).AddFrames(6 * Section, 3 * Section / 2));
        ulong free = _memory.Statistics.Free;
        FrameRequest request = FrameRequest.For(FrameOwner.User).Urgent();
        while (_memory.TryAllocate(Order.FromTrusted(order), request, out _)) free -= 1UL << order;
        Assert.That(_memory.Statistics.Free, Is.EqualTo(free));
        Assert.That(Pending(), Is.Zero);
        while (_memory.TryAllocate(Order.Zero, request, out _)) free--;
        Assert.That(free, Is.Zero);
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_block_over_several_sections_is_put_together()
    {
        Build(_firmware.AddFrames(0, 16 * Section));
        Assert.That(_memory.TryAllocate(Order.Max, FrameOwner.User, out FrameNumber block), Is.True);
        Assert.That(block.IsAligned(Order.Max), Is.True);
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_frame_that_nobody_looked_at_is_free_and_cannot_be_freed()
    {
        Build(_firmware.AddFrames(0, 8 * Section));
        FrameNumber frame = FrameNumber.FromTrusted(6 * Section + 5);
        Assert.That(_memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.DoubleFree));
        Assert.That(_memory.Describe(frame + Section).State, Is.EqualTo(FrameState.Free));
        Assert.That(_memory.FreeRun(new FrameRange(FrameNumber.FromTrusted(4 * Section), 3)), Is.EqualTo(FreeResult.DoubleFree));
        Assert.That(_memory.TryAddReference(FrameNumber.FromTrusted(3 * Section)), Is.False);
        Assert.That(_memory.Free(FrameNumber.FromTrusted(9 * Section), Order.Zero), Is.EqualTo(FreeResult.Foreign));
        Assert.That(_memory.Statistics.Free, Is.EqualTo(8 * Section));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void Free_frames_can_be_reserved_and_released()
    {
        Build(_firmware.AddFrames(0, 4 * Section));
        FrameRange range = new(FrameNumber.FromTrusted(2 * Section - 10), 20);
        Assert.That(_memory.TryReserve(range, ReservedKind.Device), Is.True);
        Assert.That(_memory.Statistics.Reserved, Is.EqualTo(20));
        Assert.That(_memory.Reserved.TryFind(range.Start, out ReservedRegion region) && region.Frames == range, Is.True);
        Assert.That(_memory.Describe(range.Start).State, Is.EqualTo(FrameState.Reserved));
        Assert.That(_memory.TryReserve(range, ReservedKind.Device), Is.False, "reserved already");
        Assert.That(_memory.Validate(), Is.Null);

        HashSet<ulong> taken = [];
        while (_memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.User).Urgent(), out FrameNumber frame)) Assert.That(taken.Add(frame.Value), Is.True);
        Assert.That(taken, Has.Count.EqualTo((int)(4 * Section - 20)));
        Assert.That(taken.Contains(range.Start.Value), Is.False);

        FrameRange part = new(range.Start + 5, 10);
        Assert.That(_memory.TryRelease(part), Is.True);
        Assert.That(_memory.TryRelease(part), Is.False, "released already");
        Assert.That(_memory.Reserved.Count, Is.EqualTo(2));
        Assert.That(_memory.Statistics.Free, Is.EqualTo(10));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void What_is_in_use_or_no_ram_is_not_reserved()
    {
        Build(_firmware.AddFrames(0, Section).AddFrames(3 * Section, 100));
        Assert.That(_memory.TryAllocate(Order.FromTrusted(3), FrameOwner.User, out FrameNumber block), Is.True);
        Assert.That(_memory.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber cached), Is.True);
        Assert.That(_memory.Free(cached, Order.Zero), Is.EqualTo(FreeResult.Ok));
        FrameStatistics before = _memory.Statistics;
        Assert.That(_memory.TryReserve(new FrameRange(block + 7, 2), ReservedKind.Device), Is.False);
        Assert.That(_memory.TryReserve(new FrameRange(FrameNumber.FromTrusted(Section - 1), 2), ReservedKind.Device), Is.False);
        Assert.That(_memory.TryReserve(new FrameRange(FrameNumber.FromTrusted(3 * Section + 99), 2), ReservedKind.Device), Is.False);
        Assert.That(_memory.Reserved.Count, Is.Zero);
        Assert.That((_memory.Statistics.Free, _memory.Statistics.Used), Is.EqualTo((before.Free, before.Used)));
        Assert.That(_memory.TryReserve(new FrameRange(cached, 1), ReservedKind.Device), Is.True, "what a cache has is free");
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_request_below_an_address_stays_below_it([Values(1UL, 4UL, 64UL)] ulong count)
    {
        Build(_firmware.AddFrames(0, 8 * Section));
        PhysAddr limit = PhysAddr.FromTrusted(100UL << 20);
        FrameRequest request = FrameRequest.For(FrameOwner.Kernel).Below(limit).Urgent();
        ulong taken = 0;
        while (_memory.TryAllocateRun(count, request, out FrameRange frames))
        {
            Assert.That(frames.End.Start, Is.LessThanOrEqualTo(limit));
            taken += frames.Count;
        }

        Assert.That(taken, Is.EqualTo(100 * FramesPerMiB));
        Assert.That(_memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.Kernel).Below(PhysAddr.FromTrusted(4095)), out _), Is.False);
        Assert.That(_memory.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber above), Is.True);
        Assert.That(above.Start, Is.GreaterThanOrEqualTo(limit));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void A_run_starts_where_it_is_told_to([Values(0, 1, 4, 9, 12)] int alignment)
    {
        Build(_firmware.AddFrames(3, 2 * Section));
        Assert.That(_memory.TryAllocate(Order.Zero, FrameOwner.User, out _), Is.True);
        Assert.That(_memory.TryAllocateRun(3, Order.FromTrusted(alignment), FrameRequest.For(FrameOwner.User), out FrameRange frames), Is.True);
        Assert.That(frames.Start.IsAligned(Order.FromTrusted(alignment)), Is.True);
        Assert.That(frames.Count, Is.EqualTo(3));
        Assert.That(_memory.Statistics.Used, Is.EqualTo(4));
        Assert.That(_memory.FreeRun(frames), Is.EqualTo(FreeResult.Ok));
        Assert.That(_memory.Validate(), Is.Null);
    }

    [Test]
    public void Chunks_are_numbered_upwards_without_gaps()
    {
        MemoryMap map = _firmware.AddFrames(7, 1200).AddFrames(1900, 10).AddFrames(Section - 3, 6).AddFrames(1UL << 39, 513).Build();
        FrameTable table = _firmware.NewTable(map);
        uint next = 0;
        ulong last = ulong.MaxValue;
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange run))
        {
            for (FrameNumber frame = run.Start; frame < run.End; frame += 1)
            {
                uint chunk = table.ChunkOf(frame);
                if (frame.Value >> FrameTable.ChunkShift != last || chunk == next) Assert.That(chunk, Is.EqualTo(next++));
                else Assert.That(chunk, Is.EqualTo(next - 1));
                last = frame.Value >> FrameTable.ChunkShift;
            }
        }

        Assert.That(FrameTable.CountChunks(in map, FrameRange.FromBounds(FrameNumber.Zero, map.UsableEnd)), Is.EqualTo(next));
    }

    private void Build(FirmwareMap firmware)
    {
        MemoryMap map = firmware.Build();
        FramePlan plan = HostPlan.Of(ZonePreset.Veridian);
        ReservedRegions reserved = firmware.NewRegions();
        _storageBytes = PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan);
        byte* storage = (byte*)NativeMemory.AllocZeroed((nuint)_storageBytes + 64);
        _allocations.Add((nint)storage);
        _storage = (byte*)(((nuint)storage + 63) & ~(nuint)63);
        _memory = new PhysicalMemory<NoMemory, LoneProcessor>(in map, in reserved, in plan, _storage, default, _firmware.NewProcessor());
    }

    private ulong Pending()
    {
        ulong pending = 0;
        for (int i = 0; i < _memory.ZoneCount; i++) pending += _memory.ZoneAt(i).PendingFrames;
        return pending;
    }

    /// <summary>In how many places, one in each section's descriptors, the storage is not clear any more.</summary>
    private ulong SectionsWritten()
    {
        ulong written = 0;
        for (ulong at = 0; at + 8 <= _storageBytes; at += Section * FrameDescriptor.SizeBytes)
        {
            // Some place behind the small structures in front of the table, in the middle of a section's descriptors.
            ulong offset = at + (Section * FrameDescriptor.SizeBytes / 2);
            if (offset < _storageBytes && *(ulong*)(_storage + (offset & ~15UL)) != 0) written++;
        }

        return written;
    }
}
