using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using Space = MemOS.Memory.KernelSpace.KernelSpace<
    MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames, MemOS.Tests.Fakes.HostFrames, MemOS.Tests.Fakes.HostTlb, MemOS.Tests.Fakes.HostGuard>;

namespace MemOS.Tests.Memory.KernelSpace;

[TestFixture(LayoutPreset.Veridian)]
[TestFixture(LayoutPreset.Lld)]
[TestFixture(LayoutPreset.Valen)]
public sealed class KernelSpaceTests(LayoutPreset preset) : KernelSpaceFixture
{
    private const int FrameCount = 200;
    private const PageFlags Data = PageFlags.Writable;

    private readonly List<IDisposable> _storage = [];
    private HostTlb _tlb;
    private HostFrames _frames;
    private Space _space;

    [SetUp]
    public void SetUp()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(preset);
        Assert.That(BuildAll(ref builder), Is.EqualTo(KernelBuildResult.Ok));
        _tlb = new HostTlb(new ModelTlb(default(X64FourLevel), Memory, builder.Mapper.Root), 1, new SpaceTag(0));
        _frames = new HostFrames(_tlb, FrameCount);
        _space = new Space(builder.Mapper, _frames, _tlb, default, new SpaceTag(0), builder.Layout, Records(), Records(), Records());
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(_space.Validate(), Is.Null);
        Assert.That(_tlb.Model.FindStale(), Is.Null);
        _tlb.Dispose();
        foreach (IDisposable storage in _storage) storage.Dispose();
        _storage.Clear();
    }

    [Test]
    public void Allocated_pages_are_mapped_in_the_heap_window_between_guards()
    {
        Assert.That(_space.Allocate(5, Data, out VirtAddr address), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_space.Layout.Heap.Contains(address, 5 * 4096));
        HashSet<ulong> frames = [];
        for (ulong page = 0; page < 5; page++)
        {
            Assert.That(_space.Walker.Translate(address + (page * 4096), out Translation translation), Is.EqualTo(PagingResult.Ok));
            Assert.That(translation.Flags & ~(PageFlags.Accessed | PageFlags.Dirty), Is.EqualTo(PageFlags.Present | Data | PageFlags.Global));
            Assert.That(frames.Add(translation.Address.Value));
        }

        Assert.That(_space.TryGetPhysical(address + 0x2345, out PhysAddr physical));
        Assert.That(physical.OffsetInFrame, Is.EqualTo(0x345));
        Assert.That(_space.TryGetPhysical(address - 1, out _), Is.False);
        Assert.That(_space.TryGetPhysical(address + (5 * 4096), out _), Is.False);
        Assert.That(_space.AllocatedPageCount, Is.EqualTo(5));
    }

    [Test]
    public void Freed_pages_are_gone_and_their_frames_back_after_the_flush()
    {
        ulong tables = _space.TableCount;
        _space.Allocate(150, Data, out VirtAddr address);
        Assert.That(_space.Free(address + 4096), Is.EqualTo(KernelSpaceResult.NotAllocated));
        Assert.That(_space.Free(address + 1), Is.EqualTo(KernelSpaceResult.NotAllocated));
        Assert.That(_space.Free(address), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_space.Free(address), Is.EqualTo(KernelSpaceResult.NotAllocated));
        Assert.That(_frames.OutCount, Is.Zero);
        Assert.That(_space.TableCount, Is.EqualTo(tables));
        Assert.That(Tables.OutCount, Is.EqualTo((int)tables));
        Assert.That(_space.TryGetPhysical(address, out _), Is.False);
    }

    [Test]
    public void What_is_not_the_kernels_is_refused()
    {
        Assert.That(_space.Allocate(1, Data | PageFlags.User, out _), Is.EqualTo(KernelSpaceResult.BadFlags));
        Assert.That(_space.Allocate(1, Data | PageFlags.Executable, out _), Is.EqualTo(KernelSpaceResult.BadFlags));
        Assert.That(_space.Allocate(0, Data, out _), Is.EqualTo(KernelSpaceResult.BadSize));
        Assert.That(_space.Allocate(ulong.MaxValue, Data, out _), Is.EqualTo(KernelSpaceResult.BadSize));
        Assert.That(_frames.OutCount, Is.Zero);
    }

    [Test]
    public void Too_few_frames_leave_nothing_behind()
    {
        ulong tables = _space.TableCount;
        Assert.That(_space.Allocate(FrameCount + 1, Data, out _), Is.EqualTo(KernelSpaceResult.OutOfFrames));
        Assert.That(_frames.OutCount, Is.Zero);
        Assert.That(_space.TableCount, Is.EqualTo(tables));
        Assert.That(_space.Allocate(FrameCount, Data, out _), Is.EqualTo(KernelSpaceResult.Ok));
    }

    [Test]
    public void Too_few_tables_leave_nothing_behind_wherever_they_run_out()
    {
        ulong tables = _space.TableCount;
        int failures = 0;
        for (; ; failures++)
        {
            Tables.FailAfter(failures);
            KernelSpaceResult result = _space.Allocate(3, Data, out _);
            if (result == KernelSpaceResult.Ok) break;
            Assert.That(result, Is.EqualTo(KernelSpaceResult.OutOfTables));
            Assert.That(_frames.OutCount, Is.Zero);
            Assert.That(_space.TableCount, Is.EqualTo(tables));
            Assert.That(_space.Validate(), Is.Null);
        }

        Assert.That(failures, Is.Positive);
        Tables.FailAfter(0);
        Assert.That(_space.MapDevice(PhysAddr.FromTrusted(0xFEC0_0000), 4096, Caching.Disabled, out _), Is.EqualTo(KernelSpaceResult.OutOfTables));
        Tables.FailAfter(-1);
        Assert.That(_space.MapDevice(PhysAddr.FromTrusted(0xFEC0_0000), 4096, Caching.Disabled, out _), Is.EqualTo(KernelSpaceResult.Ok));
    }

    [Test]
    public void A_stack_has_guards_at_both_ends()
    {
        Assert.That(_space.AllocateStack(4, out PageRange stack), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_space.Layout.Stacks.Contains(stack.Start.Start, stack.SizeBytes));
        Assert.That(_space.TryGetPhysical(stack.Start.Start, out _));
        Assert.That(_space.TryGetPhysical(stack.End.Start - 1, out _));
        Assert.That(_space.TryGetPhysical(stack.Start.Start - 1, out _), Is.False);
        Assert.That(_space.TryGetPhysical(stack.End.Start, out _), Is.False);
        Assert.That(_space.FreeStack(stack), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_frames.OutCount, Is.Zero);
    }

    [TestCase(Caching.Disabled, PageFlags.CacheDisabled | PageFlags.WriteThrough)]
    [TestCase(Caching.WriteThrough, PageFlags.WriteThrough)]
    [TestCase(Caching.WriteCombining, PageFlags.WriteCombining)]
    [TestCase(Caching.WriteBack, PageFlags.None)]
    public void A_device_is_seen_from_its_first_byte_with_its_caching(Caching caching, PageFlags expected)
    {
        PhysAddr device = PhysAddr.FromTrusted(0xFD00_0F80);
        Assert.That(_space.MapDevice(device, 0x1100, caching, out VirtAddr address), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_space.Layout.Devices.Contains(address, 0x1100));
        Assert.That(_space.Walker.Translate(address + 0x10FF, out Translation last), Is.EqualTo(PagingResult.Ok));
        Assert.That(last.Address, Is.EqualTo(device + 0x10FF));
        const PageFlags Kinds = PageFlags.CacheDisabled | PageFlags.WriteThrough | PageFlags.WriteCombining;
        Assert.That(last.Flags & Kinds, Is.EqualTo(expected));
        Assert.That(last.Flags & PageFlags.Executable, Is.EqualTo(PageFlags.None));
        Assert.That(_space.UnmapDevice(address), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_space.TryGetPhysical(address, out _), Is.False);
        Assert.That(_space.UnmapDevice(address), Is.EqualTo(KernelSpaceResult.NotAllocated));
    }

    // Intel SDM vol. 3A, 13.12: the entry's PAT, PCD and PWT are the number of a byte of the register; 0 uncached, 1 write combining, 4 write
    // through, 6 write back.
    [TestCase(Caching.Disabled, 0)]
    [TestCase(Caching.WriteThrough, 4)]
    [TestCase(Caching.WriteCombining, 1)]
    [TestCase(Caching.WriteBack, 6)]
    public void The_processor_finds_the_memory_type_of_a_device_by_its_entry(Caching caching, int memoryType)
    {
        Assert.That(_space.MapDevice(PhysAddr.FromTrusted(0xFD00_0000), 4096, caching, out VirtAddr address), Is.EqualTo(KernelSpaceResult.Ok));
        StepRecorder steps = new([]);
        _space.Walker.Explain(address, ref steps);
        ulong entry = steps.Steps[^1].Entry;
        Assert.That(PageAttributeTable.TypeOf(PageAttributeTable.Value, entry), Is.EqualTo(memoryType));
    }

    [Test]
    public void A_device_that_cannot_be_is_refused()
    {
        PhysAddr last = PhysAddr.FromTrusted((1UL << PhysAddr.MaxBits) - 4096);
        Assert.That(_space.MapDevice(last, 4097, Caching.Disabled, out _), Is.EqualTo(KernelSpaceResult.PhysicalOutOfRange));
        Assert.That(_space.MapDevice(last, 4096, Caching.Disabled, out _), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_space.MapDevice(last, 0, Caching.Disabled, out _), Is.EqualTo(KernelSpaceResult.BadSize));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Random_allocations_come_and_go_without_a_trace(int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        ulong tables = _space.TableCount;
        Dictionary<ulong, ulong> live = [];
        for (int operation = 0; operation < 1_500; operation++)
        {
            if (live.Count != 0 && random.Next(100) < 49)
            {
                ulong address = live.Keys.ElementAt(random.Next(live.Count));
                Assert.That(_space.Free(VirtAddr.FromTrusted(address)), Is.EqualTo(KernelSpaceResult.Ok), $"operation {operation}");
                live.Remove(address);
            }
            else
            {
                ulong pageCount = (ulong)random.Next(1, 40);
                KernelSpaceResult result = _space.Allocate(pageCount, Data, out VirtAddr address);
                bool hasFrames = pageCount <= FrameCount - live.Values.Aggregate(0UL, (sum, count) => sum + count);
                Assert.That(result, Is.EqualTo(hasFrames ? KernelSpaceResult.Ok : KernelSpaceResult.OutOfFrames), $"operation {operation}");
                if (result != KernelSpaceResult.Ok) continue;
                live.Add(address.Value, pageCount);
            }
        }

        foreach (ulong address in live.Keys) Assert.That(_space.Free(VirtAddr.FromTrusted(address)), Is.EqualTo(KernelSpaceResult.Ok));
        Assert.That(_frames.OutCount, Is.Zero);
        Assert.That(_space.TableCount, Is.EqualTo(tables));
    }

    private MemOS.Collections.StructArray<RangeRecord> Records()
    {
        NativeArray<RangeRecord> records = new(128);
        _storage.Add(records);
        return records.Items;
    }
}
