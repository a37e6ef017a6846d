using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>One that never fails is like what is inside it.</summary>
[TestFixture]
public sealed class FailingFramesTests : FrameAllocatorContract<FailingFrames<FrameAllocator<BitmapAllocator>>>
{
    protected override bool FindsEveryRun => true;

    protected override FailingFrames<FrameAllocator<BitmapAllocator>> Create(FirmwareMap firmware, MemoryMap map) => Create(firmware, map, 0, 0);

    [TestCase(0UL, 0UL, "")]
    [TestCase(1UL, 0UL, "1")]
    [TestCase(4UL, 0UL, "4")]
    [TestCase(2UL, 3UL, "2 5 8")]
    [TestCase(1UL, 1UL, "1 2 3 4 5 6 7 8 9")]
    public void The_requests_that_were_named_fail(ulong first, ulong period, string expected)
    {
        using FirmwareMap firmware = FirmwareMap.Of((0, 64));
        FailingFrames<FrameAllocator<BitmapAllocator>> frames = Create(firmware, firmware.Build(), first, period);
        frames.TryAdopt(new FrameRange(FrameNumber.Zero, 64));
        List<int> failed = [];
        for (int i = 1; i <= 9; i++)
        {
            bool isServed = i % 2 == 0 ? frames.TryAllocateRun(3, Order.Zero, FrameNumber.FromTrusted(64), out _) : frames.TryAllocate(Order.Zero, out _);
            if (!isServed) failed.Add(i);
        }

        Assert.That(string.Join(" ", failed), Is.EqualTo(expected));
        Assert.That(frames.Failures, Is.EqualTo((ulong)failed.Count));
    }

    private static FailingFrames<FrameAllocator<BitmapAllocator>> Create(FirmwareMap firmware, MemoryMap map, ulong first, ulong period)
    {
        FrameAllocator<BitmapAllocator> frames = HostZone.NewAllocator<BitmapAllocator>(firmware, map);
        return new FailingFrames<FrameAllocator<BitmapAllocator>>(in frames, first, period);
    }
}
