using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Cosmos.Core.Memory;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
[NonParallelizable]
public sealed unsafe class RatTests
{
    private const int Pages = 64;

    private byte* _arena;

    [SetUp]
    public void Start()
    {
        _arena = (byte*)NativeMemory.AlignedAlloc(Pages * RAT.PageSize, RAT.PageSize);
        new Span<byte>(_arena, Pages * (int)RAT.PageSize).Fill(0xCD);
        RAT.Init(_arena, Pages * RAT.PageSize);
    }

    [TearDown]
    public void Stop()
    {
        RAT.Init(null, 0);
        NativeMemory.AlignedFree(_arena);
    }

    [Test]
    public void The_table_takes_pages_of_the_range_itself()
    {
        Assert.That(RAT.TotalPageCount, Is.EqualTo((nuint)Pages));
        Assert.That(RAT.FreePageCount, Is.EqualTo((nuint)Pages - 1));
        Assert.That(RAT.GetPageType(_arena + (Pages - 1) * RAT.PageSize), Is.EqualTo(PageType.RAT));
    }

    [Test]
    public void A_range_off_the_page_grid_loses_its_ends()
    {
        RAT.Init(_arena + 1, 3 * RAT.PageSize);
        Assert.That(RAT.TotalPageCount, Is.EqualTo((nuint)2));
        Assert.That(RAT.RamStart == _arena + RAT.PageSize);
        RAT.Init(_arena + 1, 100);
        Assert.That(RAT.TotalPageCount, Is.EqualTo((nuint)0));
        Assert.That(RAT.AllocPages(PageType.Unmanaged) == null);
    }

    [Test]
    public void A_run_is_found_again_from_any_of_its_pages()
    {
        _ = RAT.AllocPages(PageType.Unmanaged, 3);
        byte* run = (byte*)RAT.AllocPages(PageType.HeapLarge, 5);
        nuint first = RAT.GetFirstRATIndex(run + 4 * RAT.PageSize + 17);
        Assert.That(first, Is.EqualTo((nuint)3));
        Assert.That(RAT.GetRunLength(first), Is.EqualTo((nuint)5));
        Assert.That(RAT.GetPageType(run), Is.EqualTo(PageType.HeapLarge));
        Assert.That(RAT.GetPageType(run + RAT.PageSize), Is.EqualTo(PageType.Extension));
        Assert.That(RAT.GetPageCount((byte)PageType.HeapLarge), Is.EqualTo((nuint)1));
    }

    [Test]
    public void Pointers_that_are_not_ours_have_no_type()
    {
        Assert.That(RAT.GetPageType(null), Is.EqualTo(PageType.Empty));
        Assert.That(RAT.GetPageType(_arena - 1), Is.EqualTo(PageType.Empty));
        Assert.That(RAT.GetPageType(_arena + Pages * RAT.PageSize), Is.EqualTo(PageType.Empty));
        Assert.That(RAT.GetFirstRATIndex(_arena - 1), Is.EqualTo((nuint)Pages));
    }

    [Test]
    public void Freeing_what_is_no_run_changes_nothing()
    {
        _ = RAT.AllocPages(PageType.HeapLarge, 4);
        nuint free = RAT.FreePageCount;
        RAT.Free(1); // inside the run
        RAT.Free(10); // free already
        RAT.Free(Pages - 1); // the table
        RAT.Free(Pages + 100);
        Assert.That(RAT.FreePageCount, Is.EqualTo(free));
        RAT.Free(0);
        Assert.That(RAT.FreePageCount, Is.EqualTo(free + 4));
        RAT.Free(0);
        Assert.That(RAT.FreePageCount, Is.EqualTo(free + 4));
    }

    [Test]
    public void The_whole_range_can_be_taken_and_no_more()
    {
        Assert.That(RAT.AllocPages(PageType.Unmanaged, Pages) == null);
        Assert.That(RAT.AllocPages(PageType.Unmanaged, 0) == null);
        Assert.That(RAT.AllocPages(PageType.Unmanaged, nuint.MaxValue) == null);
        Assert.That(RAT.AllocPages(PageType.Unmanaged, Pages - 1) == _arena);
        Assert.That(RAT.AllocPages(PageType.Unmanaged) == null);
        Assert.That(RAT.FreePageCount, Is.EqualTo((nuint)0));
    }

    [Test]
    public void Random_runs_never_overlap_and_all_come_back([Values(11, 12, 13)] int seed)
    {
        var random = new Random(seed);
        var owner = new int[Pages];
        var live = new List<(int Id, int First, int Count)>();
        for (int id = 1; id <= 3000; id++)
        {
            if (live.Count > 0 && random.Next(2) == 0)
            {
                int index = random.Next(live.Count);
                (_, int first, int count) = live[index];
                Array.Fill(owner, 0, first, count);
                RAT.Free((nuint)first);
                live.RemoveAt(index);
            }
            else
            {
                int count = random.Next(1, 9);
                byte* run = (byte*)RAT.AllocPages(PageType.Unmanaged, (nuint)count);
                Assert.That(run != null, Is.EqualTo(LongestFree(owner) >= count), $"seed {seed}, step {id}");
                if (run == null)
                    continue;
                int first = (int)((run - _arena) / RAT.PageSize);
                Assert.That(owner.AsSpan(first, count).ContainsAnyExcept(0), Is.False, $"seed {seed}, step {id}");
                Array.Fill(owner, id, first, count);
                live.Add((id, first, count));
            }

            int taken = Pages - 1 - owner.AsSpan(0, Pages - 1).Count(0);
            Assert.That(RAT.FreePageCount, Is.EqualTo((nuint)(Pages - 1 - taken)), $"seed {seed}, step {id}");
        }
    }

    private static int LongestFree(int[] owner)
    {
        int longest = 0;
        int length = 0;
        for (int i = 0; i < Pages - 1; i++)
        {
            length = owner[i] == 0 ? length + 1 : 0;
            longest = Math.Max(longest, length);
        }

        return longest;
    }
}
