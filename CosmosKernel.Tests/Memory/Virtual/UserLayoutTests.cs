using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Virtual;

public sealed class UserLayoutTests
{
    private static IEnumerable<UserLayout> Layouts() =>
        [UserLayout.For(LayoutPreset.Veridian), UserLayout.For(LayoutPreset.Lld), UserLayout.For(LayoutPreset.Valen), UserLayout.For(LayoutPreset.MyOs)];

    [TestCaseSource(nameof(Layouts))]
    public void The_parts_keep_apart_however_they_are_moved(UserLayout layout)
    {
        ulong[] extremes = [0, 1, 0x5555_5555_5555_5555, ulong.MaxValue];
        foreach (ulong stack in extremes)
        {
            foreach (ulong other in extremes)
            {
                UserPlaces places = layout.Choose(new UserMoves(stack, other, other, other));
                Assert.That(places.Range.Mappable.Contains(places.Range.Anywhere));
                Assert.That(places.StackTop, Is.LessThan(layout.End));
                Assert.That(places.StackTop - places.Range.Anywhere.End, Is.GreaterThanOrEqualTo(layout.StackPages + StackGap.PageCount));
                // An image of 16 MiB and its heap's start lie below what lies anywhere, with room between them.
                PageNumber heap = places.Image + 4096 + places.HeapGapPages;
                Assert.That(places.Range.Anywhere.End, Is.GreaterThan(heap + 65_536));
                Assert.That(places.Image, Is.GreaterThanOrEqualTo(places.Range.Mappable.Start));
            }
        }
    }

    [TestCaseSource(nameof(Layouts))]
    public void Each_part_is_moved_by_its_own_bits_and_by_no_more(UserLayout layout)
    {
        UserPlaces still = layout.Choose(default);
        UserPlaces moved = layout.Choose(new UserMoves(1, 0, 0, 0));
        Assert.That(still.StackTop - moved.StackTop, Is.EqualTo(1));
        Assert.That(moved.Image, Is.EqualTo(still.Image));
        moved = layout.Choose(new UserMoves(0, 2, 0, 0));
        Assert.That(still.Range.Anywhere.End - moved.Range.Anywhere.End, Is.EqualTo(2));
        Assert.That(moved.StackTop, Is.EqualTo(still.StackTop));
        moved = layout.Choose(new UserMoves(0, 0, 3, 4));
        Assert.That(moved.Image - still.Image, Is.EqualTo(3));
        Assert.That(moved.HeapGapPages, Is.EqualTo(4));
        moved = layout.Choose(new UserMoves(1UL << layout.Entropy.StackBits, 1UL << layout.Entropy.AnywhereBits, 1UL << layout.Entropy.ImageBits, 1UL << layout.Entropy.HeapBits));
        Assert.That(moved.StackTop, Is.EqualTo(still.StackTop));
        Assert.That(moved.Range.Anywhere.End, Is.EqualTo(still.Range.Anywhere.End));
        Assert.That(moved.Image, Is.EqualTo(still.Image));
        Assert.That(moved.HeapGapPages, Is.Zero);
    }

    [Test]
    public void MyOs_ends_at_3_GiB_and_the_others_at_128_TiB()
    {
        Assert.That(UserLayout.For(LayoutPreset.MyOs).End.Start.Value, Is.EqualTo(0xC000_0000));
        Assert.That(UserLayout.For(LayoutPreset.Lld).End.Start.Value, Is.EqualTo(0x8000_0000_0000));
    }
}
