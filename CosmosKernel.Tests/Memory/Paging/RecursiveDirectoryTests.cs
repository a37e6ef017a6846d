using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>What the tables show of themselves is where the walker finds the entries.</summary>
[TestFixture(typeof(X86TwoLevel))]
[TestFixture(typeof(X86Pae))]
public sealed class RecursiveDirectoryTests<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;
    private const ulong Last = 0xFFFF_F000;

    private static readonly ulong s_largeBytes = 1UL << (12 + default(TFormat).IndexBits);

    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private PageMapper<WatchedMemory, TFormat, HostTableFrames> _mapper;

    [SetUp]
    public void SetUp()
    {
        _memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x100), 64);
        _frames = HostTableFrames.Over(_memory);
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        _mapper = new PageMapper<WatchedMemory, TFormat, HostTableFrames>(_memory, _frames, root, int.MaxValue, TopTables.Kept);
    }

    [TearDown]
    public void TearDown() => _memory.Dispose();

    [TestCase(0x1000UL)]
    [TestCase(0x40_0000UL)]
    [TestCase(0x7FFF_F000UL)]
    [TestCase(0xC000_3000UL)]
    [TestCase(0xFF00_0000UL)]
    public void Each_entry_is_seen_where_the_arithmetic_says(ulong address)
    {
        MakeRecursive();
        VirtAddr page = VirtAddr.FromTrusted(address);
        Map(page);
        StepRecorder steps = new([]);
        Assert.That(_mapper.Walker.Explain(page, ref steps), Is.EqualTo(PagingResult.Ok));
        for (int level = 0; level < 2; level++)
        {
            WalkStep step = steps.Steps[^(level + 1)];
            Assert.That(_mapper.Translate(_mapper.EntryInWindow(page, level), out Translation seen), Is.EqualTo(PagingResult.Ok));
            Assert.That(seen.Address, Is.EqualTo(step.Table + ((ulong)step.Index << default(TFormat).EntryShift)), $"level {level}");
            Assert.That(seen.Flags, Is.EqualTo(default(TFormat).Nearest(Data) | (seen.Flags & PageFlags.Accessed)));
        }

        Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
    }

    [Test]
    public void Nobody_changes_what_is_seen_there()
    {
        MakeRecursive();
        VirtAddr window = _mapper.EntryInWindow(VirtAddr.Zero, 0);
        foreach (VirtAddr address in new[] { window, VirtAddr.FromTrusted(Last) })
        {
            Expect(_mapper.Map(address, PhysAddr.Zero, Data, out PagingResult result), result);
            Expect(_mapper.MapLarge(address.AlignDown(s_largeBytes), PhysAddr.Zero, 12 + default(TFormat).IndexBits, Data, out result), result);
            Expect(_mapper.Unmap(address, out _, out result), result);
            Expect(_mapper.Protect(address, Data, out result), result);
            Expect(_mapper.MapRange(address, PhysAddr.Zero, 4096, Data, LargePages.Never, out result), result);
            Expect(_mapper.UnmapRange(address, 4096, Holes.Skipped, out result), result);
            Expect(_mapper.Split(address, out result), result);
            Expect(_mapper.Merge(address, out result), result);
            Expect(_mapper.TakeNoted(address, PageFlags.Dirty, out _, out result), result);
        }

        Expect(_mapper.MapRange(window - 4096, PhysAddr.Zero, 8192, Data, LargePages.Never, out PagingResult across), across);
        Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
    }

    [Test]
    public void A_window_in_use_or_too_few_tables_change_nothing()
    {
        Map(VirtAddr.FromTrusted(Last));
        Assert.That(_mapper.MakeRecursive(out PagingResult result).IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.AlreadyMapped));
        Assert.That(_mapper.Unmap(VirtAddr.FromTrusted(Last), out _, out _).IsNone, Is.False);
        _mapper.FreeRetiredTables();
        ulong tables = _mapper.TableCount;
        for (int failures = 0; default(TFormat).LevelCount > 2; failures++)
        {
            _frames.FailAfter(failures);
            PendingFlush flush = _mapper.MakeRecursive(out result);
            _frames.FailAfter(-1);
            if (result == PagingResult.Ok) break;
            Assert.That(flush.IsNone);
            Assert.That(result, Is.EqualTo(PagingResult.OutOfTables));
            Assert.That(_mapper.TableCount, Is.EqualTo(tables));
            Assert.That(_mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        }
    }

    [Test]
    public void A_broken_recursion_is_named()
    {
        MakeRecursive();
        Assert.That(_mapper.Translate(_mapper.EntryInWindow(VirtAddr.FromTrusted(Last), 1), out Translation entry), Is.EqualTo(PagingResult.Ok));
        PhysAddr word = entry.Address.AlignDown(8);
        _memory.WriteWord(word, _memory.ReadWord(word) ^ (1UL << 12) ^ (1UL << 44));
        Assert.That(_mapper.Validate(), Is.Not.EqualTo(PagingInvariant.None));
    }

    private void MakeRecursive()
    {
        Assert.That(_mapper.MakeRecursive(out PagingResult result).IsNone, Is.Not.EqualTo(default(TFormat).HoldsRoot));
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
    }

    private void Map(VirtAddr page)
    {
        PendingFlush flush = _mapper.Map(page, PhysAddr.FromTrusted(0x20_0000), Data, out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.IsNone || default(TFormat).HoldsRoot);
    }

    private static void Expect(PendingFlush flush, PagingResult result)
    {
        Assert.That(flush.IsNone);
        Assert.That(result, Is.EqualTo(PagingResult.ShowsTables));
    }
}
