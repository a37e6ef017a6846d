using MemOS.Memory.Paging;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

[TestFixture]
public sealed class PendingFlushTests
{
    private static readonly VirtAddr s_start = VirtAddr.FromTrusted(0xFFFF_8000_0000_3000);

    [Test]
    public void It_is_two_words() => Assert.That(System.Runtime.CompilerServices.Unsafe.SizeOf<PendingFlush>(), Is.EqualTo(16));

    [Test]
    public void Nothing_and_something_is_something()
    {
        PendingFlush page = PendingFlush.Page(s_start, 12, FlushScope.Global);
        Assert.That(PendingFlush.None.And(page), Is.EqualTo(page));
        Assert.That(page.And(PendingFlush.None), Is.EqualTo(page));
        Assert.That(PendingFlush.Pages(s_start, 0, 12, FlushScope.Global).IsNone);
    }

    [Test]
    public void Two_rows_are_covered_by_one_of_the_smaller_pages()
    {
        PendingFlush large = PendingFlush.Page(VirtAddr.FromTrusted(0xFFFF_8000_0020_0000), 21, FlushScope.AddressSpace);
        PendingFlush both = large.And(PendingFlush.Pages(s_start, 2, 12, FlushScope.Global).WithDroppedTables());
        Assert.That(both.Start, Is.EqualTo(s_start));
        Assert.That(both.PageSizeBytes, Is.EqualTo(4096));
        Assert.That(both.PageCount, Is.EqualTo((0x40_0000UL - 0x3000) >> 12));
        Assert.That(both.IncludesGlobal);
        Assert.That(both.DropsTables);
        Assert.That(both.IsEverything, Is.False);
    }

    [Test]
    public void The_last_page_of_all_is_covered()
    {
        PendingFlush last = PendingFlush.Page(VirtAddr.FromTrusted(unchecked(0UL - 4096)), 12, FlushScope.AddressSpace);
        PendingFlush both = last.And(PendingFlush.Page(VirtAddr.FromTrusted(unchecked(0UL - (3 * 4096))), 12, FlushScope.AddressSpace));
        Assert.That(both.PageCount, Is.EqualTo(3));
    }

    [Test]
    public void Everything_covers_all()
    {
        PendingFlush page = PendingFlush.Page(s_start, 12, FlushScope.Global);
        PendingFlush all = page.And(PendingFlush.Everything(FlushScope.AddressSpace));
        Assert.That(all.IsEverything);
        Assert.That(all.IncludesGlobal);
        Assert.That(all.DropsTables);
        Assert.That(PendingFlush.None.WithDroppedTables().IsEverything);
    }
}
