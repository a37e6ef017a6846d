using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Virtual;

public sealed unsafe class AreaTreeTests
{
    private const ulong PageLimit = 4_000;

    private readonly List<nint> _nodes = [];
    private AreaTree _tree;

    [SetUp]
    public void SetUp() => _tree = default;

    [TearDown]
    public void TearDown()
    {
        foreach (nint node in _nodes) NativeMemory.Free((void*)node);
        _nodes.Clear();
    }

    [Test]
    public void A_page_is_found_in_its_area_and_in_no_other()
    {
        Insert(10, 5);
        Insert(20, 1);
        Assert.That(StartOf(_tree.Find(Page(14))), Is.EqualTo(10));
        Assert.That(_tree.Find(Page(15)) == null);
        Assert.That(StartOf(_tree.FindFrom(Page(15))), Is.EqualTo(20));
        Assert.That(StartOf(_tree.FindBelow(Page(20))), Is.EqualTo(10));
        Assert.That(_tree.FindFrom(Page(21)) == null);
        Assert.That(_tree.FindBelow(Page(10)) == null);
    }

    [Test]
    public void Areas_that_overlap_are_refused()
    {
        Insert(10, 5);
        Assert.That(() => Insert(14, 1), Throws.TypeOf<KernelAssertException>());
        Assert.That(() => Insert(9, 2), Throws.TypeOf<KernelAssertException>());
        Assert.That(() => Insert(30, 0), Throws.TypeOf<KernelAssertException>());
    }

    [Test]
    public void A_node_that_is_changed_stays_between_its_neighbours()
    {
        Insert(10, 5);
        AreaNode* middle = Insert(20, 5);
        Insert(30, 5);
        _tree.Change(middle, Area(15, 15));
        Assert.That(_tree.Validate(), Is.Null);
        Assert.That(_tree.PageCount, Is.EqualTo(25));
        Assert.That(() => _tree.Change(middle, Area(14, 2)), Throws.TypeOf<KernelAssertException>());
        Assert.That(() => _tree.Change(middle, Area(29, 2)), Throws.TypeOf<KernelAssertException>());
    }

    [Test]
    public void The_highest_free_range_within_the_bounds_is_found()
    {
        Insert(10, 5);
        Insert(20, 5);
        Assert.That(Free(1, 30, 5), Is.EqualTo(26));
        Assert.That(Free(1, 25, 5), Is.EqualTo(15));
        Assert.That(Free(1, 25, 6), Is.EqualTo(4));
        Assert.That(Free(1, 18, 4), Is.EqualTo(15));
        Assert.That(Free(5, 20, 6), Is.Null);
        Assert.That(Free(16, 3, 3), Is.EqualTo(16));
        Assert.That(Free(16, 3, 4), Is.Null);
    }

    [Test]
    public void The_tree_stays_low_whatever_the_order()
    {
        for (ulong index = 0; index < 4_096; index++) Insert(1 + (2 * index), 1);
        Assert.That(_tree.Validate(), Is.Null);
        Assert.That(Height(), Is.LessThanOrEqualTo(1.4405 * Math.Log2(4_096 + 2)));
    }

    [TestCase(1, 20_000)]
    [TestCase(2, 20_000)]
    public void Random_areas_are_where_a_list_has_them(int seed, int operations)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        SortedDictionary<ulong, ulong> model = [];
        for (int operation = 0; operation < operations; operation++)
        {
            Step(model, random);
            if (operation % 16 != 0) continue;
            Assert.That(_tree.Validate(), Is.Null, $"operation {operation}");
            Assert.That(_tree.Count, Is.EqualTo(model.Count));
        }
    }

    private void Step(SortedDictionary<ulong, ulong> model, Random random)
    {
        ulong start = (ulong)random.NextInt64(1, (long)PageLimit);
        ulong count = (ulong)random.Next(1, 12);
        switch (random.Next(5))
        {
            case 0 or 1:
                bool isFree = !model.Any(area => area.Key < start + count && start < area.Key + area.Value);
                Assert.That(_tree.IsFree(new PageRange(Page(start), count)), Is.EqualTo(isFree));
                if (!isFree) return;
                Insert(start, count);
                model.Add(start, count);
                break;
            case 2:
                AreaNode* node = _tree.FindFrom(Page(start));
                ulong expected = model.Where(area => area.Key + area.Value > start).Select(area => area.Key).FirstOrDefault();
                Assert.That(node == null ? 0 : StartOf(node), Is.EqualTo(expected));
                if (node == null) return;
                _tree.Remove(node);
                model.Remove(expected);
                break;
            case 3:
                Shrink(model, start);
                break;
            default:
                ulong size = (ulong)random.Next(1, 40);
                ulong limit = (ulong)random.Next(1, 600);
                Assert.That(Free(start, limit, size), Is.EqualTo(HighestFree(model, start, start + limit, size)));
                break;
        }
    }

    private void Shrink(SortedDictionary<ulong, ulong> model, ulong page)
    {
        AreaNode* node = _tree.Find(Page(page));
        if (node == null || node->Area.Pages.Count == 1) return;
        ulong start = StartOf(node);
        ulong count = node->Area.Pages.Count - 1;
        _tree.Change(node, Area(start + 1, count));
        model.Remove(start);
        model.Add(start + 1, count);
    }

    private static ulong? HighestFree(SortedDictionary<ulong, ulong> model, ulong from, ulong end, ulong count)
    {
        for (ulong start = end - count; end >= count && start >= from && start < end; start--)
        {
            if (!model.Any(area => area.Key < start + count && start < area.Key + area.Value)) return start;
        }

        return null;
    }

    private ulong? Free(ulong from, ulong limit, ulong count) =>
        _tree.TryFindFree(new PageRange(Page(from), limit), count, out PageRange free) ? free.Start.Value : null;

    private int Height()
    {
        int height = 0;
        for (AreaNode* node = _tree.First; node != null; node = AreaTree.Next(node)) height = Math.Max(height, node->Height);
        return height;
    }

    private AreaNode* Insert(ulong start, ulong count)
    {
        AreaNode* node = (AreaNode*)NativeMemory.Alloc((nuint)sizeof(AreaNode));
        _nodes.Add((nint)node);
        _tree.Insert(node, Area(start, count));
        return node;
    }

    private static VirtualArea Area(ulong start, ulong count) => new(new PageRange(Page(start), count), AreaKind.Private, AreaAccess.Read);

    private static PageNumber Page(ulong number) => PageNumber.FromTrusted(number);

    private static ulong StartOf(AreaNode* node) => node->Area.Pages.Start.Value;
}
