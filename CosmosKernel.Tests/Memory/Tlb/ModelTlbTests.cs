using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using Mapper = MemOS.Memory.Paging.PageMapper<MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames>;

namespace MemOS.Tests.Memory.Tlb;

/// <summary>The model remembers what it may and forgets what it must; so a flush that is missing, or too small, is seen.</summary>
[TestFixture]
public sealed class ModelTlbTests
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;

    private static readonly VirtAddr s_page = VirtAddr.FromTrusted(0x4000_0000);
    private static readonly VirtAddr s_neighbour = s_page + PageBytes;
    private static readonly PhysAddr s_target = PhysAddr.FromTrusted(0x8000_0000);
    private static readonly PhysAddr s_otherTarget = PhysAddr.FromTrusted(0x9000_0000);

    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private Mapper _mapper;
    private ModelTlb? _tlb;

    private ModelTlb Tlb => _tlb!;

    [SetUp]
    public void SetUp()
    {
        _memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x100), 64);
        _frames = HostTableFrames.Over(_memory);
        _mapper = NewMapper();
        _tlb = new ModelTlb(default(X64FourLevel), _memory, _mapper.Root);
        Assert.That(_mapper.Map(s_page, s_target, Data, out _).IsNone);
        Assert.That(_mapper.Map(s_neighbour, s_otherTarget, Data | PageFlags.Global, out _).IsNone);
        Assert.That(Tlb.FindStale(), Is.Null);
    }

    [TearDown]
    public void TearDown() => _memory.Dispose();

    [Test]
    public void A_page_that_is_mapped_anew_has_both_answers_until_it_is_forgotten()
    {
        PendingFlush flush = _mapper.Unmap(s_page, out _, out _);
        flush = flush.And(_mapper.Map(s_page, s_otherTarget, Data, out _));
        Assert.That(Tlb.Answers(s_page).Select(page => page.Frame), Is.EquivalentTo(new[] { s_target.Value, s_otherTarget.Value }));
        Assert.That(Tlb.FindStale(), Does.StartWith("stale translation"));
        Tlb.Carry(flush);
        Assert.That(Tlb.Answers(s_page).Select(page => page.Frame), Is.EqualTo(new[] { s_otherTarget.Value }));
        Assert.That(Tlb.FindStale(), Is.Null);
    }

    [Test]
    public void Allowing_less_needs_a_flush_and_so_does_allowing_more()
    {
        Assert.That(_mapper.Protect(s_page, PageFlags.Present, out _).IsNone, Is.False);
        Assert.That(Tlb.FindStale(), Is.Not.Null);
        Tlb.InvalidatePage(s_page);
        Assert.That(Tlb.FindStale(), Is.Null);
        PendingFlush more = _mapper.Protect(s_page, Data, out _);
        Assert.That(Tlb.FindStale(), Is.Not.Null, "a fault of a right that is there is not to be seen");
        Tlb.Carry(more);
        Assert.That(Tlb.FindStale(), Is.Null);
    }

    [Test]
    public void A_dirty_bit_that_was_cleared_must_be_asked_for_again()
    {
        PendingFlush flush = _mapper.Unmap(s_page, out _, out _);
        Tlb.Carry(flush.And(_mapper.Map(s_page, s_target, Data | PageFlags.Dirty, out _)));
        StepRecorder steps = new([]);
        _mapper.Walker.Explain(s_page, ref steps);
        WalkStep last = steps.Steps[^1];
        _memory.WriteWord(last.Table + ((ulong)last.Index * sizeof(ulong)), last.Entry & ~(1UL << 6));
        Assert.That(Tlb.FindStale(), Does.Contain("Dirty"));
    }

    [Test]
    public void Another_page_does_not_do()
    {
        Assert.That(_mapper.Unmap(s_page, out _, out _).IsNone, Is.False);
        Tlb.InvalidatePage(s_neighbour);
        Assert.That(Tlb.FindStale(), Is.Not.Null);
    }

    [Test]
    public void A_global_page_outlives_a_load_of_the_root()
    {
        Assert.That(_mapper.Unmap(s_neighbour, out _, out _).IsNone, Is.False);
        Tlb.InvalidateLoaded();
        Assert.That(Tlb.FindStale(), Does.Contain("Global"));
        Tlb.InvalidateAll();
        Assert.That(Tlb.FindStale(), Is.Null);
    }

    [Test]
    public void A_large_page_is_forgotten_by_any_address_in_it()
    {
        VirtAddr large = VirtAddr.FromTrusted(0x8020_0000);
        Assert.That(_mapper.MapLarge(large, s_target, 21, Data, out _).IsNone);
        PendingFlush flush = _mapper.Split(large, out _);
        Assert.That(Tlb.Answers(large).Select(page => page.Shift), Is.EquivalentTo(new[] { 12, 21 }));
        Assert.That(Tlb.FindStale(), Is.Not.Null);
        Assert.That(flush.IsNone, Is.False);
        Tlb.InvalidatePage(large + (300 * PageBytes));
        Assert.That(Tlb.FindStale(), Is.Null);
    }

    [Test]
    public void A_table_that_is_freed_before_the_flush_is_an_error()
    {
        Tlb.Carry(_mapper.Unmap(s_page, out _, out _));
        PendingFlush flush = _mapper.Unmap(s_neighbour, out _, out _);
        Assert.That(flush.DropsTables);
        Assert.That(() => _mapper.FreeRetiredTables(), Throws.TypeOf<KernelAssertException>());
    }

    [Test]
    public void What_is_written_to_a_table_that_is_still_held_counts()
    {
        StepRecorder steps = new([]);
        _mapper.Walker.Explain(s_page, ref steps);
        WalkStep link = steps.Steps[^2];
        PhysAddr table = steps.Steps[^1].Table;
        _memory.WriteWord(link.Table + ((ulong)link.Index * sizeof(ulong)), 0);
        _memory.WriteWord(table + (7 * sizeof(ulong)), 0x1234_5000 | 3);
        Assert.That(Tlb.Answers(s_page + (7 * PageBytes)).Single().Frame, Is.EqualTo(0x1234_5000));
    }

    [Test]
    public void Numbers_are_kept_apart_and_only_what_is_loaded_counts()
    {
        Mapper other = NewMapper();
        Assert.That(other.Map(s_page, s_otherTarget, Data, out _).IsNone);
        Tlb.LoadRoot(other.Root, 1, HeldTranslations.Forgotten);
        Assert.That(Tlb.FindStale(), Does.Contain("Global"), "the other space does not have the global page");
        Assert.That(Tlb.Answers(s_page).Single().Frame, Is.EqualTo(s_otherTarget.Value));
        Tlb.LoadRoot(_mapper.Root, 0, HeldTranslations.Kept);
        Assert.That(Tlb.FindStale(), Is.Null);

        PendingFlush flush = other.Unmap(s_page, out _, out _);
        Assert.That(flush.IsNone, Is.False);
        Assert.That(Tlb.FindStale(), Is.Null, "not loaded");
        Tlb.LoadRoot(other.Root, 1, HeldTranslations.Kept);
        Assert.That(Tlb.FindStale(), Does.Contain("number 1"));
    }

    [Test]
    public void Entries_in_registers_change_only_when_the_root_is_loaded()
    {
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        PageMapper<WatchedMemory, X86Pae, HostTableFrames> mapper = new(_memory, _frames, root, int.MaxValue, TopTables.Freed);
        _tlb = new ModelTlb(default(X86Pae), _memory, root.Start);
        PendingFlush flush = mapper.Map(s_page, s_target, Data, out _);
        Assert.That(Tlb.Answers(s_page), Is.Empty);
        Assert.That(Tlb.FindStale(), Does.StartWith("register 1"));
        Tlb.InvalidatePage(s_page);
        Assert.That(Tlb.FindStale(), Does.StartWith("register 1"));
        Tlb.Carry(flush);
        Assert.That(Tlb.FindStale(), Is.Null);
        Assert.That(Tlb.Answers(s_page).Single().Frame, Is.EqualTo(s_target.Value));
    }

    private Mapper NewMapper()
    {
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        return new Mapper(_memory, _frames, root, int.MaxValue, TopTables.Freed);
    }
}
