using System;
using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using Mapper = MemOS.Memory.Paging.PageMapper<MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames>;
using Space = MemOS.Memory.Virtual.AddressSpace<
    MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames, MemOS.Tests.Fakes.HostTlb, MemOS.Tests.Fakes.HostGuard>;

namespace MemOS.Tests.Memory.Virtual;

/// <summary>Address spaces over one kernel half, on a processor that keeps all it may.</summary>
[TestFixture(1)]
[TestFixture(3)]
[TestFixture(8)]
public sealed class AddressSpaceTests(int numbers)
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable | PageFlags.User;

    private static readonly VirtAddr s_user = VirtAddr.FromTrusted(0x4000_0000);
    private static readonly VirtAddr s_kernel = VirtAddr.FromTrusted(0xFFFF_C000_0000_0000);
    private static readonly PhysAddr s_target = PhysAddr.FromTrusted(0x8000_0000);

    private static RunRecorder s_nobody = new([]);

    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private HostTlb _tlb;
    private Mapper _kernel;
    private SpaceTag _kernelTag = new(0);
    private ulong _made;

    [SetUp]
    public void SetUp()
    {
        _memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x100), 1024);
        _frames = HostTableFrames.Over(_memory);
        Assert.That(_frames.TryAllocate(out FrameNumber root));
        _kernel = new Mapper(_memory, _frames, root, int.MaxValue, TopTables.Kept);
        Assert.That(_kernel.MakeTopTable(s_kernel, PageFlags.None), Is.EqualTo(PagingResult.Ok));
        _tlb = new HostTlb(new ModelTlb(default(X64FourLevel), _memory, _kernel.Root), numbers, in _kernelTag);
        _made = 0;
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(_tlb.Model.FindStale(), Is.Null);
        _tlb.Dispose();
        _memory.Dispose();
    }

    [Test]
    public void Spaces_have_their_own_lower_half_and_the_kernels_upper()
    {
        Space first = NewSpace();
        Space second = NewSpace();
        Assert.That(first.Map(s_user, s_target, PageBytes, Data, LargePages.Never), Is.EqualTo(PagingResult.Ok));
        Assert.That(second.Map(s_user, s_target + PageBytes, PageBytes, Data, LargePages.Never), Is.EqualTo(PagingResult.Ok));
        MapKernel(s_kernel, s_target);
        foreach ((Space space, PhysAddr expected) in new[] { (first, s_target), (second, s_target + PageBytes) })
        {
            Assert.That(space.Translate(s_user, out Translation own), Is.EqualTo(PagingResult.Ok));
            Assert.That(own.Address, Is.EqualTo(expected));
            Assert.That(space.Translate(s_kernel, out Translation shared), Is.EqualTo(PagingResult.Ok), "mapped after the space was made");
            Assert.That(shared.Address, Is.EqualTo(s_target));
            Assert.That(space.Validate(_kernel.Root), Is.Null);
        }

        Assert.That(first.Id, Is.Not.EqualTo(second.Id));
    }

    [Test]
    public void The_other_half_is_refused_and_nothing_is_changed()
    {
        Space space = NewSpace();
        VirtAddr last = Space.End - PageBytes;
        Assert.That(space.Map(s_kernel, s_target, PageBytes, Data, LargePages.Never), Is.EqualTo(PagingResult.OtherHalf));
        Assert.That(space.Map(last, s_target, 2 * PageBytes, Data, LargePages.Never), Is.EqualTo(PagingResult.OtherHalf));
        Assert.That(space.Unmap(s_kernel, PageBytes, Holes.Skipped), Is.EqualTo(PagingResult.OtherHalf));
        Assert.That(space.UnmapPage(s_kernel, out _), Is.EqualTo(PagingResult.OtherHalf));
        Assert.That(space.Protect(s_kernel, PageBytes, Data, Holes.Skipped), Is.EqualTo(PagingResult.OtherHalf));
        Assert.That(() => space.Map(s_user, s_target, PageBytes, Data | PageFlags.Global, LargePages.Never), Throws.TypeOf<KernelAssertException>());
        Assert.That(space.TableCount, Is.EqualTo(1));
        Assert.That(space.Map(last, s_target, PageBytes, Data, LargePages.Never), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Destroying_shows_what_was_mapped_and_gives_every_table_back()
    {
        int before = _frames.OutCount;
        Space space = NewSpace();
        space.Map(s_user, s_target, 3 * PageBytes, Data, LargePages.Never);
        space.Map(Space.End - PageBytes, s_target, PageBytes, Data, LargePages.Never);
        MapKernel(s_kernel, s_target);
        space.Load();
        Assert.That(() => space.Destroy(ref s_nobody), Throws.TypeOf<KernelAssertException>(), "a processor runs on it");
        LoadKernel();
        RunRecorder owner = new([]);
        space.Destroy(ref owner);
        Assert.That(owner.Lines, Has.Count.EqualTo(2));
        Assert.That(owner.Lines[0], Does.StartWith("V:0x40000000 P:0x80000000 3x12"));
        Assert.That(_frames.OutCount, Is.EqualTo(before + 2), "the kernel's two tables are its own");
        Assert.That(_kernel.Translate(s_kernel, out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void A_space_without_a_frame_for_its_root_is_not_made()
    {
        _frames.FailAfter(0);
        Assert.That(Space.TryCreate(_memory, _frames, _tlb, default, _kernel.Root, int.MaxValue, 1, out _), Is.False);
        _frames.FailAfter(-1);
    }

    [Test]
    public void An_upper_half_that_is_not_the_kernels_is_named()
    {
        Space space = NewSpace();
        _memory.WriteWord(space.Root + (300 * sizeof(ulong)), 0x1000 | 3);
        Assert.That(space.Validate(_kernel.Root), Is.EqualTo("the upper half is not the kernel's"));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Random_spaces_come_change_run_and_go_without_a_trace(int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        MapKernel(s_kernel, s_target);
        List<Space> spaces = [];
        for (int operation = 0; operation < 2_500; operation++)
        {
            Step(spaces, random);
            Assert.That(_tlb.Model.FindStale(), Is.Null, $"seed {seed}, operation {operation}");
        }

        LoadKernel();
        foreach (Space space in spaces)
        {
            Assert.That(space.Validate(_kernel.Root), Is.Null);
            Space last = space;
            last.Destroy(ref s_nobody);
        }

        Assert.That(_frames.OutCount, Is.EqualTo((int)_kernel.TableCount));
        Assert.That(_kernel.Validate(), Is.EqualTo(PagingInvariant.None));
    }

    private void Step(List<Space> spaces, Random random)
    {
        int choice = random.Next(12);
        if (spaces.Count == 0 || (choice == 0 && spaces.Count < 12))
        {
            spaces.Add(NewSpace());
            return;
        }

        int index = random.Next(spaces.Count);
        Space space = spaces[index];
        VirtAddr at = s_user + ((ulong)random.Next(60) * PageBytes) + ((ulong)random.Next(2) << 30);
        ulong sizeBytes = (ulong)random.Next(1, 50) * PageBytes;
        VirtAddr kernel = s_kernel + PageBytes + ((ulong)random.Next(2) << 30); // few pages, so that their tables come and go
        switch (choice)
        {
            case 1: LoadKernel(); break;
            case 2 or 3 or 4: space.Load(); break;
            case 5: space.Unmap(at, sizeBytes, Holes.Skipped); break;
            case 6: space.UnmapPage(at, out _); break;
            case 7: space.Protect(at, sizeBytes, PageFlags.Present | PageFlags.User, Holes.Skipped); break;
            case 8: MapKernel(kernel, s_target); break;
            case 9: UnmapKernel(kernel); break;
            case 10 when !space.IsLoaded && random.Next(4) == 0:
                space.Destroy(ref s_nobody);
                spaces.RemoveAt(index);
                return;
            default: space.Map(at, s_target + ((ulong)random.Next(512) * PageBytes), sizeBytes, Data, LargePages.WhereTheyFit); break;
        }

        spaces[index] = space;
    }

    private Space NewSpace()
    {
        Assert.That(Space.TryCreate(_memory, _frames, _tlb, default, _kernel.Root, int.MaxValue, ++_made, out Space space));
        return space;
    }

    private void LoadKernel() => _tlb.Switch(_kernel.Root, ref _kernelTag);

    private void MapKernel(VirtAddr page, PhysAddr target) =>
        _tlb.Flush(_kernel.Map(page, target, PageFlags.Present | PageFlags.Writable | PageFlags.Global, out _));

    private void UnmapKernel(VirtAddr page)
    {
        _tlb.Flush(_kernel.Unmap(page, out _, out _));
        _kernel.FreeRetiredTables();
    }
}
