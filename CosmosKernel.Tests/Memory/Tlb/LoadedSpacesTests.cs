using System;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using Mapper = MemOS.Memory.Paging.PageMapper<MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames>;

namespace MemOS.Tests.Memory.Tlb;

/// <summary>Switches and lazy flushes leave nothing stale under the number that is loaded, with and without numbers.</summary>
[TestFixture]
public sealed class LoadedSpacesTests
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const int SpaceCount = 5;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;

    private static readonly VirtAddr s_user = VirtAddr.FromTrusted(0x4000_0000);
    private static readonly VirtAddr s_kernel = VirtAddr.FromTrusted(0xFFFF_C000_0000_0000);

    private readonly Mapper[] _spaces = new Mapper[SpaceCount];
    private readonly SpaceTag[] _tags = new SpaceTag[SpaceCount];
    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private HostTlb _tlb;

    [TearDown]
    public void TearDown()
    {
        _tlb.Dispose();
        _memory.Dispose();
    }

    [Test]
    public void With_numbers_a_switch_back_forgets_nothing_unless_there_was_a_flush()
    {
        Start(2);
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Forgotten), "the first time");
        Assert.That(SwitchTo(0), Is.EqualTo(HeldTranslations.Kept));
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Kept));
        SwitchTo(0);
        Map(1, s_user, FrameNumber.FromTrusted(0x8_0000));
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Kept), "mapping needs no flush");
        SwitchTo(0);
        int before = Instructions;
        Unmap(1, s_user);
        Assert.That(Instructions, Is.EqualTo(before), "not loaded: later");
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Forgotten));
        Assert.That(SwitchTo(0), Is.EqualTo(HeldTranslations.Kept));
    }

    [Test]
    public void A_space_that_lost_its_number_starts_anew()
    {
        Start(2);
        SwitchTo(1);
        SwitchTo(2);
        SwitchTo(3);
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Forgotten));
    }

    [Test]
    public void Without_numbers_every_switch_forgets()
    {
        Start(1);
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Forgotten));
        Assert.That(SwitchTo(0), Is.EqualTo(HeldTranslations.Forgotten));
        Assert.That(SwitchTo(0), Is.EqualTo(HeldTranslations.Forgotten));
    }

    [Test]
    public void A_kernel_table_that_goes_is_forgotten_under_every_number()
    {
        Start(3);
        Map(0, s_kernel, FrameNumber.FromTrusted(0x9_0000));
        SwitchTo(1);
        SwitchTo(0);
        PendingFlush flush = _spaces[0].Unmap(s_kernel, out _, out _);
        Assert.That(flush.DropsTables);
        _tlb.Flush(flush);
        _spaces[0].FreeRetiredTables();
        Assert.That(SwitchTo(1), Is.EqualTo(HeldTranslations.Forgotten));
        Assert.That(SwitchTo(0), Is.EqualTo(HeldTranslations.Kept), "that one was told");
    }

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(3, 3)]
    [TestCase(4, 8)]
    public void Random_changes_and_switches_leave_nothing_stale(int seed, int numbers)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        Start(numbers);
        for (int operation = 0; operation < 3_000; operation++)
        {
            int space = random.Next(SpaceCount);
            ulong offset = ((ulong)random.Next(40) * PageBytes) + ((ulong)random.Next(3) << 21);
            // Few kernel pages, so that their tables come and go.
            VirtAddr kernel = s_kernel + ((ulong)random.Next(2) << 21);
            FrameNumber frame = FrameNumber.FromTrusted(0x8_0000 + (ulong)random.Next(0x1000));
            switch (random.Next(8))
            {
                case 0 or 1: Map(space, s_user + offset, frame); break;
                case 2: Unmap(space, s_user + offset); break;
                case 3: UnmapSome(space, random); break;
                case 4: Map(0, kernel, frame); break;
                case 5: UnmapKernel(kernel); break;
                default: SwitchTo(space); break;
            }

            Assert.That(_tlb.Model.FindStale(), Is.Null, $"seed {seed}, operation {operation}");
        }

        Assert.That(_tlb.Model.Counts.Root, Is.GreaterThan(500));
    }

    private int Instructions => _tlb.Model.Counts.Page + _tlb.Model.Counts.Loaded + _tlb.Model.Counts.All;

    // Space 0 has the kernel's half; the others share its table.
    private void Start(int numbers)
    {
        _memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x100), 256);
        _frames = HostTableFrames.Over(_memory);
        for (int space = 0; space < SpaceCount; space++)
        {
            Assert.That(_frames.TryAllocate(out FrameNumber root));
            _spaces[space] = new Mapper(_memory, _frames, root, int.MaxValue, TopTables.Kept);
            _tags[space] = new SpaceTag((ulong)space);
            if (space == 0) Assert.That(_spaces[0].MakeTopTable(s_kernel, PageFlags.None), Is.EqualTo(PagingResult.Ok));
            ulong slot = (s_kernel.Value >> 39 & 511) * sizeof(ulong);
            _memory.WriteWord(root.Start + slot, _memory.ReadWord(_spaces[0].Root + slot));
        }

        _tlb = new HostTlb(new ModelTlb(default(X64FourLevel), _memory, _spaces[0].Root), numbers, in _tags[0]);
    }

    private HeldTranslations SwitchTo(int space)
    {
        HeldTranslations held = _tlb.SwitchAndTell(_spaces[space].Root, in _tags[space]);
        Assert.That(_tlb.IsLoaded(in _tags[space]));
        Assert.That(_tlb.Model.FindStale(), Is.Null);
        return held;
    }

    private void Map(int space, VirtAddr page, FrameNumber frame)
    {
        PageFlags flags = page.IsUpperHalf ? Data | PageFlags.Global : Data | PageFlags.User;
        _tlb.Flush(ref _tags[space], _spaces[space].Map(page, frame.Start, flags, out PagingResult result));
        Assert.That(result, Is.EqualTo(PagingResult.Ok).Or.EqualTo(PagingResult.AlreadyMapped));
    }

    private void Unmap(int space, VirtAddr page)
    {
        _tlb.Flush(ref _tags[space], _spaces[space].Unmap(page, out _, out _));
        _spaces[space].FreeRetiredTables();
    }

    private void UnmapKernel(VirtAddr page)
    {
        _tlb.Flush(_spaces[0].Unmap(page, out _, out _));
        _spaces[0].FreeRetiredTables();
    }

    private void UnmapSome(int space, Random random)
    {
        FlushBatch batch = default;
        int count = random.Next(1, 60);
        for (int page = 0; page < count; page++)
        {
            VirtAddr at = s_user + ((ulong)random.Next(40) * PageBytes) + ((ulong)random.Next(3) << 21);
            batch.Add(_spaces[space].Unmap(at, out _, out _));
        }

        _tlb.Flush(ref _tags[space], in batch);
        _spaces[space].FreeRetiredTables();
    }
}
