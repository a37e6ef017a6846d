using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What the mapper does in every format.</summary>
public abstract class PageMapperContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const ulong TwoMiB = 1UL << 21;
    private const ulong OneGiB = 1UL << 30;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;
    private const PageFlags Code = PageFlags.Present | PageFlags.Executable;

    private static readonly VirtAddr s_base = VirtAddr.FromTrusted(0x4000_0000);
    private static readonly PhysAddr s_target = PhysAddr.FromTrusted(0x8000_0000);

    private HostMemory _memory;
    private HostTableFrames _frames;
    private PageMapper<HostMemory, TFormat, HostTableFrames> _mapper;

    [SetUp]
    public void SetUp()
    {
        _memory = HostMemory.Create(FrameNumber.FromTrusted(0x100), 64);
        _frames = HostTableFrames.Over(_memory);
        _mapper = NewMapper(int.MaxValue);
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        _memory.Dispose();
    }

    [Test]
    public void A_mapped_page_translates_with_its_offset_and_flags()
    {
        Assert.That(Map(s_base, s_target, Data), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.Translate(s_base + 0x123, out Translation translation), Is.EqualTo(PagingResult.Ok));
        Assert.That(translation.Address, Is.EqualTo(s_target + 0x123));
        Assert.That(translation.Flags, Is.EqualTo(Data));
        Assert.That(translation.PageSizeBytes, Is.EqualTo(PageBytes));
        Assert.That(_mapper.Translate(s_base + PageBytes, out _), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.Translate(s_base - 1, out _), Is.EqualTo(PagingResult.NotMapped));
    }

    [Test]
    public void Unmapping_says_what_was_there_and_puts_empty_tables_out_of_use()
    {
        Map(s_base, s_target, Data | PageFlags.Global);
        int tables = _frames.OutCount;
        PendingFlush flush = _mapper.Unmap(s_base, out Translation unmapped, out PagingResult result);

        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(unmapped.Address, Is.EqualTo(s_target));
        Assert.That(flush.Start, Is.EqualTo(s_base));
        Assert.That(flush.PageCount, Is.EqualTo(1));
        Assert.That(flush.PageSizeBytes, Is.EqualTo(PageBytes));
        Assert.That(flush.IncludesGlobal);
        Assert.That(flush.DropsTables);
        Assert.That(_mapper.TableCount, Is.EqualTo(1));
        Assert.That(_mapper.RetiredTableCount, Is.EqualTo((ulong)tables - 1));
        Assert.That(_frames.OutCount, Is.EqualTo(tables), "not before the flush");
        _mapper.FreeRetiredTables();
        Assert.That(_frames.OutCount, Is.EqualTo(1));
    }

    [Test]
    public void A_table_with_another_page_stays()
    {
        Map(s_base, s_target, Data);
        Map(s_base + PageBytes, s_target, Data);
        ulong tables = _mapper.TableCount;
        PendingFlush flush = _mapper.Unmap(s_base, out _, out _);
        Assert.That(flush.DropsTables, Is.False);
        Assert.That(_mapper.TableCount, Is.EqualTo(tables));
        Assert.That(_mapper.Translate(s_base + PageBytes, out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Mapping_twice_is_refused()
    {
        Map(s_base, s_target, Data);
        Assert.That(Map(s_base, s_target, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(MapLarge(s_base, s_target, 21, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(MapRange(s_base - PageBytes, s_target, 2 * PageBytes, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(_mapper.Translate(s_base - PageBytes, out _), Is.EqualTo(PagingResult.NotMapped));
    }

    [Test]
    public void A_page_inside_a_large_one_is_neither_mapped_nor_unmapped_nor_protected()
    {
        MapLarge(s_base, s_target, 21, Data);
        VirtAddr inside = s_base + PageBytes;
        Assert.That(Map(inside, s_target, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(Unmap(inside), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(Protect(inside, Code), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(UnmapRange(s_base, PageBytes), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(UnmapRange(inside, TwoMiB), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(_mapper.Translate(inside + 5, out Translation translation), Is.EqualTo(PagingResult.Ok));
        Assert.That(translation.Address, Is.EqualTo(s_target + (PageBytes + 5)));
        Assert.That(translation.PageSizeBytes, Is.EqualTo(TwoMiB));
    }

    [Test]
    public void What_cannot_be_mapped_has_a_result_of_its_own()
    {
        VirtAddr hole = VirtAddr.FromTrusted(1UL << (default(TFormat).VirtualBits - 1));
        PhysAddr beyond = PhysAddr.FromTrusted(1UL << default(TFormat).PhysicalBits);
        Assert.That(Map(s_base + 1, s_target, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(Map(s_base, s_target + 8, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(MapLarge(s_base + PageBytes, s_target, 21, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(MapLarge(s_base, s_target, 13, Data), Is.EqualTo(PagingResult.SizeNotSupported));
        Assert.That(MapRange(s_base, s_target, PageBytes + 1, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(Map(hole, s_target, Data), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(MapRange(hole - PageBytes, s_target, 2 * PageBytes, Data), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(Map(s_base, beyond, Data), Is.EqualTo(PagingResult.PhysicalOutOfRange));
        Assert.That(MapRange(s_base, beyond - PageBytes, 2 * PageBytes, Data), Is.EqualTo(PagingResult.PhysicalOutOfRange));
        Assert.That(Map(s_base, s_target, Data | PageFlags.Executable), Is.EqualTo(PagingResult.WritableAndExecutable));
        Assert.That(MapRange(s_base, s_target, PageBytes, Data | Code), Is.EqualTo(PagingResult.WritableAndExecutable));
        Assert.That(Map(VirtAddr.Zero, s_target, Data), Is.EqualTo(PagingResult.NullPage));
        Assert.That(MapRange(VirtAddr.Zero, PhysAddr.Zero, TwoMiB, Data), Is.EqualTo(PagingResult.NullPage));
        Assert.That(_frames.OutCount, Is.EqualTo(1));
    }

    [Test]
    public void What_is_not_mapped_cannot_be_changed()
    {
        Assert.That(Unmap(s_base), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(Protect(s_base, Data), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(UnmapRange(s_base, PageBytes), Is.EqualTo(PagingResult.NotMapped));
        Map(s_base, s_target, Data);
        Assert.That(Unmap(s_base + 8), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(Protect(s_base, Data | Code), Is.EqualTo(PagingResult.WritableAndExecutable));
        Assert.That(UnmapRange(s_base, 2 * PageBytes), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.Translate(s_base, out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Protecting_changes_the_flags_and_keeps_address_accessed_and_dirty()
    {
        Map(s_base, s_target, Data | PageFlags.Accessed | PageFlags.Dirty);
        PendingFlush flush = _mapper.Protect(s_base, Code | PageFlags.User, out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.Start, Is.EqualTo(s_base));
        _mapper.Translate(s_base, out Translation translation);
        Assert.That(translation.Address, Is.EqualTo(s_target));
        Assert.That(translation.Flags, Is.EqualTo(Code | PageFlags.User | PageFlags.Accessed | PageFlags.Dirty));
    }

    [Test]
    public void A_user_page_beside_kernel_pages_is_reached_by_the_user_and_they_are_not()
    {
        Map(s_base, s_target, Data);
        Map(s_base + PageBytes, s_target, Data | PageFlags.User);
        _mapper.Translate(s_base, out Translation kernel);
        _mapper.Translate(s_base + PageBytes, out Translation user);
        Assert.That(kernel.Flags, Is.EqualTo(Data));
        Assert.That(user.Flags, Is.EqualTo(Data | PageFlags.User));
    }

    [Test]
    public void A_range_is_mapped_with_the_largest_pages_that_fit()
    {
        // 4 KiB, 2 MiB and 1 GiB pages on the way up, and back down.
        VirtAddr start = VirtAddr.FromTrusted(OneGiB - TwoMiB - PageBytes);
        PhysAddr target = PhysAddr.FromTrusted(OneGiB - TwoMiB - PageBytes);
        ulong sizeBytes = (2 * TwoMiB) + (2 * PageBytes) + OneGiB;
        Assert.That(MapRange(start, target, sizeBytes, Data), Is.EqualTo(PagingResult.Ok));

        Assert.That(PageShiftAt(start), Is.EqualTo(12));
        Assert.That(PageShiftAt(start + PageBytes), Is.EqualTo(21));
        Assert.That(PageShiftAt(start + (PageBytes + TwoMiB)), Is.EqualTo(30));
        Assert.That(PageShiftAt(start + (PageBytes + TwoMiB + OneGiB)), Is.EqualTo(21));
        Assert.That(PageShiftAt(start + (sizeBytes - 1)), Is.EqualTo(12));
        Assert.That(_mapper.Translate(start - 1, out _), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.Translate(start + sizeBytes, out _), Is.EqualTo(PagingResult.NotMapped));
        for (ulong offset = 0; offset < sizeBytes; offset += PageBytes * 37)
        {
            _mapper.Translate(start + offset, out Translation translation);
            Assert.That(translation.Address, Is.EqualTo(target + offset));
        }

        PendingFlush flush = _mapper.UnmapRange(start, sizeBytes, Holes.Refused, out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.Start, Is.EqualTo(start));
        Assert.That(flush.PageCount * flush.PageSizeBytes, Is.EqualTo(sizeBytes));
        _mapper.FreeRetiredTables();
        Assert.That(_frames.OutCount, Is.EqualTo(1));
    }

    [Test]
    public void A_machine_without_1_GiB_pages_gets_2_MiB_pages()
    {
        _mapper = NewMapper(0b011);
        VirtAddr start = VirtAddr.FromTrusted(OneGiB);
        Assert.That(MapRange(start, PhysAddr.FromTrusted(OneGiB), OneGiB, Data), Is.EqualTo(PagingResult.Ok));
        Assert.That(PageShiftAt(start), Is.EqualTo(21));
        Assert.That(MapLarge(start + OneGiB, s_target, 30, Data), Is.EqualTo(PagingResult.SizeNotSupported));
    }

    [Test]
    public void A_range_of_small_pages_has_no_large_ones()
    {
        PendingFlush flush = _mapper.MapRange(s_base, s_target, TwoMiB + PageBytes, Data, LargePages.Never, out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.IsNone);
        Assert.That(PageShiftAt(s_base), Is.EqualTo(12));
        Assert.That(PageShiftAt(s_base + TwoMiB), Is.EqualTo(12));
    }

    [Test]
    public void The_last_page_of_the_address_space_can_be_mapped()
    {
        VirtAddr last = VirtAddr.FromTrusted(unchecked(0UL - PageBytes));
        Assert.That(MapRange(last - PageBytes, s_target, 2 * PageBytes, Data), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.Translate(VirtAddr.FromTrusted(ulong.MaxValue), out Translation translation), Is.EqualTo(PagingResult.Ok));
        Assert.That(translation.Address, Is.EqualTo(s_target + ((2 * PageBytes) - 1)));
        Assert.That(UnmapRange(last - PageBytes, 2 * PageBytes), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Holes_are_passed_over_when_asked()
    {
        Map(s_base, s_target, Data);
        Map(s_base + (3 * PageBytes), s_target, Data);
        MapLarge(s_base + TwoMiB, s_target, 21, Data);
        PendingFlush protect = _mapper.ProtectRange(s_base, 2 * TwoMiB, Code, Holes.Skipped, out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(protect.PageCount * protect.PageSizeBytes, Is.EqualTo(2 * TwoMiB));
        _mapper.Translate(s_base + (3 * PageBytes), out Translation page);
        _mapper.Translate(s_base + TwoMiB, out Translation large);
        Assert.That(page.Flags, Is.EqualTo(Code));
        Assert.That(large.Flags, Is.EqualTo(Code));

        PendingFlush unmap = _mapper.UnmapRange(s_base - OneGiB + PageBytes, 2 * OneGiB, Holes.Skipped, out result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(unmap.DropsTables);
        Assert.That(_mapper.TableCount, Is.EqualTo(1));
    }

    [Test]
    public void A_split_page_says_the_same_in_smaller_pages()
    {
        MapLarge(s_base, s_target, 30, Data | PageFlags.WriteCombining | PageFlags.Dirty);
        PendingFlush flush = _mapper.Split(s_base + (5 * TwoMiB), out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.PageCount * flush.PageSizeBytes, Is.EqualTo(OneGiB));
        flush = flush.And(_mapper.Split(s_base, out result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.PageSizeBytes, Is.EqualTo(PageBytes));

        Assert.That(PageShiftAt(s_base), Is.EqualTo(12));
        Assert.That(PageShiftAt(s_base + TwoMiB), Is.EqualTo(21));
        for (ulong offset = 0; offset < OneGiB; offset += 997 * PageBytes)
        {
            _mapper.Translate(s_base + offset, out Translation translation);
            Assert.That(translation.Address, Is.EqualTo(s_target + offset));
            Assert.That(translation.Flags, Is.EqualTo(Data | PageFlags.WriteCombining | PageFlags.Dirty));
        }

        Assert.That(_mapper.Split(s_base, out result).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.SizeNotSupported));
        Assert.That(_mapper.Split(s_base - 1, out result).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.NotMapped));
        Assert.That(UnmapRange(s_base, OneGiB), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.TableCount, Is.EqualTo(1));
    }

    [Test]
    public void A_kept_top_table_stays_when_it_is_empty()
    {
        _mapper = new PageMapper<HostMemory, TFormat, HostTableFrames>(_memory, _frames, NewRoot(), int.MaxValue, TopTables.Kept);
        Assert.That(_mapper.MakeTopTable(s_base, PageFlags.None), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.MakeTopTable(s_base + TwoMiB, PageFlags.None), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.TableCount, Is.EqualTo(2));
        Map(s_base, s_target, Data);
        Unmap(s_base);
        Assert.That(_mapper.TableCount, Is.EqualTo(2));
        Assert.That(_mapper.Translate(s_base, out _), Is.EqualTo(PagingResult.NotMapped));
    }

    [Test]
    public void Running_out_of_tables_changes_nothing_wherever_it_happens()
    {
        Map(s_base, s_target, Data);
        byte[][] before = Snapshot();
        int outBefore = _frames.OutCount;
        VirtAddr start = VirtAddr.FromTrusted((3 * OneGiB) - TwoMiB - PageBytes);
        PhysAddr target = PhysAddr.FromTrusted((4 * OneGiB) - TwoMiB - PageBytes);
        int failures = 0;
        for (; ; failures++)
        {
            _frames.FailAfter(failures);
            PagingResult result = MapRange(start, target, OneGiB + (3 * TwoMiB), Data | PageFlags.User);
            if (result == PagingResult.Ok) break;
            Assert.That(result, Is.EqualTo(PagingResult.OutOfTables));
            Assert.That(_frames.OutCount, Is.EqualTo(outBefore));
            Assert.That(Snapshot(), Is.EqualTo(before), $"after failure {failures}");
            Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        }

        Assert.That(failures, Is.GreaterThan(2));
        _frames.FailAfter(0);
        VirtAddr far = VirtAddr.FromTrusted(unchecked(0UL - OneGiB));
        Assert.That(Map(far, s_target, Data), Is.EqualTo(PagingResult.OutOfTables));
        PendingFlush split = _mapper.Split(VirtAddr.FromTrusted(3 * OneGiB), out PagingResult splitResult);
        Assert.That(split.IsNone);
        Assert.That(splitResult, Is.EqualTo(PagingResult.OutOfTables));
    }

    [Test]
    public void The_visitor_sees_runs_in_order_and_merges_neighbours()
    {
        MapRange(s_base, s_target, 5 * PageBytes, Data);
        MapRange(s_base + (5 * PageBytes), s_target + (5 * PageBytes), PageBytes, Code);
        Map(s_base + (6 * PageBytes), s_target, Code);
        MapRange(s_base + TwoMiB, PhysAddr.FromTrusted(0), 4 * TwoMiB, Data);
        VirtAddr upper = VirtAddr.FromTrusted(unchecked(0UL - TwoMiB));
        MapRange(upper, PhysAddr.FromTrusted(TwoMiB), TwoMiB, Data);

        RunRecorder recorder = new([]);
        _mapper.Walker.VisitMappings(ref recorder);
        Assert.That(recorder.Lines, Is.EqualTo(new[]
        {
            "V:0x40000000 P:0x80000000 5x12 Present, Writable",
            "V:0x40005000 P:0x80005000 1x12 Present, Executable",
            "V:0x40006000 P:0x80000000 1x12 Present, Executable",
            "V:0x40200000 P:0x0 4x21 Present, Writable",
            "V:0xffffffffffe00000 P:0x200000 1x21 Present, Writable",
        }));
    }

    [Test]
    public void A_walk_is_explained_step_by_step()
    {
        Map(s_base, s_target, Data);
        StepRecorder recorder = new([]);
        Assert.That(_mapper.Walker.Explain(s_base + 8, ref recorder), Is.EqualTo(PagingResult.Ok));
        Assert.That(recorder.Steps, Has.Count.EqualTo(default(TFormat).LevelCount));
        Assert.That(recorder.Steps[0].Table, Is.EqualTo(_mapper.Root));
        Assert.That(recorder.Steps[^1].Kind, Is.EqualTo(WalkStepKind.Page));
        Assert.That(recorder.Steps[^1].Flags, Is.EqualTo(Data));
        for (int step = 0; step < recorder.Steps.Count - 1; step++) Assert.That(recorder.Steps[step].Kind, Is.EqualTo(WalkStepKind.Table));

        Assert.That(_mapper.Walker.Explain(s_base + PageBytes, ref recorder), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(recorder.Steps[^1].Kind, Is.EqualTo(WalkStepKind.Absent));
    }

    [Test]
    public void A_reserved_bit_at_any_level_is_reported()
    {
        Map(s_base, s_target, Data);
        StepRecorder recorder = new([]);
        PageTableWalker<HostMemory, TFormat> walker = new(_memory, _mapper.Root, 46);
        walker.Explain(s_base, ref recorder);
        foreach (WalkStep step in recorder.Steps.ToArray())
        {
            PhysAddr slot = step.Table + ((ulong)step.Index * sizeof(ulong));
            _memory.WriteWord(slot, step.Entry | (1UL << 46));
            if (step.Kind == WalkStepKind.Page) Assert.That(walker.Translate(s_base, out _), Is.EqualTo(PagingResult.ReservedBitSet));
            Assert.That(walker.Explain(s_base, ref recorder), Is.EqualTo(PagingResult.ReservedBitSet));
            Assert.That(recorder.Steps[^1].Level, Is.EqualTo(step.Level));
            _memory.WriteWord(slot, step.Entry);
        }
    }

    [Test]
    public void Each_invariant_that_is_broken_is_named()
    {
        Map(s_base, s_target, Code);
        StepRecorder recorder = new([]);
        _mapper.Walker.Explain(s_base, ref recorder);
        WalkStep page = recorder.Steps[^1];
        WalkStep link = recorder.Steps[^2];

        Assert.That(With(page, page.Entry | 2), Is.EqualTo(PagingInvariant.NothingIsWritableAndExecutable));
        Assert.That(With(link, link.Entry + (1UL << default(TFormat).TableCountShift)), Is.EqualTo(PagingInvariant.EntryCountsAreRight));
        Assert.That(With(page, 0), Is.EqualTo(PagingInvariant.LinkedTablesAreNotEmpty));
        Assert.That(With(recorder.Steps[0], recorder.Steps[0].Entry | (1UL << 7)), Is.EqualTo(PagingInvariant.NoReservedBitIsSet));
        Assert.That(With(recorder.Steps[0], 0), Is.EqualTo(PagingInvariant.TableCountIsRight));
    }

    private PagingInvariant With(WalkStep step, ulong entry)
    {
        PhysAddr slot = step.Table + ((ulong)step.Index * sizeof(ulong));
        _memory.WriteWord(slot, entry);
        PagingInvariant broken = _mapper.Validate();
        _memory.WriteWord(slot, step.Entry);
        return broken;
    }

    private PageMapper<HostMemory, TFormat, HostTableFrames> NewMapper(int leafLevels) =>
        new(_memory, _frames, NewRoot(), leafLevels, TopTables.Freed);

    private FrameNumber NewRoot()
    {
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        return root;
    }

    private PagingResult Map(VirtAddr page, PhysAddr target, PageFlags flags)
    {
        Assert.That(_mapper.Map(page, target, flags, out PagingResult result).IsNone);
        return result;
    }

    private PagingResult MapLarge(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags)
    {
        Assert.That(_mapper.MapLarge(page, target, pageShift, flags, out PagingResult result).IsNone);
        return result;
    }

    private PagingResult MapRange(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags)
    {
        Assert.That(_mapper.MapRange(start, target, sizeBytes, flags, LargePages.WhereTheyFit, out PagingResult result).IsNone);
        return result;
    }

    private PagingResult Unmap(VirtAddr page)
    {
        Assert.That(_mapper.Unmap(page, out _, out PagingResult result).IsNone, Is.EqualTo(result != PagingResult.Ok));
        return result;
    }

    private PagingResult UnmapRange(VirtAddr start, ulong sizeBytes)
    {
        PendingFlush flush = _mapper.UnmapRange(start, sizeBytes, Holes.Refused, out PagingResult result);
        Assert.That(flush.IsNone, Is.EqualTo(result != PagingResult.Ok));
        return result;
    }

    private PagingResult Protect(VirtAddr page, PageFlags flags)
    {
        Assert.That(_mapper.Protect(page, flags, out PagingResult result).IsNone, Is.EqualTo(result != PagingResult.Ok));
        return result;
    }

    private int PageShiftAt(VirtAddr address)
    {
        Assert.That(_mapper.Translate(address, out Translation translation), Is.EqualTo(PagingResult.Ok));
        return translation.PageShift;
    }

    // The contents of the frames that are out; those in the pool may hold anything.
    private unsafe byte[][] Snapshot()
    {
        System.Collections.Generic.List<byte[]> all = [];
        RunRecorder recorder = new([]);
        _mapper.Walker.VisitMappings(ref recorder);
        foreach (string line in recorder.Lines) all.Add(System.Text.Encoding.ASCII.GetBytes(line));
        all.Add(new System.ReadOnlySpan<byte>(_memory.Pointer(_mapper.Root), (int)PageBytes).ToArray());
        return [.. all];
    }
}
