using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Tlb;

[TestFixture]
public sealed class FlushBatchTests
{
    private static readonly VirtAddr s_low = VirtAddr.FromTrusted(0x1000);
    private static readonly VirtAddr s_high = VirtAddr.FromTrusted(unchecked(0UL - 0x1000));

    [Test]
    public void An_empty_batch_is_nothing()
    {
        FlushBatch batch = default;
        batch.Add(PendingFlush.None);
        Assert.That(batch.Plan, Is.EqualTo(FlushPlan.Nothing));
        Assert.That(InstructionsOf(batch), Is.Empty);
    }

    [Test]
    public void Pages_that_lie_far_apart_stay_single_pages()
    {
        FlushBatch batch = default;
        batch.Add(PendingFlush.Page(s_low, 12, FlushScope.AddressSpace));
        batch.Add(PendingFlush.Page(s_high, 12, FlushScope.AddressSpace).WithDroppedTables());
        batch.Add(PendingFlush.Pages(VirtAddr.FromTrusted(0x20_0000), 2, 21, FlushScope.Global));
        Assert.That(batch.Plan, Is.EqualTo(FlushPlan.EachPage));
        Assert.That(batch.IncludesGlobal);
        Assert.That(batch.DropsTables);
        Assert.That(InstructionsOf(batch), Is.EqualTo(new[] { "page V:0x1000", "page V:0xfffffffffffff000", "page V:0x200000", "page V:0x400000" }));
    }

    [TestCase(FlushScope.AddressSpace, "loaded")]
    [TestCase(FlushScope.Global, "all")]
    public void Too_many_pages_are_everything(FlushScope scope, string instruction)
    {
        FlushBatch batch = default;
        for (ulong page = 0; page < FlushPlans.MaxSinglePages; page++) batch.Add(PendingFlush.Page(s_low + (page << 13), 12, scope));
        Assert.That(batch.PageCount, Is.EqualTo((int)FlushPlans.MaxSinglePages));
        batch.Add(PendingFlush.Page(s_high, 12, FlushScope.AddressSpace));
        Assert.That(batch.PageCount, Is.Zero);
        Assert.That(InstructionsOf(batch), Is.EqualTo(new[] { instruction }));
    }

    [Test]
    public void Everything_stays_everything_and_grows_to_global()
    {
        FlushBatch batch = default;
        batch.Add(PendingFlush.Everything(FlushScope.AddressSpace));
        Assert.That(InstructionsOf(batch), Is.EqualTo(new[] { "loaded" }));
        batch.Add(PendingFlush.Page(s_low, 12, FlushScope.Global));
        Assert.That(InstructionsOf(batch), Is.EqualTo(new[] { "all" }));
    }

    private static List<string> InstructionsOf(in FlushBatch batch)
    {
        Recorder recorder = new([]);
        FlushDriver.Carry(recorder, in batch);
        return recorder.Lines;
    }

    private readonly record struct Recorder(List<string> Lines) : ITlbInstructions
    {
        public void InvalidatePage(VirtAddr page) => Lines.Add($"page {page}");

        public void InvalidateLoaded() => Lines.Add("loaded");

        public void InvalidateAll() => Lines.Add("all");

        public void LoadRoot(PhysAddr root, int number, HeldTranslations held) => Lines.Add($"root {root} {number} {held}");
    }
}
