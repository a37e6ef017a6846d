using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

[TestFixture(SizeClassScheme.KernelBlocks)]
[TestFixture(SizeClassScheme.ManagedObjects)]
public sealed unsafe class SizeClassesTests(SizeClassScheme scheme)
{
    private List<uint> Sizes()
    {
        List<uint> sizes = [];
        for (uint size = SizeClasses.First(scheme); size <= SizeClasses.LargestSmallBytes; size = SizeClasses.Next(scheme, size)) sizes.Add(size);
        return sizes;
    }

    [Test]
    public void Each_size_is_rounded_up_to_the_smallest_class_that_holds_it()
    {
        List<uint> sizes = Sizes();
        byte[] lookup = new byte[SizeClasses.LookupLength];
        fixed (byte* table = lookup) SizeClasses.FillLookup(scheme, table);
        for (uint size = 0; size <= SizeClasses.LargestSmallBytes; size++)
        {
            nuint entry = size <= SizeClasses.FineLimitBytes ? SizeClasses.FineEntry(size) : SizeClasses.CoarseEntry(size);
            uint granted = sizes[lookup[entry]];
            if (granted != sizes.First(s => s >= size)) Assert.Fail($"size {size} got class {granted}");
        }
    }

    [Test]
    public void The_last_class_is_the_largest_small_size() =>
        Assert.That(Sizes()[^1], Is.EqualTo(SizeClasses.LargestSmallBytes));

    [Test]
    public void Rounding_wastes_at_most_a_fifth_of_a_block_above_64_bytes()
    {
        List<uint> sizes = Sizes();
        for (int i = 1; i < sizes.Count; i++)
        {
            if (sizes[i] <= 64) continue;
            Assert.That(sizes[i] - (sizes[i - 1] + 1), Is.LessThanOrEqualTo(sizes[i] / 5));
        }
    }

    [Test]
    public void Every_class_fits_the_index_of_large_blocks() => Assert.That(Sizes(), Has.Count.LessThanOrEqualTo((int)SizeClasses.LargeIndex));

    [Test]
    public void A_slab_is_a_power_of_two_of_pages_with_four_objects_and_little_tail()
    {
        foreach (uint size in Sizes())
        {
            SlabGeometry geometry = SlabGeometry.For(size);
            uint bytes = geometry.PageCount * (uint)PageNumber.SizeBytes;
            Assert.That(uint.IsPow2(geometry.PageCount), $"{size}: {geometry.PageCount} pages");
            Assert.That(geometry.PageCount, Is.LessThanOrEqualTo(16), $"{size}");
            Assert.That(geometry.ObjectCount, Is.EqualTo(bytes / size).And.InRange(SlabGeometry.FewestObjects, SlabGeometry.MostObjects), $"{size}");
            Assert.That(bytes - (geometry.ObjectCount * size), Is.LessThanOrEqualTo(bytes / 8), $"{size}");
        }
    }

    [Test]
    public void The_reciprocal_divides_every_offset_of_a_slab_exactly()
    {
        foreach (uint size in Sizes())
        {
            Slab slab = new() { Reciprocal = Slab.ReciprocalOf(size) };
            uint bytes = SlabGeometry.For(size).PageCount * (uint)PageNumber.SizeBytes;
            for (uint offset = 0; offset < bytes; offset++)
            {
                if (slab.IndexAt(offset) != offset / size) Assert.Fail($"{offset} / {size} gave {slab.IndexAt(offset)}");
            }
        }
    }

    [Test]
    public void Sizes_above_8_are_multiples_of_the_schemes_alignment()
    {
        uint alignment = scheme == SizeClassScheme.KernelBlocks ? 16u : 8u;
        Assert.That(Sizes().Where(size => size > 8), Has.All.Matches<uint>(size => size % alignment == 0));
    }
}
