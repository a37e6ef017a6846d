using System;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>Random operations on a mapper and on the plain model give the same results and the same mappings.</summary>
[TestFixture(typeof(X86TwoLevel))]
[TestFixture(typeof(X86Pae))]
[TestFixture(typeof(X64FourLevel))]
[TestFixture(typeof(X64FiveLevel))]
[TestFixture(typeof(AArch64Lower4K))]
[TestFixture(typeof(AArch64Upper4K))]
[TestFixture(typeof(AArch64Lower16K))]
[TestFixture(typeof(AArch64Upper16K))]
[TestFixture(typeof(AArch64Lower64K))]
[TestFixture(typeof(AArch64Upper64K))]
[TestFixture(typeof(Sv39))]
[TestFixture(typeof(Sv48))]
[TestFixture(typeof(Sv57))]
public sealed class PageMapperModelTests<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const int TableCount = 160;

    private static readonly int[] s_shifts = Shifts();
    private static readonly ulong s_pageBytes = 1UL << s_shifts[0];
    private static readonly ulong s_largeBytes = 1UL << s_shifts[1];
    private static readonly ulong[] s_places = Places();

    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private PageMapper<WatchedMemory, TFormat, HostTableFrames> _mapper;
    private ModelTlb? _tlb;
    private MappingModel _model = new(s_shifts);
    private Random _random = new(0);
    private int _merges;
    private ulong _fixedTables;

    [TestCase(1, 4_000)]
    [TestCase(2, 4_000)]
    [TestCase(3, 4_000)]
    [TestCase(4, 100_000, Category = "Long", Explicit = true)]
    public void The_mapper_and_the_model_agree(int seed, int operations) => Run(seed, operations, isRecursive: false);

    [TestCase(5, 4_000)]
    [TestCase(6, 4_000)]
    public void They_agree_when_the_tables_show_themselves(int seed, int operations)
    {
        if (Format.RecursiveEntries != 0) Run(seed, operations, isRecursive: true);
        else Assert.Pass("the format has no recursive directory");
    }

    private void Run(int seed, int operations, bool isRecursive)
    {
        using WatchedMemory memory = WatchedMemory.Create((TableCount * s_pageBytes) >> FrameNumber.Shift);
        Start(memory, seed, isRecursive);
        if (s_shifts[0] != PageNumber.Shift) operations /= 8; // the model TLB looks through larger tables
        for (int operation = 0; operation < operations; operation++)
        {
            try
            {
                Step();
                if (operation % 16 == 0) Compare();
            }
            catch (Exception failure) when (failure is not AssertionException)
            {
                Assert.Fail($"seed {seed}, operation {operation}: {failure}");
            }
        }

        Compare();
        Assert.That(_merges, Is.Positive);
        ClearAll();
        Assert.That(_mapper.TableCount, Is.EqualTo(_fixedTables));
        _mapper.FreeRetiredTables();
        Assert.That(_frames.OutCount, Is.EqualTo((int)_fixedTables), "no table is lost");
    }

    private void Start(WatchedMemory memory, int seed, bool isRecursive)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        _memory = memory;
        _frames = HostTableFrames.Over(memory, s_shifts[0]);
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        _mapper = new PageMapper<WatchedMemory, TFormat, HostTableFrames>(_memory, _frames, root, int.MaxValue, isRecursive && Format.LevelCount > 2 ? TopTables.Kept : TopTables.Freed);
        _tlb = new ModelTlb(Format, _memory, root.Start);
        PagingResult recursive = PagingResult.Ok;
        if (isRecursive) _tlb.Carry(_mapper.MakeRecursive(out recursive));
        Assert.That(recursive, Is.EqualTo(PagingResult.Ok));
        _fixedTables = _mapper.TableCount;
        _model = new MappingModel(s_shifts);
        _random = new Random(seed);
    }

    private void Step()
    {
        ulong start = RandomPage();
        ulong target = ((ulong)_random.Next(1 << 16) << s_shifts[0]) | (start & (s_largeBytes - 1));
        PageFlags flags = RandomFlags();
        // Tables run out now and then: the mapper must refuse and change nothing.
        int limit = _random.Next(8) == 0 ? _random.Next(3) : -1;
        _frames.FailAfter(limit);
        switch (_random.Next(10))
        {
            case 0: MapSmall(start, target, flags); break;
            case 1 when _random.Next(2) == 0: MapPages(start, flags); break;
            case 1: MapLarge(start, target, flags); break;
            case 2 or 3: MapRange(start, target, flags); break;
            case 4: Unmap(Existing(start)); break;
            case 5: Protect(Existing(start), flags); break;
            case 6: ChangeRange(start, flags); break;
            case 7: Split(Existing(start)); break;
            case 8: Merge(Existing(start)); break;
            default: Translate(start); break;
        }

        _frames.FailAfter(-1);
        if (_random.Next(20) == 0) ClearAll();
        if (_mapper.RetiredTableCount > TableCount / 4) _mapper.FreeRetiredTables();
    }

    private void MapSmall(ulong start, ulong target, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.Map(Virt(start), Phys(target), flags, out PagingResult result));
        Assert.That(flush.IsNone || IsAnnounced(result, flags));
        if (result != PagingResult.OutOfTables) Assert.That(result, Is.EqualTo(_model.Map(start, target, s_pageBytes, Format.Nearest(flags), s_shifts[0])));
    }

    private unsafe void MapPages(ulong start, PageFlags flags)
    {
        PhysAddr[] targets = new PhysAddr[_random.Next(1, 80)];
        for (int index = 0; index < targets.Length; index++) targets[index] = Phys((ulong)_random.Next(1 << 16) << s_shifts[0]);
        PendingFlush flush;
        PagingResult result;
        fixed (PhysAddr* first = targets) flush = Carried(_mapper.MapPages(Virt(start), first, targets.Length, flags, out result));
        Assert.That(flush.IsNone || IsAnnounced(result, flags));
        if (result == PagingResult.OutOfTables) return;

        PagingResult expected = PagingResult.Ok;
        int mapped = 0;
        for (; mapped < targets.Length && expected == PagingResult.Ok; mapped++)
            expected = _model.Map(start + ((ulong)mapped * s_pageBytes), targets[mapped].Value, s_pageBytes, Format.Nearest(flags), s_shifts[0]);
        Assert.That(result == PagingResult.Ok, Is.EqualTo(expected == PagingResult.Ok));
        if (expected == PagingResult.Ok) return;
        for (int index = 0; index < mapped - 1; index++) _model.Unmap(start + ((ulong)index * s_pageBytes), out _);
    }

    private void MapLarge(ulong start, ulong target, PageFlags flags)
    {
        start &= ~(s_largeBytes - 1);
        target &= ~(s_largeBytes - 1);
        PendingFlush flush = Carried(_mapper.MapLarge(Virt(start), Phys(target), s_shifts[1], flags, out PagingResult result));
        Assert.That(flush.IsNone || IsAnnounced(result, flags));
        if (result != PagingResult.OutOfTables) Assert.That(result, Is.EqualTo(_model.Map(start, target, s_largeBytes, Format.Nearest(flags), s_shifts[1])));
    }

    private void MapRange(ulong start, ulong target, PageFlags flags)
    {
        ulong sizeBytes = RandomSize();
        LargePages pages = _random.Next(4) switch { 0 => LargePages.Never, 1 => LargePages.UpToNextSize, _ => LargePages.WhereTheyFit };
        if (pages != LargePages.Never && _random.Next(2) == 0) target = start & 0x3FFF_FFFF;
        PendingFlush flush = Carried(_mapper.MapRange(Virt(start), Phys(target), sizeBytes, flags, pages, out PagingResult result));
        Assert.That(flush.IsNone || IsAnnounced(result, flags));
        if (result == PagingResult.OutOfTables) return;
        Assert.That(result, Is.EqualTo(_model.Map(start, target, sizeBytes, Format.Nearest(flags), LargestShift(pages))));
    }

    private void Unmap(ulong start)
    {
        PendingFlush flush = Carried(_mapper.Unmap(Virt(start), out PageEntry<TFormat> unmapped, out PagingResult result));
        Assert.That(result, Is.EqualTo(_model.Unmap(start, out MappingModel.Page page)));
        Assert.That(flush.IsNone, Is.EqualTo(result != PagingResult.Ok));
        if (result != PagingResult.Ok) return;
        Assert.That(unmapped.Address.Value, Is.EqualTo(page.Target));
        Assert.That(unmapped.Flags, Is.EqualTo(page.Flags));
        Assert.That(unmapped.PageShift, Is.EqualTo(page.Shift));
    }

    private void Protect(ulong start, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.Protect(Virt(start), flags, out PagingResult result));
        Assert.That(result, Is.EqualTo(_model.Protect(start, Format.Nearest(flags))));
        Assert.That(flush.IsNone, Is.EqualTo(result != PagingResult.Ok));
    }

    private void ChangeRange(ulong start, PageFlags flags)
    {
        ulong sizeBytes = RandomSize();
        Holes holes = _random.Next(3) == 0 ? Holes.Refused : Holes.Skipped;
        PagingResult expected = _model.CheckRange(start, sizeBytes, holes);
        bool isProtect = _random.Next(2) == 0;
        PendingFlush flush = Carried(isProtect
            ? _mapper.ProtectRange(Virt(start), sizeBytes, flags, holes, out PagingResult result)
            : _mapper.UnmapRange(Virt(start), sizeBytes, holes, out result));

        // With both reasons in one range, either may be named.
        Assert.That(result == PagingResult.Ok, Is.EqualTo(expected == PagingResult.Ok));
        if (result != PagingResult.Ok)
        {
            Assert.That(flush.IsNone);
            return;
        }

        if (isProtect) _model.ProtectRange(start, sizeBytes, Format.Nearest(flags));
        else _model.UnmapRange(start, sizeBytes);
    }

    private void Split(ulong address)
    {
        PendingFlush flush = Carried(_mapper.Split(Virt(address), out PagingResult result));
        Assert.That(flush.IsNone, Is.EqualTo(result != PagingResult.Ok));
        if (result != PagingResult.OutOfTables) Assert.That(result, Is.EqualTo(_model.Split(address)));
    }

    // A page is split first now and then: by chance alone hardly anything makes a large page.
    private void Merge(ulong address)
    {
        if (_random.Next(2) == 0) Split(address);
        PendingFlush flush = Carried(_mapper.Merge(Virt(address), out PagingResult result));
        Assert.That(flush.IsNone, Is.EqualTo(result != PagingResult.Ok));
        Assert.That(result, Is.EqualTo(_model.Merge(address)));
        if (result != PagingResult.Ok) return;
        _merges++;
        _mapper.FreeRetiredTables();
    }

    private void Translate(ulong start)
    {
        ulong address = start + (ulong)_random.Next((int)s_pageBytes);
        PagingResult result = _mapper.Translate(Virt(address), out Translation translation);
        bool isMapped = _model.TryFind(address, out ulong at, out MappingModel.Page page);
        Assert.That(result, Is.EqualTo(isMapped ? PagingResult.Ok : PagingResult.NotMapped));
        if (!isMapped) return;
        Assert.That(translation.Address.Value, Is.EqualTo(page.Target + (address - at)));
        Assert.That(translation.Flags, Is.EqualTo(page.Flags));
        Assert.That(translation.PageShift, Is.EqualTo(page.Shift));
    }

    // All mappings, seen by walking and by the model; and the invariants.
    private void Compare()
    {
        Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        Assert.That(_frames.OutCount, Is.EqualTo((int)(_mapper.TableCount + _mapper.RetiredTableCount)));
        BelowWindow seen = new(new RunRecorder([]), WindowStart);
        _mapper.Walker.VisitMappings(ref seen);
        RunRecorder expected = new([]);
        MappedRun run = default;
        foreach ((ulong start, MappingModel.Page page) in _model.Pages)
        {
            MappedRun next = new(Virt(start), Phys(page.Target), 1, page.Shift, page.Flags);
            if (run.PageCount != 0 && run.Continues(next))
            {
                run = run.With(next);
                continue;
            }

            if (run.PageCount != 0) expected.Visit(in run);
            run = next;
        }

        if (run.PageCount != 0) expected.Visit(in run);
        Assert.That(seen.Lines, Is.EqualTo(expected.Lines));
    }

    private void ClearAll()
    {
        foreach (ulong place in s_places)
        {
            ulong start = place;
            ulong sizeBytes = 2 * s_largeBytes;
            PendingFlush flush = Carried(_mapper.UnmapRange(Virt(start), sizeBytes, Holes.Skipped, out PagingResult result));
            Assert.That(result, Is.EqualTo(_model.CheckRange(start, sizeBytes, Holes.Skipped)));
            if (result != PagingResult.Ok) continue;
            _model.UnmapRange(start, sizeBytes);
            Assert.That(flush.IsNone || flush.IsEverything || flush.PageCount != 0);
        }
    }

    private static TFormat Format => default;

    // Whether mapping may ask for a flush: a processor may hold that nothing was there, or the root, or that tables are the kernel's.
    private static bool IsAnnounced(PagingResult result, PageFlags flags) =>
        result == PagingResult.Ok && (Format.RemembersAbsence || Format.HoldsRoot || (flags & PageFlags.User) != 0);

    private static int[] Shifts() =>
        [.. Enumerable.Range(0, Format.LevelCount).Where(level => ((Format.LeafLevels >> level) & 1) != 0).Select(level => Format.PageShift + (level * Format.IndexBits))];

    // Few places, close together, so that operations meet: round a border of each level, and of a half. Two large pages from each on are used.
    private static ulong[] Places()
    {
        TableEntries<WatchedMemory, TFormat> entries = new(default);
        ulong huge = Format.LevelCount > 2 ? entries.SizeOf(2) : 64 * s_largeBytes;
        ulong size = 1UL << Format.VirtualBits;
        ulong[] places =
        [
            s_largeBytes, huge - s_largeBytes, (2 * huge) - (3 * s_largeBytes), (size / 2) - (2 * s_largeBytes), size / 2, size - (8 * s_largeBytes),
        ];
        return [.. places.Select(place => entries.AddressAt(place).Value)];
    }

    private static ulong WindowStart => Format.RecursiveEntries == 0 ? ulong.MaxValue : (1UL << Format.VirtualBits) - ((ulong)Format.RecursiveEntries * s_largeBytes);

    private static int LargestShift(LargePages pages) =>
        pages switch { LargePages.Never => s_shifts[0], LargePages.UpToNextSize => s_shifts[1], _ => s_shifts[^1] };

    private ulong RandomPage() => s_places[_random.Next(s_places.Length)] + ((ulong)_random.Next(700) * s_pageBytes);

    private ulong RandomSize() => (ulong)(_random.Next(3) == 0 ? _random.Next(1, 9) : _random.Next(1, 300)) * s_pageBytes;

    private ulong Existing(ulong start) =>
        _model.PageCount != 0 && _random.Next(4) != 0 ? _model.AnyPage(_random.Next()) : start;

    private PageFlags RandomFlags()
    {
        PageFlags flags = PageFlags.Present;
        if (_random.Next(2) == 0) flags |= PageFlags.Global;
        if (_random.Next(2) == 0) flags |= PageFlags.WriteThrough;
        if (_random.Next(2) == 0) flags |= PageFlags.User;
        return flags | (_random.Next(3) switch { 0 => PageFlags.Writable, 1 => PageFlags.Executable, _ => PageFlags.None });
    }

    // What an operation returned is enough for a processor that remembers all it may.
    private PendingFlush Carried(PendingFlush flush)
    {
        _tlb!.Carry(flush);
        Assert.That(_tlb.FindStale(), Is.Null);
        return flush;
    }

    private static VirtAddr Virt(ulong value) => VirtAddr.FromTrusted(value);

    private static PhysAddr Phys(ulong value) => PhysAddr.FromTrusted(value);

    // Without the recursive directory, of which the model knows nothing.
    private readonly struct BelowWindow(RunRecorder recorder, ulong window) : IMappingVisitor
    {
        public System.Collections.Generic.List<string> Lines => recorder.Lines;

        public bool Visit(in MappedRun run) => run.Start.Value >= window || recorder.Visit(in run);
    }
}
