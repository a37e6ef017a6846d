using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed class CountedFramesTests : FrameAllocatorContract<CountedFrames<FrameAllocator<BuddyAllocator>>>
{
    protected override CountedFrames<FrameAllocator<BuddyAllocator>> Create(FirmwareMap firmware, MemoryMap map)
    {
        FrameAllocator<BuddyAllocator> frames = HostZone.NewAllocator<BuddyAllocator>(firmware, map);
        return new CountedFrames<FrameAllocator<BuddyAllocator>>(in frames);
    }

    [Test]
    public void What_is_asked_for_given_and_refused_is_counted()
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 64));
        CountedFrames<FrameAllocator<BuddyAllocator>> frames = Create(firmware, firmware.Build());
        frames.TryAdopt(new FrameRange(FrameNumber.Zero, 64));
        Assert.That(frames.TryAllocateFor(5, out FrameNumber block, out Order order), Is.True);
        Assert.That(order.Value, Is.EqualTo(3));
        Assert.That(frames.TryAllocate(Order.FromTrusted(6), out _), Is.False);
        Assert.That(frames.TryAllocateFor(0, out _, out _), Is.False);
        Assert.That(frames.TryAllocateRun(13, Order.Zero, FrameNumber.FromTrusted(64), out FrameRange run), Is.True);
        Assert.That(frames.Free(block, Order.Zero), Is.EqualTo(FreeResult.WrongOrder));
        Assert.That(frames.Free(block, order), Is.EqualTo(FreeResult.Ok));

        FrameCounters counters = frames.Counters;
        Assert.That(counters.Requests, Is.EqualTo(4));
        Assert.That(counters.Unserved, Is.EqualTo(2));
        Assert.That(counters.Frees, Is.EqualTo(2));
        Assert.That(counters.Refused, Is.EqualTo(1));
        Assert.That(counters.CurrentFrames, Is.EqualTo(13));
        Assert.That(counters.PeakFrames, Is.EqualTo(21));
        Assert.That(counters.RequestedFrames, Is.EqualTo(18));
        Assert.That(counters.WastedFrames, Is.EqualTo(3));

        Assert.That(frames.FreeRun(run), Is.EqualTo(FreeResult.Ok));
        Assert.That(frames.Counters.CurrentFrames, Is.Zero);
        Assert.That(frames.Counters.PeakFrames, Is.EqualTo(21));
    }
}
