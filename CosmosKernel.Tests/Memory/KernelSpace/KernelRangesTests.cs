using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.KernelSpace;

[TestFixture]
public sealed class KernelRangesTests
{
    private static readonly PageNumber s_first = PageNumber.FromTrusted(0xF_FFFF_C000_0000);

    private NativeArray<RangeRecord> _records = new(64);

    [SetUp]
    public void SetUp() => _records = new NativeArray<RangeRecord>(64);

    [TearDown]
    public void TearDown() => _records.Dispose();

    [Test]
    public void A_range_has_a_page_of_nobody_on_both_sides()
    {
        KernelRanges ranges = NewRanges(64);
        ranges.Reserve(3, out PageRange one);
        ranges.Reserve(1, out PageRange two);
        Assert.That(one.Start.Value, Is.EqualTo(s_first.Value + 1));
        Assert.That(two.Start.Value, Is.EqualTo(one.End.Value + 1));
        Assert.That(ranges.Reserve(57, out PageRange rest), Is.EqualTo(RangeResult.OutOfAddresses));
        Assert.That(ranges.Reserve(56, out rest), Is.EqualTo(RangeResult.Ok));
        Assert.That(rest.End.Value, Is.EqualTo(s_first.Value + 63), "the window's last page is a guard");
        Assert.That(ranges.ReservedPageCount, Is.EqualTo(60));
        Assert.That(ranges.Validate(), Is.Null);
    }

    [Test]
    public void Sizes_that_cannot_be_are_refused()
    {
        KernelRanges ranges = NewRanges(64);
        Assert.That(ranges.Reserve(0, out _), Is.EqualTo(RangeResult.BadSize));
        Assert.That(ranges.Reserve(63, out _), Is.EqualTo(RangeResult.BadSize));
        Assert.That(ranges.Reserve(ulong.MaxValue, out _), Is.EqualTo(RangeResult.BadSize));
        Assert.That(ranges.Reserve(62, out _), Is.EqualTo(RangeResult.Ok));
    }

    [Test]
    public void Only_the_first_page_of_a_range_releases_it_and_only_once()
    {
        KernelRanges ranges = NewRanges(64);
        ranges.Reserve(3, out PageRange pages);
        Assert.That(ranges.Release(pages.Start + 1), Is.EqualTo(RangeResult.NotReserved));
        Assert.That(ranges.Release(pages.Start - 1), Is.EqualTo(RangeResult.NotReserved));
        Assert.That(ranges.Release(pages.Start), Is.EqualTo(RangeResult.Ok));
        Assert.That(ranges.Release(pages.Start), Is.EqualTo(RangeResult.NotReserved));
        Assert.That(ranges.ReservedPageCount, Is.Zero);
    }

    [Test]
    public void Without_records_nothing_is_reserved()
    {
        KernelRanges ranges = NewRanges(1 << 20);
        int count = 0;
        while (ranges.Reserve(1, out _) == RangeResult.Ok) count++;
        Assert.That(count, Is.EqualTo(63), "one record is the rest's");
        Assert.That(ranges.Reserve(1, out _), Is.EqualTo(RangeResult.OutOfRecords));
        Assert.That(ranges.Validate(), Is.Null);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Random_ranges_never_touch_and_melt_back_to_one(int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        const ulong WindowPages = 2_000;
        using NativeArray<RangeRecord> records = new(256);
        KernelRanges ranges = new(new PageRange(s_first, WindowPages), records.Items);
        Random random = new(seed);
        SortedDictionary<ulong, ulong> model = [];
        for (int operation = 0; operation < 6_000; operation++)
        {
            ulong pageCount = (ulong)random.Next(1, random.Next(8) == 0 ? 300 : 20);
            if (model.Count != 0 && random.Next(100) < 48)
            {
                ulong first = model.Keys.ElementAt(random.Next(model.Count));
                Assert.That(ranges.TryFind(PageNumber.FromTrusted(first), out PageRange found));
                Assert.That(found.Count, Is.EqualTo(model[first]));
                Assert.That(ranges.Release(PageNumber.FromTrusted(first)), Is.EqualTo(RangeResult.Ok));
                model.Remove(first);
            }
            else if (ranges.Reserve(pageCount, out PageRange pages) == RangeResult.Ok)
            {
                model.Add(pages.Start.Value, pages.Count);
                Assert.That(pages.Count, Is.EqualTo(pageCount));
            }
            else
            {
                Assert.That(LongestGap(model, WindowPages), Is.LessThan(pageCount + 1), $"operation {operation}");
            }

            AssertApart(model);
            Assert.That(ranges.Validate(), Is.Null, $"operation {operation}");
        }

        foreach (ulong first in model.Keys) Assert.That(ranges.Release(PageNumber.FromTrusted(first)), Is.EqualTo(RangeResult.Ok));
        Assert.That(ranges.Reserve(WindowPages - 2, out _), Is.EqualTo(RangeResult.Ok));
    }

    private KernelRanges NewRanges(ulong pageCount) => new(new PageRange(s_first, pageCount), _records.Items);

    private static void AssertApart(SortedDictionary<ulong, ulong> model)
    {
        ulong end = s_first.Value;
        foreach ((ulong first, ulong count) in model)
        {
            Assert.That(first, Is.GreaterThan(end), "a page of nobody lies between");
            end = first + count;
        }

        Assert.That(end, Is.LessThan(s_first.Value + 2_000));
    }

    // With the guard that a range in it needs.
    private static ulong LongestGap(SortedDictionary<ulong, ulong> model, ulong windowPages)
    {
        ulong longest = 0;
        ulong end = s_first.Value;
        foreach ((ulong first, ulong count) in model)
        {
            longest = Math.Max(longest, first - 1 - end);
            end = first + count;
        }

        return Math.Max(longest, s_first.Value + windowPages - 1 - end);
    }
}
