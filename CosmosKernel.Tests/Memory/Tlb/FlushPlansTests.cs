using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Tlb;

[TestFixture]
public sealed class FlushPlansTests
{
    private static readonly VirtAddr s_start = VirtAddr.FromTrusted(0x1000);

    [Test]
    public void Few_pages_go_one_by_one_and_many_with_all_others()
    {
        Assert.That(FlushPlans.For(PendingFlush.None), Is.EqualTo(FlushPlan.Nothing));
        Assert.That(FlushPlans.For(Pages(FlushPlans.MaxSinglePages, FlushScope.Global)), Is.EqualTo(FlushPlan.EachPage));
        Assert.That(FlushPlans.For(Pages(FlushPlans.MaxSinglePages + 1, FlushScope.Global)), Is.EqualTo(FlushPlan.Global));
        Assert.That(FlushPlans.For(Pages(FlushPlans.MaxSinglePages + 1, FlushScope.AddressSpace)), Is.EqualTo(FlushPlan.AddressSpace));
        Assert.That(FlushPlans.For(PendingFlush.Everything(FlushScope.AddressSpace)), Is.EqualTo(FlushPlan.AddressSpace));
        Assert.That(FlushPlans.For(PendingFlush.Everything(FlushScope.Global)), Is.EqualTo(FlushPlan.Global));
    }

    private static PendingFlush Pages(ulong count, FlushScope scope) => PendingFlush.Pages(s_start, count, 12, scope);
}
