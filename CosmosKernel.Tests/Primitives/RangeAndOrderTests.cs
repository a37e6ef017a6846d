using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Primitives;

public sealed class RangeAndOrderTests
{
    [Test]
    public void Whole_frames_are_rounded_inwards_and_covering_ones_outwards()
    {
        PhysAddr start = PhysAddr.FromTrusted(0x1001);
        Assert.That(FrameRange.Inside(start, 0x2FFE), Is.EqualTo(Frames(2, 1)));
        Assert.That(FrameRange.Inside(start, 0x2FFF), Is.EqualTo(Frames(2, 2)));
        Assert.That(FrameRange.Inside(start, 0x10).IsEmpty, Is.True);
        Assert.That(FrameRange.Covering(start, 0x2FFF), Is.EqualTo(Frames(1, 3)));
        Assert.That(FrameRange.Covering(start, 0x3000), Is.EqualTo(Frames(1, 4)));
        Assert.That(FrameRange.Covering(start, 0).IsEmpty, Is.True);
    }

    [Test]
    public void The_end_is_not_contained()
    {
        FrameRange range = Frames(4, 4);
        Assert.That(range.Contains(FrameNumber.FromTrusted(3)), Is.False);
        Assert.That(range.Contains(FrameNumber.FromTrusted(4)), Is.True);
        Assert.That(range.Contains(FrameNumber.FromTrusted(7)), Is.True);
        Assert.That(range.Contains(FrameNumber.FromTrusted(8)), Is.False);
        Assert.That(range.Overlaps(Frames(8, 1)), Is.False);
        Assert.That(range.Overlaps(Frames(7, 1)), Is.True);
        Assert.That(range.Overlaps(Frames(5, 0)), Is.False);
        Assert.That(range.Intersect(Frames(6, 9)), Is.EqualTo(Frames(6, 2)));
        Assert.That(range.Intersect(Frames(9, 9)).IsEmpty, Is.True);
        Assert.That(range.Contains(Frames(4, 4)), Is.True);
        Assert.That(range.Contains(Frames(4, 5)), Is.False);
    }

    [Test]
    public void A_range_does_not_wrap() =>
        Assert.That(() => Frames(ulong.MaxValue, 2), Throws.TypeOf<KernelAssertException>());

    [TestCase(1UL, 0)]
    [TestCase(2UL, 1)]
    [TestCase(3UL, 2)]
    [TestCase(512UL, 9)]
    [TestCase(513UL, 10)]
    [TestCase(262144UL, 18)]
    public void The_smallest_order_for_a_count_holds_it(ulong count, int expected)
    {
        Assert.That(Order.TryForFrameCount(count, out Order order), Is.True);
        Assert.That(order.Value, Is.EqualTo(expected));
    }

    [TestCase(0UL)]
    [TestCase(262145UL)]
    [TestCase(ulong.MaxValue)]
    public void No_order_holds_nothing_or_too_much(ulong count) => Assert.That(Order.TryForFrameCount(count, out _), Is.False);

    [TestCase(0UL, 1000UL, 9)]
    [TestCase(0UL, ulong.MaxValue, 18)]
    [TestCase(4UL, 1000UL, 2)]
    [TestCase(5UL, 1000UL, 0)]
    [TestCase(1UL << 30, 1UL << 30, 18)]
    public void The_largest_block_at_a_frame_is_aligned_and_fits(ulong start, ulong count, int expected) =>
        Assert.That(Order.LargestAt(FrameNumber.FromTrusted(start), count).Value, Is.EqualTo(expected));

    [Test]
    public void The_largest_order_is_one_gibibyte()
    {
        Assert.That(Order.Max.SizeBytes, Is.EqualTo(1UL << 30));
        Assert.That(Order.TwoMiB.SizeBytes, Is.EqualTo(2UL << 20));
        Assert.That(Order.TryCreate(19, out _), Is.False);
        Assert.That(Order.TryCreate(-1, out _), Is.False);
    }

    [Test]
    public void A_set_of_cpus_is_walked_upwards()
    {
        CpuSet set = CpuSet.Of(CpuId.FromTrusted(255)).With(CpuId.FromTrusted(64)).With(CpuId.Zero).With(CpuId.Zero);
        Assert.That(set.Count, Is.EqualTo(3));
        Assert.That(set.ToString(), Is.EqualTo("{0,64,255}"));
        Assert.That(set.Without(CpuId.Zero).Contains(CpuId.Zero), Is.False);
        Assert.That(CpuSet.FirstOnes(130).Count, Is.EqualTo(130));
        Assert.That(CpuSet.FirstOnes(CpuId.Limit).Except(CpuSet.FirstOnes(CpuId.Limit)).IsEmpty, Is.True);
        Assert.That(CpuSet.FirstOnes(130).Contains(CpuId.FromTrusted(130)), Is.False);
    }

    private static FrameRange Frames(ulong start, ulong count) => new(FrameNumber.FromTrusted(start), count);
}
