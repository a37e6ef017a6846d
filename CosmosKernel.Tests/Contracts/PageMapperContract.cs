using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What the mapper does in every format.</summary>
public abstract class PageMapperContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const int TableCount = 64;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;
    private const PageFlags Code = PageFlags.Present | PageFlags.Executable;

    private static readonly int s_pageShift = default(TFormat).PageShift;
    private static readonly int s_largeShift = s_pageShift + default(TFormat).IndexBits;
    private static readonly int s_hugeShift = s_largeShift + default(TFormat).IndexBits;
    private static readonly ulong s_pageBytes = 1UL << s_pageShift;
    private static readonly ulong s_largeBytes = 1UL << s_largeShift;
    private static readonly ulong s_hugeBytes = 1UL << s_hugeShift;

    // 1 GiB and 2 GiB are multiples of the large pages of all formats, and of the huge ones where there are any.
    private static readonly VirtAddr s_base = At(1UL << 30);
    private static readonly PhysAddr s_target = PhysAddr.FromTrusted(1UL << 31);

    private static TFormat Format => default;

    private static bool HasHugePages => (Format.LeafLevels & 0b100) != 0;

    // Whether mapping alone, tables present, needs no flush.
    private static bool IsMappingSilent => !Format.RemembersAbsence && !Format.HoldsRoot;

    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private PageMapper<WatchedMemory, TFormat, HostTableFrames> _mapper;
    private ModelTlb? _tlb;

    [SetUp]
    public void SetUp()
    {
        _memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x100), (TableCount * s_pageBytes) >> FrameNumber.Shift);
        _frames = HostTableFrames.Over(_memory, s_pageShift);
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
        Assert.That(translation.Flags, Is.EqualTo(Format.Nearest(Data)));
        Assert.That(translation.PageSizeBytes, Is.EqualTo(s_pageBytes));
        Assert.That(_mapper.Translate(s_base + s_pageBytes, out _), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.Translate(s_base - 1, out _), Is.EqualTo(PagingResult.NotMapped));
    }

    [Test]
    public void Unmapping_says_what_was_there_and_puts_empty_tables_out_of_use()
    {
        Map(s_base, s_target, Data | PageFlags.Global);
        int tables = _frames.OutCount;
        PendingFlush flush = Carried(_mapper.Unmap(s_base, out PageEntry<TFormat> unmapped, out PagingResult result));

        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(unmapped.Address, Is.EqualTo(s_target));
        Assert.That(flush.IsEverything, Is.EqualTo(Format.HoldsRoot), "an entry of the root went");
        if (!flush.IsEverything)
        {
            Assert.That(flush.Start, Is.EqualTo(s_base));
            Assert.That(flush.PageCount, Is.EqualTo(1));
            Assert.That(flush.PageSizeBytes, Is.EqualTo(s_pageBytes));
        }

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
        Map(s_base + s_pageBytes, s_target, Data);
        ulong tables = _mapper.TableCount;
        PendingFlush flush = Carried(_mapper.Unmap(s_base, out _, out _));
        Assert.That(flush.DropsTables, Is.False);
        Assert.That(_mapper.TableCount, Is.EqualTo(tables));
        Assert.That(_mapper.Translate(s_base + s_pageBytes, out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Mapping_twice_is_refused()
    {
        Map(s_base, s_target, Data);
        Assert.That(Map(s_base, s_target, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(MapLarge(s_base, s_target, s_largeShift, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(MapRange(s_base - s_pageBytes, s_target, 2 * s_pageBytes, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(_mapper.Translate(s_base - s_pageBytes, out _), Is.EqualTo(PagingResult.NotMapped));
    }

    [Test]
    public void A_page_inside_a_large_one_is_neither_mapped_nor_unmapped_nor_protected()
    {
        MapLarge(s_base, s_target, s_largeShift, Data);
        VirtAddr inside = s_base + s_pageBytes;
        Assert.That(Map(inside, s_target, Data), Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(Unmap(inside), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(Protect(inside, Code), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(UnmapRange(s_base, s_pageBytes), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(UnmapRange(inside, s_largeBytes), Is.EqualTo(PagingResult.InsideLargePage));
        Assert.That(_mapper.Translate(inside + 5, out Translation translation), Is.EqualTo(PagingResult.Ok));
        Assert.That(translation.Address, Is.EqualTo(s_target + (s_pageBytes + 5)));
        Assert.That(translation.PageSizeBytes, Is.EqualTo(s_largeBytes));
    }

    [Test]
    public void What_cannot_be_mapped_has_a_result_of_its_own()
    {
        PhysAddr beyond = PhysAddr.FromTrusted(1UL << Format.PhysicalBitsAt(0));
        Assert.That(Map(s_base + 1, s_target, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(Map(s_base, s_target + 8, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(MapLarge(s_base + s_pageBytes, s_target, s_largeShift, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(MapLarge(s_base, s_target, s_pageShift + 1, Data), Is.EqualTo(PagingResult.SizeNotSupported));
        Assert.That(MapRange(s_base, s_target, s_pageBytes + 1, Data), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(Map(s_base, beyond, Data), Is.EqualTo(PagingResult.PhysicalOutOfRange));
        Assert.That(MapRange(s_base, beyond - s_pageBytes, 2 * s_pageBytes, Data), Is.EqualTo(PagingResult.PhysicalOutOfRange));
        Assert.That(Map(s_base, s_target, Data | PageFlags.Executable), Is.EqualTo(PagingResult.WritableAndExecutable));
        Assert.That(MapRange(s_base, s_target, s_pageBytes, Data | Code), Is.EqualTo(PagingResult.WritableAndExecutable));
        Assert.That(_frames.OutCount, Is.EqualTo(1));
    }

    [Test]
    public void Page_zero_is_never_mapped()
    {
        bool isReached = Format.Halves != AddressHalves.Upper;
        PagingResult expected = isReached ? PagingResult.NullPage : PagingResult.NonCanonical;
        Assert.That(Map(VirtAddr.Zero, s_target, Data), Is.EqualTo(expected));
        Assert.That(MapLarge(VirtAddr.Zero, s_target, s_largeShift, Data), Is.EqualTo(expected));
        Assert.That(MapRange(VirtAddr.Zero, PhysAddr.Zero, s_largeBytes, Data), Is.EqualTo(expected));
        Assert.That(_frames.OutCount, Is.EqualTo(1));
    }

    [Test]
    public void Addresses_beside_the_formats_are_refused()
    {
        ulong size = 1UL << Format.VirtualBits;
        VirtAddr below = Format.Halves == AddressHalves.Upper ? VirtAddr.FromTrusted(0UL - size - s_pageBytes)
            : VirtAddr.FromTrusted(Format.Halves == AddressHalves.Lower ? size - s_pageBytes : (size / 2) - s_pageBytes);
        VirtAddr hole = Format.Halves == AddressHalves.Upper ? below : below + s_pageBytes;
        Assert.That(Map(hole, s_target, Data), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(Unmap(hole), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(Protect(hole, Data), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(_mapper.Translate(hole, out _), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(Carried(_mapper.Split(hole, out PagingResult result)).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(MapRange(below, s_target, 2 * s_pageBytes, Data), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(UnmapRange(below, 2 * s_pageBytes), Is.EqualTo(PagingResult.NonCanonical));
        Assert.That(MapRange(s_base, s_target, 0UL - s_pageBytes, Data), Is.EqualTo(PagingResult.NonCanonical));
        if (Format.Halves == AddressHalves.Both)
        {
            VirtAddr upper = VirtAddr.FromTrusted(0UL - (size / 2));
            Assert.That(MapRange(below, s_target, upper + s_pageBytes - below, Data), Is.EqualTo(PagingResult.NonCanonical), "over the hole");
        }
    }

    [Test]
    public void What_is_not_mapped_cannot_be_changed()
    {
        Assert.That(Unmap(s_base), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(Protect(s_base, Data), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(UnmapRange(s_base, s_pageBytes), Is.EqualTo(PagingResult.NotMapped));
        Map(s_base, s_target, Data);
        Assert.That(Unmap(s_base + 8), Is.EqualTo(PagingResult.Misaligned));
        Assert.That(Protect(s_base, Data | Code), Is.EqualTo(PagingResult.WritableAndExecutable));
        Assert.That(UnmapRange(s_base, 2 * s_pageBytes), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.Translate(s_base, out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Protecting_changes_the_flags_and_keeps_address_accessed_and_dirty()
    {
        Map(s_base, s_target, Data | PageFlags.Accessed | PageFlags.Dirty);
        PendingFlush flush = Carried(_mapper.Protect(s_base, Code | PageFlags.User, out PagingResult result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.Start, Is.EqualTo(s_base));
        _mapper.Translate(s_base, out Translation translation);
        Assert.That(translation.Address, Is.EqualTo(s_target));
        Assert.That(translation.Flags, Is.EqualTo(Format.Nearest(Code | PageFlags.User | PageFlags.Accessed | PageFlags.Dirty)));
    }

    [Test]
    public void A_user_page_under_tables_of_the_kernels_is_the_users_at_once()
    {
        Map(s_base, s_target, Data);
        ExpectSilent(Carried(_mapper.Map(s_base + s_pageBytes, s_target, Data, out _)));
        VirtAddr user = s_base + (2 * s_pageBytes);
        PendingFlush flush = Carried(_mapper.Map(user, s_target, Data | PageFlags.User, out _));
        bool areTablesWider = Format.TableBits(PageFlags.User, 1) != Format.TableBits(PageFlags.None, 1);
        Assert.That(flush.IsNone, Is.EqualTo(IsMappingSilent && !areTablesWider));
        Assert.That(_tlb!.Answers(user), Is.Not.Empty.And.All.Matches<ModelTlb.HeldPage>(held => (held.Flags & PageFlags.User) != 0));
        ExpectSilent(Carried(_mapper.Map(user + s_pageBytes, s_target, Data | PageFlags.User, out _)));
    }

    [Test]
    public void A_user_page_beside_kernel_pages_is_reached_by_the_user_and_they_are_not()
    {
        Map(s_base, s_target, Data);
        Map(s_base + s_pageBytes, s_target, Data | PageFlags.User);
        _mapper.Translate(s_base, out Translation kernel);
        _mapper.Translate(s_base + s_pageBytes, out Translation user);
        Assert.That(kernel.Flags, Is.EqualTo(Format.Nearest(Data)));
        Assert.That(user.Flags, Is.EqualTo(Format.Nearest(Data | PageFlags.User)));
    }

    [Test]
    public void A_range_is_mapped_with_the_largest_pages_that_fit()
    {
        // Small, large and huge pages on the way up, and back down.
        ulong middle = HasHugePages ? s_hugeBytes : 0;
        ulong border = HasHugePages ? s_hugeBytes : 8 * s_largeBytes;
        VirtAddr start = At(border - s_largeBytes - s_pageBytes);
        PhysAddr target = PhysAddr.FromTrusted(border - s_largeBytes - s_pageBytes);
        ulong sizeBytes = (2 * s_largeBytes) + (2 * s_pageBytes) + middle;
        Assert.That(MapRange(start, target, sizeBytes, Data), Is.EqualTo(PagingResult.Ok));

        Assert.That(PageShiftAt(start), Is.EqualTo(s_pageShift));
        Assert.That(PageShiftAt(start + s_pageBytes), Is.EqualTo(s_largeShift));
        if (HasHugePages) Assert.That(PageShiftAt(start + (s_pageBytes + s_largeBytes)), Is.EqualTo(s_hugeShift));
        Assert.That(PageShiftAt(start + (s_pageBytes + s_largeBytes + middle)), Is.EqualTo(s_largeShift));
        Assert.That(PageShiftAt(start + (sizeBytes - 1)), Is.EqualTo(s_pageShift));
        Assert.That(_mapper.Translate(start - 1, out _), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.Translate(start + sizeBytes, out _), Is.EqualTo(PagingResult.NotMapped));
        for (ulong offset = 0; offset < sizeBytes; offset += s_pageBytes * 37)
        {
            _mapper.Translate(start + offset, out Translation translation);
            Assert.That(translation.Address, Is.EqualTo(target + offset));
        }

        PendingFlush flush = Carried(_mapper.UnmapRange(start, sizeBytes, Holes.Refused, out PagingResult result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        ExpectCovers(flush, start, sizeBytes);
        _mapper.FreeRetiredTables();
        Assert.That(_frames.OutCount, Is.EqualTo(1));
    }

    [TestCase(LargePages.Never)]
    [TestCase(LargePages.UpToNextSize)]
    [TestCase(LargePages.WhereTheyFit)]
    public void A_range_has_no_larger_pages_than_its_policy_allows(LargePages policy)
    {
        // At a multiple of the huge pages' size where tables of small pages are few enough; one large page and a small one behind.
        ulong border = HasHugePages ? s_hugeBytes : 8 * s_largeBytes;
        ulong before = HasHugePages && policy != LargePages.Never ? s_hugeBytes : s_largeBytes;
        ulong sizeBytes = before + s_largeBytes + s_pageBytes;
        PendingFlush flush = Carried(_mapper.MapRange(At(border), PhysAddr.FromTrusted(border), sizeBytes, Data, policy, out PagingResult result));
        ExpectMapped(flush, result);
        int largest = HasHugePages ? s_hugeShift : s_largeShift;
        (int first, int next) = policy switch
        {
            LargePages.Never => (s_pageShift, s_pageShift),
            LargePages.UpToNextSize => (s_largeShift, s_largeShift),
            _ => (largest, s_largeShift),
        };
        Assert.That(PageShiftAt(At(border)), Is.EqualTo(first));
        Assert.That(PageShiftAt(At(border + before)), Is.EqualTo(next));
        Assert.That(PageShiftAt(At(border + before + s_largeBytes)), Is.EqualTo(s_pageShift));
    }

    [Test]
    public void A_machine_without_huge_pages_gets_large_ones()
    {
        _mapper = NewMapper(0b011);
        if (HasHugePages)
        {
            Assert.That(MapRange(s_base, s_target, s_hugeBytes, Data), Is.EqualTo(PagingResult.Ok));
            Assert.That(PageShiftAt(s_base), Is.EqualTo(s_largeShift));
        }

        Assert.That(MapLarge(s_base + (1UL << 30), s_target, s_hugeShift, Data), Is.EqualTo(PagingResult.SizeNotSupported));
        _mapper = NewMapper(0b001);
        Assert.That(MapRange(s_base, s_target, s_largeBytes, Data), Is.EqualTo(PagingResult.Ok));
        Assert.That(PageShiftAt(s_base), Is.EqualTo(s_pageShift));
    }

    [Test]
    public void A_page_is_mapped_as_far_up_as_its_entry_can_say()
    {
        for (int level = 0; level < Format.LevelCount; level++)
        {
            if (((Format.LeafLevels >> level) & 1) == 0) continue;
            int shift = s_pageShift + (level * Format.IndexBits);
            PhysAddr beyond = PhysAddr.FromTrusted(1UL << Format.PhysicalBitsAt(level));
            VirtAddr page = s_base.AlignDown(1UL << shift) + (1UL << shift);
            Assert.That(MapLarge(page, beyond, shift, Data), Is.EqualTo(PagingResult.PhysicalOutOfRange));
            Assert.That(MapLarge(page, beyond - (1UL << shift), shift, Data), Is.EqualTo(PagingResult.Ok));
            _mapper.Translate(page, out Translation translation);
            Assert.That(translation.Address, Is.EqualTo(beyond - (1UL << shift)));
            Assert.That(Unmap(page), Is.EqualTo(PagingResult.Ok));
        }
    }

    [Test]
    public void A_range_of_large_pages_is_as_even_as_its_addresses()
    {
        PhysAddr border = PhysAddr.FromTrusted(1UL << Format.EvenAddressBits);
        if (Format.EvenAddressBits >= Format.PhysicalBitsAt(1)) border = PhysAddr.FromTrusted(8 * s_largeBytes);
        PhysAddr target = border - (3 * s_largeBytes);
        Assert.That(MapRange(s_base, target, 7 * s_largeBytes, Data), Is.EqualTo(PagingResult.Ok));
        for (ulong offset = 0; offset < 7 * s_largeBytes; offset += s_largeBytes)
        {
            _mapper.Translate(s_base + offset, out Translation translation);
            Assert.That(translation.Address, Is.EqualTo(target + offset));
        }
    }

    [Test]
    public void A_range_of_small_pages_has_no_large_ones()
    {
        PendingFlush flush = Carried(_mapper.MapRange(s_base, s_target, s_largeBytes + s_pageBytes, Data, LargePages.Never, out PagingResult result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.IsNone || !IsMappingSilent);
        Assert.That(PageShiftAt(s_base), Is.EqualTo(s_pageShift));
        Assert.That(PageShiftAt(s_base + s_largeBytes), Is.EqualTo(s_pageShift));
    }

    [Test]
    public void The_last_page_of_the_address_space_can_be_mapped()
    {
        VirtAddr last = At((1UL << Format.VirtualBits) - s_pageBytes);
        Assert.That(MapRange(last - s_pageBytes, s_target, 2 * s_pageBytes, Data), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.Translate(At((1UL << Format.VirtualBits) - 1), out Translation translation), Is.EqualTo(PagingResult.Ok));
        Assert.That(translation.Address, Is.EqualTo(s_target + ((2 * s_pageBytes) - 1)));
        Assert.That(UnmapRange(last - s_pageBytes, 2 * s_pageBytes), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Holes_are_passed_over_when_asked()
    {
        Map(s_base, s_target, Data);
        Map(s_base + (3 * s_pageBytes), s_target, Data);
        MapLarge(s_base + s_largeBytes, s_target, s_largeShift, Data);
        PendingFlush protect = Carried(_mapper.ProtectRange(s_base, 2 * s_largeBytes, Code, Holes.Skipped, out PagingResult result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(protect.PageCount * protect.PageSizeBytes, Is.EqualTo(s_largeBytes + s_largeBytes));
        _mapper.Translate(s_base + (3 * s_pageBytes), out Translation page);
        _mapper.Translate(s_base + s_largeBytes, out Translation large);
        Assert.That(page.Flags, Is.EqualTo(Format.Nearest(Code)));
        Assert.That(large.Flags, Is.EqualTo(Format.Nearest(Code)));

        PendingFlush unmap = Carried(_mapper.UnmapRange(s_base - (1UL << 30) + s_pageBytes, 1UL << 31, Holes.Skipped, out result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(unmap.DropsTables);
        Assert.That(_mapper.TableCount, Is.EqualTo(1));
    }

    [Test]
    public void A_split_page_says_the_same_in_smaller_pages()
    {
        const PageFlags Flags = Data | PageFlags.WriteCombining | PageFlags.Dirty;
        int shift = HasHugePages ? s_hugeShift : s_largeShift;
        ulong sizeBytes = 1UL << shift;
        MapLarge(s_base, s_target, shift, Flags);
        PendingFlush flush = Carried(_mapper.Split(s_base + (sizeBytes - s_largeBytes), out PagingResult result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.PageCount * flush.PageSizeBytes, Is.EqualTo(sizeBytes));
        if (HasHugePages)
        {
            Assert.That(PageShiftAt(s_base), Is.EqualTo(s_largeShift));
            flush = flush.And(Carried(_mapper.Split(s_base, out result)));
            Assert.That(result, Is.EqualTo(PagingResult.Ok));
            Assert.That(PageShiftAt(s_base + s_largeBytes), Is.EqualTo(s_largeShift));
        }

        Assert.That(flush.PageSizeBytes, Is.EqualTo(s_pageBytes));
        Assert.That(PageShiftAt(s_base), Is.EqualTo(s_pageShift));
        for (ulong offset = 0; offset < sizeBytes; offset += 97 * s_pageBytes)
        {
            _mapper.Translate(s_base + offset, out Translation translation);
            Assert.That(translation.Address, Is.EqualTo(s_target + offset));
            Assert.That(translation.Flags, Is.EqualTo(Format.Nearest(Flags)));
        }

        Assert.That(Carried(_mapper.Split(s_base, out result)).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.SizeNotSupported));
        Assert.That(Carried(_mapper.Split(s_base - 1, out result)).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.NotMapped));
        Assert.That(UnmapRange(s_base, sizeBytes), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.TableCount, Is.EqualTo(1));
    }

    [Test]
    public void Pages_in_a_row_merge_into_the_large_page_that_they_make()
    {
        PendingFlush mapped = Carried(_mapper.MapRange(s_base, s_target, s_largeBytes, Data | PageFlags.Global, LargePages.Never, out PagingResult result));
        ExpectMapped(mapped, result);
        Assert.That(Carried(_mapper.Protect(s_base + (3 * s_pageBytes), Data | PageFlags.Global, out result)).IsNone, Is.False);
        ulong tables = _mapper.TableCount;
        PendingFlush flush = Carried(_mapper.Merge(s_base + (5 * s_pageBytes) + 7, out result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        ExpectCovers(flush, s_base, s_largeBytes);
        Assert.That(flush.PageSizeBytes, Is.EqualTo(s_pageBytes), "each small translation may be held");
        Assert.That(flush.DropsTables && flush.IncludesGlobal);
        Assert.That(_mapper.TableCount, Is.EqualTo(tables - 1));
        Assert.That(PageShiftAt(s_base), Is.EqualTo(s_largeShift));
        _mapper.Translate(s_base + (s_largeBytes - 3), out Translation translation);
        Assert.That(translation.Address, Is.EqualTo(s_target + (s_largeBytes - 3)));
        Assert.That(translation.Flags, Is.EqualTo(Format.Nearest(Data | PageFlags.Global)));

        int outCount = _frames.OutCount;
        _mapper.FreeRetiredTables();
        Assert.That(_frames.OutCount, Is.EqualTo(outCount - 1));
        Assert.That(UnmapRange(s_base, s_largeBytes), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void A_merged_page_was_used_where_one_of_its_pages_was()
    {
        ulong last = s_largeBytes - s_pageBytes;
        MapSmall(s_base, s_target, s_pageBytes, Data | PageFlags.Accessed);
        MapSmall(s_base + s_pageBytes, s_target + s_pageBytes, last - s_pageBytes, Data);
        MapSmall(s_base + last, s_target + last, s_pageBytes, Data | PageFlags.Dirty);
        Assert.That(Carried(_mapper.Merge(s_base, out PagingResult result)).IsNone, Is.False);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        _mapper.Translate(s_base, out Translation translation);
        Assert.That(translation.Flags, Is.EqualTo(Format.Nearest(Data | PageFlags.Accessed | PageFlags.Dirty)));
    }

    [Test]
    public void What_does_not_make_a_large_page_is_not_merged()
    {
        ulong last = s_largeBytes - s_pageBytes;
        MapSmall(s_base, s_target, last, Data);
        Assert.That(Merge(s_base), Is.EqualTo(PagingResult.NotMapped), "a page is missing");
        MapSmall(s_base + last, s_target, s_pageBytes, Data);
        Assert.That(Merge(s_base), Is.EqualTo(PagingResult.NotUniform), "a frame elsewhere");
        Unmap(s_base + last);
        MapSmall(s_base + last, s_target + last, s_pageBytes, Data | PageFlags.User);
        Assert.That(Merge(s_base), Is.EqualTo(PagingResult.NotUniform), "another right");
        MapSmall(s_base + s_largeBytes, s_target + s_pageBytes, s_largeBytes, Data);
        Assert.That(Merge(s_base + s_largeBytes), Is.EqualTo(PagingResult.NotUniform), "frames that begin at no multiple");
        Assert.That(Merge(s_base + (2 * s_largeBytes)), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(_mapper.TryFindMergeable(s_base, 2 * s_largeBytes, out _), Is.False);
        _mapper = NewMapper(1);
        MapSmall(s_base, s_target, s_largeBytes, Data);
        Assert.That(Merge(s_base), Is.EqualTo(PagingResult.SizeNotSupported));
    }

    [Test]
    public void A_policy_finds_what_can_be_merged_one_after_the_other()
    {
        MapSmall(s_base, s_target, s_pageBytes, Data);
        MapSmall(s_base + s_largeBytes, s_target + s_largeBytes, 2 * s_largeBytes, Data);
        ulong sizeBytes = 5 * s_largeBytes;
        Assert.That(_mapper.TryFindMergeable(s_base, sizeBytes, out VirtAddr found));
        Assert.That(found, Is.EqualTo(s_base + s_largeBytes));
        Assert.That(Merge(found), Is.EqualTo(PagingResult.Ok));
        Assert.That(Merge(s_base + (2 * s_largeBytes)), Is.EqualTo(PagingResult.OutOfTables), "the first table waits for its flush");
        _mapper.FreeRetiredTables();
        Assert.That(_mapper.TryFindMergeable(s_base, sizeBytes, out found));
        Assert.That(found, Is.EqualTo(s_base + (2 * s_largeBytes)));
        Assert.That(Merge(found), Is.EqualTo(PagingResult.Ok));
        _mapper.FreeRetiredTables();
        Assert.That(_mapper.TryFindMergeable(s_base, sizeBytes, out _), Is.False);
        Assert.That(_mapper.TryFindMergeable(s_base + s_pageBytes, s_largeBytes, out _), Is.False);
    }

    [Test]
    public void What_was_noted_is_read_and_cleared_once()
    {
        const PageFlags Both = PageFlags.Accessed | PageFlags.Dirty;
        Map(s_base, s_target, Data | Both);
        PendingFlush flush = Carried(_mapper.TakeNoted(s_base, PageFlags.Accessed, out PageFlags noted, out PagingResult result));
        Assert.That((result, noted), Is.EqualTo((PagingResult.Ok, PageFlags.Accessed)));
        ExpectCovers(flush, s_base, s_pageBytes);
        flush = Carried(_mapper.TakeNoted(s_base, Both, out noted, out result));
        Assert.That((result, noted), Is.EqualTo((PagingResult.Ok, PageFlags.Dirty)));
        Assert.That(flush.IsNone, Is.False);
        Assert.That(Carried(_mapper.TakeNoted(s_base, Both, out noted, out result)).IsNone, "nothing new: nothing to forget");
        Assert.That((result, noted), Is.EqualTo((PagingResult.Ok, PageFlags.None)));
        _mapper.Translate(s_base, out Translation translation);
        Assert.That(translation.Flags, Is.EqualTo(Format.Nearest(Data)));
        Assert.That(Carried(_mapper.TakeNoted(s_base + s_pageBytes, Both, out _, out result)).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.NotMapped));
    }

    [TestCase("map")]
    [TestCase("map large")]
    [TestCase("map range")]
    [TestCase("split")]
    [TestCase("top table")]
    public void Failing_at_any_table_leaves_every_table_as_it_was(string operation)
    {
        if (operation == "top table") _mapper = NewMapper(int.MaxValue, TopTables.Kept);
        MapLarge(s_base, s_target, s_largeShift, Data);
        VirtAddr far = At((1UL << Format.VirtualBits) - (4 * s_largeBytes));
        for (int failures = 0; ; failures++)
        {
            byte[] before = TableBytes();
            int outBefore = _frames.OutCount;
            _frames.FailAfter(failures);
            PagingResult result;
            PendingFlush flush = operation switch
            {
                "map" => _mapper.Map(far, s_target, Data | PageFlags.User, out result),
                "map large" => _mapper.MapLarge(far, s_target, s_largeShift, Data | PageFlags.User, out result),
                "top table" => MakeTopTable(far, out result),
                "map range" => _mapper.MapRange(far - s_pageBytes, s_target, 3 * s_largeBytes, Data, LargePages.Never, out result),
                _ => _mapper.Split(s_base, out result),
            };
            _frames.FailAfter(-1);
            Carried(flush);
            if (result == PagingResult.Ok) break;
            Assert.That(result, Is.EqualTo(PagingResult.OutOfTables));
            Assert.That(flush.IsNone);
            Assert.That(_frames.OutCount, Is.EqualTo(outBefore));
            Assert.That(TableBytes(), Is.EqualTo(before), $"after failure {failures}");
            Assert.That(failures, Is.LessThan(16));
        }
    }

    [Test]
    public void A_kept_top_table_stays_when_it_is_empty()
    {
        _mapper = NewMapper(int.MaxValue, TopTables.Kept);
        Assert.That(_mapper.MakeTopTable(s_base, PageFlags.None), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.MakeTopTable(s_base + s_pageBytes, PageFlags.None), Is.EqualTo(PagingResult.Ok));
        Assert.That(_mapper.TableCount, Is.EqualTo(2));
        _tlb!.InvalidateLoaded(); // the root is loaded after that
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
        // Over a border of the highest tables there are, and with small pages at both ends.
        ulong border = Format.LevelCount > 2 ? 2 * s_hugeBytes : 64 * s_largeBytes;
        VirtAddr start = At(border - s_largeBytes - s_pageBytes);
        PhysAddr target = PhysAddr.FromTrusted(s_largeBytes - s_pageBytes);
        ulong sizeBytes = (4 * s_largeBytes) + (2 * s_pageBytes);
        int failures = 0;
        for (; ; failures++)
        {
            _frames.FailAfter(failures);
            PagingResult result = MapRange(start, target, sizeBytes, Data | PageFlags.User);
            if (result == PagingResult.Ok) break;
            Assert.That(result, Is.EqualTo(PagingResult.OutOfTables));
            Assert.That(_frames.OutCount, Is.EqualTo(outBefore));
            Assert.That(Snapshot(), Is.EqualTo(before), $"after failure {failures}");
            Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        }

        Assert.That(failures, Is.GreaterThanOrEqualTo(2));
        _frames.FailAfter(0);
        VirtAddr far = At((1UL << Format.VirtualBits) - s_largeBytes);
        Assert.That(Map(far, s_target, Data), Is.EqualTo(PagingResult.OutOfTables));
        PendingFlush split = Carried(_mapper.Split(start + s_pageBytes, out PagingResult splitResult));
        Assert.That(split.IsNone);
        Assert.That(splitResult, Is.EqualTo(PagingResult.OutOfTables));
    }

    [Test]
    public void The_visitor_sees_runs_in_order_and_merges_neighbours()
    {
        MapRange(s_base, s_target, 5 * s_pageBytes, Data);
        MapRange(s_base + (5 * s_pageBytes), s_target + (5 * s_pageBytes), s_pageBytes, Code);
        Map(s_base + (6 * s_pageBytes), s_target, Code);
        MapRange(s_base + s_largeBytes, PhysAddr.FromTrusted(0), 4 * s_largeBytes, Data);
        VirtAddr last = At((1UL << Format.VirtualBits) - s_largeBytes);
        MapRange(last, PhysAddr.FromTrusted(s_largeBytes), s_largeBytes, Data);

        RunRecorder recorder = new([]);
        _mapper.Walker.VisitMappings(ref recorder);
        PageFlags data = Format.Nearest(Data);
        PageFlags code = Format.Nearest(Code);
        Assert.That(recorder.Lines, Is.EqualTo(new[]
        {
            $"{s_base} {s_target} 5x{s_pageShift} {data}",
            $"{s_base + (5 * s_pageBytes)} {s_target + (5 * s_pageBytes)} 1x{s_pageShift} {code}",
            $"{s_base + (6 * s_pageBytes)} {s_target} 1x{s_pageShift} {code}",
            $"{s_base + s_largeBytes} P:0x0 4x{s_largeShift} {data}",
            $"{last} {PhysAddr.FromTrusted(s_largeBytes)} 1x{s_largeShift} {data}",
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
        Assert.That(recorder.Steps[^1].Flags, Is.EqualTo(Format.Nearest(Data)));
        for (int step = 0; step < recorder.Steps.Count - 1; step++) Assert.That(recorder.Steps[step].Kind, Is.EqualTo(WalkStepKind.Table));

        Assert.That(_mapper.Walker.Explain(s_base + s_pageBytes, ref recorder), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(recorder.Steps[^1].Kind, Is.EqualTo(WalkStepKind.Absent));
    }

    [Test]
    public void A_reserved_bit_at_any_level_is_reported()
    {
        int physicalBits = Format.EntryShift == 2 ? 32 : 40;
        PageTableWalker<WatchedMemory, TFormat> walker = new(_memory, _mapper.Root, physicalBits);
        Map(s_base, s_target, Data);
        MapLarge(s_base + s_largeBytes, s_target, s_largeShift, Data);
        int tried = 0;
        foreach (VirtAddr address in new[] { s_base, s_base + s_largeBytes })
        {
            StepRecorder recorder = new([]);
            walker.Explain(address, ref recorder);
            foreach (WalkStep step in recorder.Steps.ToArray())
            {
                ulong reserved = Format.ReservedBits(step.Entry, step.Level, physicalBits);
                for (; reserved != 0; reserved &= reserved - 1, tried++)
                {
                    Write(step, step.Entry | (reserved & (0UL - reserved)));
                    Assert.That(walker.Translate(address, out _), Is.EqualTo(PagingResult.ReservedBitSet));
                    Assert.That(walker.Explain(address, ref recorder), Is.EqualTo(PagingResult.ReservedBitSet));
                    Assert.That(recorder.Steps[^1].Level, Is.EqualTo(step.Level));
                    Assert.That(recorder.Steps[^1].Kind, Is.EqualTo(WalkStepKind.Reserved));
                    Write(step, step.Entry);
                }
            }
        }

        Assert.That(tried, Is.GreaterThan(8));
    }

    [Test]
    public void Each_invariant_that_is_broken_is_named()
    {
        Map(s_base, s_target, Code);
        StepRecorder recorder = new([]);
        _mapper.Walker.Explain(s_base, ref recorder);
        WalkStep page = recorder.Steps[^1];
        WalkStep link = recorder.Steps[^2];
        WalkStep root = recorder.Steps[0];

        bool canForbidExecution = Format.Nearest(PageFlags.Present) == PageFlags.Present;
        ulong both = Format.EncodePage(s_target, Data | Code, 0);
        Assert.That(With(page, both), Is.EqualTo(canForbidExecution ? PagingInvariant.NothingIsWritableAndExecutable : PagingInvariant.None));
        if (Format.TableCountShift >= 0)
            Assert.That(With(link, link.Entry + (1UL << Format.TableCountShift)), Is.EqualTo(PagingInvariant.EntryCountsAreRight));
        Assert.That(With(page, 0), Is.EqualTo(PagingInvariant.LinkedTablesAreNotEmpty));
        ulong reserved = Format.ReservedBits(root.Entry, root.Level, Format.PhysicalBits);
        if (reserved != 0) Assert.That(With(root, root.Entry | reserved), Is.EqualTo(PagingInvariant.NoReservedBitIsSet));
        Assert.That(With(root, 0), Is.EqualTo(PagingInvariant.TableCountIsRight));
    }

    private PagingInvariant With(WalkStep step, ulong entry)
    {
        Write(step, entry);
        PagingInvariant broken = _mapper.Validate();
        Write(step, step.Entry);
        return broken;
    }

    private void Write(WalkStep step, ulong entry)
    {
        TableEntries<WatchedMemory, TFormat> entries = new(_memory);
        entries.Write(entries.SlotAt(step.Table, step.Index), entry);
    }

    private static VirtAddr At(ulong bits) => new TableEntries<WatchedMemory, TFormat>(default).AddressAt(bits);

    // What is flushed is at least the range.
    private static void ExpectCovers(PendingFlush flush, VirtAddr start, ulong sizeBytes)
    {
        if (flush.IsEverything) return;
        Assert.That(flush.Start, Is.EqualTo(start));
        Assert.That(flush.PageCount * flush.PageSizeBytes, Is.EqualTo(sizeBytes));
    }

    private PageMapper<WatchedMemory, TFormat, HostTableFrames> NewMapper(int leafLevels, TopTables topTables = TopTables.Freed)
    {
        FrameNumber root = NewRoot();
        _tlb = new ModelTlb(Format, _memory, root.Start);
        return new PageMapper<WatchedMemory, TFormat, HostTableFrames>(_memory, _frames, root, leafLevels, topTables);
    }

    // What an operation returned is enough for a processor that remembers all it may.
    private PendingFlush Carried(PendingFlush flush)
    {
        _tlb!.Carry(flush);
        Assert.That(_tlb.FindStale(), Is.Null);
        return flush;
    }

    private FrameNumber NewRoot()
    {
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        return root;
    }

    // No processor has loaded the root before that.
    private PendingFlush MakeTopTable(VirtAddr address, out PagingResult result)
    {
        result = _mapper.MakeTopTable(address, PageFlags.User);
        return result == PagingResult.Ok ? PendingFlush.Everything(FlushScope.AddressSpace) : PendingFlush.None;
    }

    private PagingResult Map(VirtAddr page, PhysAddr target, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.Map(page, target, flags, out PagingResult result));
        ExpectMapped(flush, result);
        return result;
    }

    private PagingResult MapLarge(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.MapLarge(page, target, pageShift, flags, out PagingResult result));
        ExpectMapped(flush, result);
        return result;
    }

    private PagingResult MapRange(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.MapRange(start, target, sizeBytes, flags, LargePages.WhereTheyFit, out PagingResult result));
        ExpectMapped(flush, result);
        return result;
    }

    private static void ExpectMapped(PendingFlush flush, PagingResult result)
    {
        if (result != PagingResult.Ok) Assert.That(flush.IsNone);
        else if (Format.RemembersAbsence) Assert.That(flush.IsNone, Is.False);
    }

    // Mapping among tables that are there and allow it already.
    private static void ExpectSilent(PendingFlush flush) => Assert.That(flush.IsNone || !IsMappingSilent);

    private void MapSmall(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.MapRange(start, target, sizeBytes, flags, LargePages.Never, out PagingResult result));
        ExpectMapped(flush, result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
    }

    private PagingResult Merge(VirtAddr address)
    {
        Assert.That(Carried(_mapper.Merge(address, out PagingResult result)).IsNone, Is.EqualTo(result != PagingResult.Ok));
        return result;
    }

    // The contents of all frames that are out.
    private unsafe byte[] TableBytes()
    {
        using System.IO.MemoryStream bytes = new();
        foreach (ulong frame in _frames.OutFrames)
        {
            for (ulong part = 0; part < s_pageBytes; part += PageNumber.SizeBytes)
                bytes.Write(new System.ReadOnlySpan<byte>(_memory.Pointer(FrameNumber.FromTrusted(frame).Start + part), (int)PageNumber.SizeBytes));
        }

        return bytes.ToArray();
    }

    private PagingResult Unmap(VirtAddr page)
    {
        Assert.That(Carried(_mapper.Unmap(page, out _, out PagingResult result)).IsNone, Is.EqualTo(result != PagingResult.Ok));
        return result;
    }

    private PagingResult UnmapRange(VirtAddr start, ulong sizeBytes)
    {
        PendingFlush flush = Carried(_mapper.UnmapRange(start, sizeBytes, Holes.Refused, out PagingResult result));
        Assert.That(flush.IsNone, Is.EqualTo(result != PagingResult.Ok));
        return result;
    }

    private PagingResult Protect(VirtAddr page, PageFlags flags)
    {
        Assert.That(Carried(_mapper.Protect(page, flags, out PagingResult result)).IsNone, Is.EqualTo(result != PagingResult.Ok));
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
        all.Add(new System.ReadOnlySpan<byte>(_memory.Pointer(_mapper.Root), (int)s_pageBytes).ToArray());
        return [.. all];
    }
}
