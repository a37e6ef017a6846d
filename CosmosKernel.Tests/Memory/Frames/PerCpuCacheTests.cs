using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

public sealed unsafe class PerCpuCacheTests
{
    /// <summary>RAM of one zone from its first frame on: 64 times the largest stack, so that stacks are as long as they get.</summary>
    private const ulong RamFrames = 64 * PerCpuCache.LargestStack;

    private FirmwareMap _firmware = null!;
    private PhysicalMemory<NoMemory, LoneProcessor> _memory;

    private ulong Uncached => _memory.Statistics.Free - _memory.Statistics.Cached;

    [SetUp]
    public void NewMemory() => Build(RamFrames);

    [TearDown]
    public void FreeStorage() => _firmware.Dispose();

    [Test]
    public void A_cache_is_one_cache_line() => Assert.That(sizeof(PerCpuCache), Is.EqualTo(PerCpuCache.SizeBytes));

    [Test]
    public void Cached_frames_are_free_and_only_the_one_asked_for_is_used()
    {
        FrameNumber frame = Allocate();
        Assert.That(_memory.Statistics.Used, Is.EqualTo(1));
        Assert.That(_memory.Statistics.Free, Is.EqualTo(RamFrames - 1));
        Assert.That(_memory.Statistics.Cached, Is.EqualTo(PerCpuCache.LargestStack - 1));
        Assert.That(_memory.Describe(frame).State, Is.EqualTo(FrameState.Allocated));
        Assert.That(_memory.Describe(frame + 1).State, Is.EqualTo(FrameState.Cached));
        Check();
    }

    [Test]
    public void The_frame_freed_last_is_allocated_first()
    {
        FrameNumber first = Allocate();
        FrameNumber second = Allocate();
        Free(first);
        Free(second);
        Assert.That(Allocate(), Is.EqualTo(second));
        Assert.That(Allocate(), Is.EqualTo(first));
    }

    [Test]
    public void Each_request_is_counted_for_the_zone_and_the_owner()
    {
        Allocate();
        Free(Allocate());
        Assert.That(_memory.ZoneAt(0).Served, Is.EqualTo(2));
        Assert.That(_memory.OwnedBy(FrameOwner.Kernel), Is.EqualTo(1));
    }

