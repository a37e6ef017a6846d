using System.Linq;
using Cosmos.Core;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
public sealed unsafe class UsableMemoryTests
{
    private const ulong MiB = 1024 * 1024;
    private const ulong GiB = 1024 * MiB;

    [Test]
    public void The_largest_usable_range_below_4_GiB_is_found()
    {
        Assert.That(
            Find(new[] { Usable(0, 640 * 1024), Usable(MiB, 127 * MiB), Usable(4 * GiB, 12 * GiB) }),
            Is.EqualTo((MiB, 128 * MiB)));
    }

    [Test]
    public void What_is_reserved_is_cut_out_to_whole_pages()
    {
        Assert.That(
            Find(new[] { Usable(MiB, 127 * MiB) }, (MiB, 3 * MiB + 1), (100 * MiB + 5, 100 * MiB + 6)),
            Is.EqualTo((3 * MiB + 4096, 100 * MiB)));
    }

    [Test]
    public void Reserved_ranges_that_touch_and_overlap_are_cut_out_in_any_order()
    {
        Assert.That(
            Find(new[] { Usable(MiB, 15 * MiB) }, (5 * MiB, 9 * MiB), (MiB, 3 * MiB), (2 * MiB, 5 * MiB), (20 * MiB, 30 * MiB)),
            Is.EqualTo((9 * MiB, 16 * MiB)));
    }

    [Test]
    public void A_range_that_the_map_also_calls_reserved_is_not_used()
    {
        Assert.That(
            Find(new[] { Usable(MiB, 31 * MiB), Reserved(8 * MiB + 100, 1000) }),
            Is.EqualTo((8 * MiB + 4096, 32 * MiB)));
    }

    [Test]
    public void A_block_across_the_limits_is_clipped_and_odd_ends_are_left_out()
    {
        Assert.That(Find(new[] { Usable(3 * GiB + 1, 4 * GiB) }), Is.EqualTo((3 * GiB + 4096, 4 * GiB)));
        Assert.That(Find(new[] { Usable(0, 2 * MiB - 1) }), Is.EqualTo((MiB, 2 * MiB - 4096)));
    }

    [Test]
    public void Nothing_usable_gives_an_empty_range()
    {
        Assert.That(Find(new[] { Usable(0, MiB), Reserved(MiB, GiB), Usable(4 * GiB, GiB), Usable(MiB + 1, 100) }), Is.EqualTo((0ul, 0ul)));
        Assert.That(Find(new[] { Usable(MiB, MiB) }, (0, GiB)), Is.EqualTo((0ul, 0ul)));
        Assert.That(Find(System.Array.Empty<RawMemoryMapBlock>()), Is.EqualTo((0ul, 0ul)));
    }

    private static RawMemoryMapBlock Usable(ulong address, ulong length) => new() { Address = address, Length = length, Type = 1 };

    private static RawMemoryMapBlock Reserved(ulong address, ulong length) => new() { Address = address, Length = length, Type = 2 };

    private static (ulong Start, ulong End) Find(RawMemoryMapBlock[] map, params (ulong Start, ulong End)[] reserved)
    {
        UsableMemory.Range[] ranges = reserved.Select(r => new UsableMemory.Range { Start = r.Start, End = r.End }).ToArray();
        fixed (RawMemoryMapBlock* first = map)
        fixed (UsableMemory.Range* firstReserved = ranges)
        {
            UsableMemory.Range found = UsableMemory.FindLargest(first, map.Length, firstReserved, ranges.Length);
            return (found.Start, found.End);
        }
    }
}
