using System;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>Random operations on a mapper and on the plain model give the same results and the same mappings.</summary>
[TestFixture(typeof(X64FourLevel))]
[TestFixture(typeof(X64FiveLevel))]
public sealed class PageMapperModelTests<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const ulong TwoMiB = 1UL << 21;
    private const int FrameCount = 160;

    // Few places, close together, so that operations meet: round a 2 MiB, a 1 GiB and a half's border.
    private static readonly ulong[] s_places =
    [
        0x0000_0000_0020_0000, 0x0000_0000_3FE0_0000, 0x0000_0000_7FC0_0000, 0x0000_7FFF_FFC0_0000,
        0xFFFF_8000_0000_0000, 0xFFFF_FFFF_8000_0000,
    ];

    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private PageMapper<WatchedMemory, TFormat, HostTableFrames> _mapper;
    private ModelTlb? _tlb;
    private MappingModel _model = new();
    private Random _random = new(0);
    private int _merges;

    [TestCase(1, 4_000)]
    [TestCase(2, 4_000)]
    [TestCase(3, 4_000)]
    [TestCase(4, 100_000, Category = "Long", Explicit = true)]
    public void The_mapper_and_the_model_agree(int seed, int operations)
    {
        using WatchedMemory memory = WatchedMemory.Create(FrameCount);
        Start(memory, seed);
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
        Assert.That(_mapper.TableCount, Is.EqualTo(1));
        _mapper.FreeRetiredTables();
        Assert.That(_frames.OutCount, Is.EqualTo(1), "no table is lost");
    }

    private void Start(WatchedMemory memory, int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        _memory = memory;
        _frames = HostTableFrames.Over(memory);
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        _mapper = new PageMapper<WatchedMemory, TFormat, HostTableFrames>(_memory, _frames, root, int.MaxValue, TopTables.Freed);
        _tlb = new ModelTlb(default(TFormat), _memory, root.Start);
        _model = new MappingModel();
        _random = new Random(seed);
    }

    private void Step()
    {
        ulong start = RandomPage();
        ulong target = ((ulong)_random.Next(1 << 20) << 12) | (start & (TwoMiB - 1) & ~(PageBytes - 1));
        PageFlags flags = RandomFlags();
        // Tables run out now and then: the mapper must refuse and change nothing.
        int limit = _random.Next(8) == 0 ? _random.Next(3) : -1;
        _frames.FailAfter(limit);
        switch (_random.Next(10))
        {
            case 0: MapSmall(start, target, flags); break;
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
        if (_mapper.RetiredTableCount > FrameCount / 4) _mapper.FreeRetiredTables();
    }

    private void MapSmall(ulong start, ulong target, PageFlags flags)
    {
        PendingFlush flush = Carried(_mapper.Map(Virt(start), Phys(target), flags, out PagingResult result));
        Assert.That(flush.IsNone);
        if (result != PagingResult.OutOfTables) Assert.That(result, Is.EqualTo(_model.Map(start, target, PageBytes, flags, 12)));
    }

    private void MapLarge(ulong start, ulong target, PageFlags flags)
    {
        start &= ~(TwoMiB - 1);
        target &= ~(TwoMiB - 1);
        PendingFlush flush = Carried(_mapper.MapLarge(Virt(start), Phys(target), 21, flags, out PagingResult result));
        Assert.That(flush.IsNone);
        if (result != PagingResult.OutOfTables) Assert.That(result, Is.EqualTo(_model.Map(start, target, TwoMiB, flags, 21)));
    }

    private void MapRange(ulong start, ulong target, PageFlags flags)
    {
        ulong sizeBytes = RandomSize();
        LargePages pages = _random.Next(4) == 0 ? LargePages.Never : LargePages.WhereTheyFit;
        if (pages == LargePages.WhereTheyFit && _random.Next(2) == 0) target = start & 0x3FFF_F000;
        PendingFlush flush = Carried(_mapper.MapRange(Virt(start), Phys(target), sizeBytes, flags, pages, out PagingResult result));
        Assert.That(flush.IsNone);
        if (result == PagingResult.OutOfTables) return;
        Assert.That(result, Is.EqualTo(_model.Map(start, target, sizeBytes, flags, pages == LargePages.Never ? 12 : 30)));
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
        Assert.That(result, Is.EqualTo(_model.Protect(start, flags)));
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

        if (isProtect) _model.ProtectRange(start, sizeBytes, flags);
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
        ulong address = start + (ulong)_random.Next((int)PageBytes);
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
        RunRecorder seen = new([]);
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
            ulong start = place - (2 * TwoMiB) >= place || place < 2 * TwoMiB || place == 0xFFFF_8000_0000_0000 ? place : place - (2 * TwoMiB);
            ulong sizeBytes = place == 0x0000_7FFF_FFC0_0000 ? 4 * TwoMiB : 1UL << 30;
            PendingFlush flush = Carried(_mapper.UnmapRange(Virt(start), sizeBytes, Holes.Skipped, out PagingResult result));
            Assert.That(result, Is.EqualTo(_model.CheckRange(start, sizeBytes, Holes.Skipped)));
            if (result != PagingResult.Ok) continue;
            _model.UnmapRange(start, sizeBytes);
            Assert.That(flush.IsNone || flush.PageCount != 0);
        }
    }

    private ulong RandomPage() => s_places[_random.Next(s_places.Length)] + ((ulong)_random.Next(700) * PageBytes);

    private ulong RandomSize() => (ulong)(_random.Next(3) == 0 ? _random.Next(1, 9) : _random.Next(1, 300)) * PageBytes;

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
}