    [Test]
    public void A_cached_frame_is_free_already()
    {
        FrameNumber frame = Allocate();
        Free(frame);
        Assert.That(_memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.DoubleFree));
        Assert.That(_memory.Free(frame, Order.FromTrusted(1)), Is.EqualTo(FreeResult.DoubleFree));
        Assert.That(_memory.FreeRun(new FrameRange(frame, 1)), Is.EqualTo(FreeResult.DoubleFree));
        Assert.That(_memory.TryAddReference(frame), Is.False);
        Assert.That(_memory.RefusalsFor(FreeResult.DoubleFree), Is.EqualTo(3));
        Check();
    }

    [Test]
    public void A_shared_frame_does_not_become_a_cached_one()
    {
        FrameNumber frame = Allocate();
        _memory.TryAddReference(frame);
        Assert.That(_memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Shared));
        _memory.TryDropReference(frame);
        Free(frame);
        Check();
    }

    [Test]
    public void Wherever_it_stands_alternating_operations_leave_the_zone_alone([Range(0, 200, 8)] int held)
    {
        List<FrameNumber> frames = [];
        for (int i = 0; i < held; i++) frames.Add(Allocate());
        Free(Allocate());
        ulong uncached = Uncached;
        for (int i = 0; i < 50; i++)
        {
            FrameNumber first = Allocate();
            FrameNumber second = Allocate();
            Free(second);
            Free(first);
            if (i == 0) uncached = Uncached;
            Assert.That(Uncached, Is.EqualTo(uncached), "one visit at most");
        }

        foreach (FrameNumber frame in frames) Free(frame);
        Check();
    }

    [Test]
    public void A_cache_keeps_two_stacks_and_gives_the_rest_back()
    {
        List<FrameNumber> frames = [];
        for (int i = 0; i < 1000; i++) frames.Add(Allocate());
        foreach (FrameNumber frame in frames)
        {
            Free(frame);
            Assert.That(_memory.Statistics.Cached, Is.LessThanOrEqualTo(2 * PerCpuCache.LargestStack));
        }

        Assert.That(_memory.Statistics.Cached, Is.GreaterThanOrEqualTo(PerCpuCache.LargestStack));
        Assert.That(_memory.Statistics.Free, Is.EqualTo(RamFrames));
        Check();
    }

    [Test]
    public void A_large_block_is_had_from_what_the_cache_held()
    {
        Free(Allocate());
        Assert.That(_memory.Statistics.Cached, Is.Not.Zero);
        Assert.That(_memory.TryAllocate(Order.FromTrusted(12), FrameRequest.For(FrameOwner.User).Urgent(), out _), Is.True, "all of RAM");
        Assert.That(_memory.Statistics.Free, Is.Zero);
        Check();
    }

    [Test]
    public void A_zone_below_its_low_mark_has_nothing_cached_until_it_is_well_again()
    {
        List<FrameNumber> held = [];
        while (_memory.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber frame)) held.Add(frame);
        Watermarks marks = _memory.ZoneAt(0).Marks;
        Assert.That(_memory.Statistics.Free, Is.EqualTo(marks.Min), "to the frame");

        foreach (FrameNumber frame in held)
        {
            bool isWell = _memory.Statistics.Free >= marks.High;
            Free(frame);
            Assert.That(_memory.Statistics.Cached, isWell ? Is.Not.Zero : Is.Zero);
        }

        Check();
    }

    [Test]
    public void Urgent_requests_get_the_last_frame_and_ordinary_ones_stop_at_the_mark()
    {
        ulong ordinary = 0;
        while (_memory.TryAllocate(Order.Zero, FrameOwner.User, out _)) ordinary++;
        ulong urgent = 0;
        while (_memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.Kernel).Urgent(), out _)) urgent++;
        Assert.That(ordinary, Is.EqualTo(RamFrames - _memory.ZoneAt(0).Marks.Min));
        Assert.That(ordinary + urgent, Is.EqualTo(RamFrames));
        Check();
    }

    [Test]
    public void A_small_zone_caches_little_and_a_tiny_one_nothing([Values(20UL, 640UL)] ulong ram)
    {
        _firmware.Dispose();
        Build(ram);
        Free(Allocate());
        Assert.That(_memory.Statistics.Cached, Is.EqualTo(ram / 64));
        Check();
    }

    [Test]
    public void A_batch_takes_the_smallest_blocks_and_splits_no_large_one()
    {
        // Every second frame free: 1024 single blocks, and half of RAM whole.
        List<FrameNumber> held = [];
        for (ulong i = 0; i < RamFrames / 2; i++) held.Add(Allocate());
        Assert.That(_memory.TryAllocate(Order.FromTrusted(11), FrameOwner.User, out _), Is.False, "above the marks");
        for (int i = 0; i < held.Count; i += 2) Free(held[i]);
        ulong large = _memory.ZoneAt(0).FreeBlocks(Order.FromTrusted(11));
        for (int i = 0; i < 1000; i++) Allocate();
        Assert.That(large, Is.EqualTo(1));
        Assert.That(_memory.ZoneAt(0).FreeBlocks(Order.FromTrusted(11)), Is.EqualTo(1));
        Check();
    }

    [TestCase(1)]
    [TestCase(FrameBatch.Capacity)]
    public void A_batch_is_as_many_single_frames(int count)
    {
        FrameBatch batch = default;
        FrameRequest request = FrameRequest.For(FrameOwner.User);
        Assert.That(_memory.AllocateBatch(count, request, ref batch), Is.EqualTo(count));
        Assert.That(_memory.OwnedBy(FrameOwner.User), Is.EqualTo((ulong)count));
        Check();
        Assert.That(_memory.FreeBatch(ref batch), Is.EqualTo(count));
        Assert.That(batch.Count, Is.Zero);
        Assert.That(_memory.OwnedBy(FrameOwner.User), Is.Zero);
        Check();
    }

    [Test]
    public void A_shared_frame_in_a_batch_is_refused_and_the_others_are_freed()
    {
        FrameBatch batch = default;
        _memory.AllocateBatch(9, FrameRequest.For(FrameOwner.User), ref batch);
        FrameBatch copy = batch;
        for (int i = 0; i < 4; i++) copy.Take();
        FrameNumber shared = copy.Take();
        _memory.TryAddReference(shared);
        Assert.That(_memory.FreeBatch(ref batch), Is.EqualTo(8));
        Assert.That(_memory.RefusalsFor(FreeResult.Shared), Is.EqualTo(1));
        Assert.That(_memory.Describe(shared).State, Is.EqualTo(FrameState.Allocated));
        Check();
    }

    [Test]
    public void A_batch_ends_where_memory_does_and_refuses_what_is_not_allocated()
    {
        while (_memory.TryAllocate(Order.Zero, FrameOwner.User, out _)) ;
        FrameBatch batch = default;
        int left = (int)_memory.ZoneAt(0).Marks.Min;
        Assert.That(_memory.AllocateBatch(5, FrameRequest.For(FrameOwner.User), ref batch), Is.Zero);
        Assert.That(_memory.AllocateBatch(64, FrameRequest.For(FrameOwner.User).Urgent(), ref batch), Is.EqualTo(left));
        FrameBatch twice = batch;
        twice.Add(FrameNumber.FromTrusted(RamFrames));
        Assert.That(_memory.FreeBatch(ref batch), Is.EqualTo(left));
        Assert.That(_memory.FreeBatch(ref twice), Is.Zero);
        Assert.That(_memory.RefusalsFor(FreeResult.DoubleFree), Is.EqualTo((ulong)left));
        Assert.That(_memory.RefusalsFor(FreeResult.Foreign), Is.EqualTo(1));
        Check();
    }

    [TestCase(Damage.Link, "cache I1")]
    [TestCase(Damage.State, "cache I2")]
    [TestCase(Damage.Offset, "cache I2")]
    public void Validate_names_what_is_broken(Damage damage, string invariant)
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 64));
        MemoryMap map = firmware.Build();
        FrameTable table = firmware.NewTable(map);
        ZoneFrames place = new(in table, 0, new FrameRange(FrameNumber.Zero, 64));
        FrameAllocator<BuddyAllocator> zone = new(in place, null);
        PerCpuCache cache = new(0, 0, Order.Zero, null);
        zone.TryAdopt(new FrameRange(FrameNumber.Zero, 64));
        cache.Open(managedFrames: 64 * 8, processors: 1);
        Assert.That(cache.TryAdapt(), Is.True);
        zone.Fill(ref cache, 8);
        Assert.That(cache.Validate(in table), Is.Null);
        Assert.That(zone.Validate(), Is.Null);
        table.TryFind(FrameNumber.FromTrusted(3), out FrameDescriptor* cached);
        switch (damage)
        {
            case Damage.Link: cached->NextCached = null; break;
            case Damage.State: cached->Header += 1U << FrameDescriptor.ZoneShift; break;
            default: cached->BlockOffset++; break;
        }

        Assert.That(cache.Validate(in table), Does.StartWith(invariant));
    }

    private void Build(ulong ram)
    {
        _firmware = FirmwareMap.Of((0, ram));
        MemoryMap map = _firmware.Build();
        ReservedRegions reserved = _firmware.NewRegions();
        FramePlan plan = HostPlan.Of(ZonePreset.Veridian);
        NativeStorage storage = _firmware.NewStorage(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        _memory = new PhysicalMemory<NoMemory, LoneProcessor>(in map, in reserved, in plan, storage.Bytes, default, _firmware.NewProcessor());
    }

    private FrameNumber Allocate()
    {
        Assert.That(_memory.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber frame), Is.True);
        return frame;
    }

    private void Free(FrameNumber frame) => Assert.That(_memory.Free(frame, Order.Zero), Is.EqualTo(FreeResult.Ok));

    private void Check() => Assert.That(_memory.Validate(), Is.Null);

    /// <summary>What is done to a cache.</summary>
    public enum Damage
    {
        Link,
        State,
        Offset,
    }
}
