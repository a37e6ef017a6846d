using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Virtual;

/// <summary>What a process finds when it maps, touches, protects and moves memory.</summary>
public sealed unsafe class UserMemoryTests
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const AreaAccess Data = AreaAccess.Read | AreaAccess.Write;

    private HostProcesses _machine = null!;
    private HostProcess _process = null!;

    [SetUp]
    public void SetUp()
    {
        _machine = new HostProcesses();
        _process = _machine.Make();
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(_process.Memory.Validate(), Is.Null);
        Assert.That(_machine.Tlb.Model.FindStale(), Is.Null);
        _machine.End(_process);
        _machine.AssertNothingLost();
        _machine.Dispose();
    }

    [Test]
    public void Memory_is_mapped_when_it_is_touched_and_zero_then()
    {
        VirtAddr start = Map(8);
        Assert.That(_process.Memory.ResidentPages, Is.Zero);
        Assert.That(_process.Read(start + 5, out byte value), Is.EqualTo(FaultOutcome.ZeroPage));
        Assert.That(value, Is.Zero);
        Assert.That(_process.Memory.ResidentPages, Is.Zero, "all read the same zeros");
        Assert.That(_process.Write(start + 5, 7), Is.EqualTo(FaultOutcome.Zeroed));
        Assert.That(_process.Read(start + 5, out value), Is.Null);
        Assert.That(value, Is.EqualTo(7));
        Assert.That(_process.Read(start + 6, out value), Is.Null);
        Assert.That(value, Is.Zero);
        Assert.That(_process.Memory.ResidentPages, Is.EqualTo(1));
        Assert.That(_process.Memory.Faults[FaultOutcome.Zeroed], Is.EqualTo(1));
    }

    [Test]
    public void What_an_area_does_not_allow_is_denied_and_named()
    {
        VirtAddr read = Map(1, AreaAccess.Read);
        VirtAddr none = Map(1, AreaAccess.None);
        VirtAddr code = Map(1, AreaAccess.Read | AreaAccess.Execute);
        Assert.That(_process.Write(read, 1), Is.EqualTo(FaultOutcome.Denied));
        Assert.That(_process.Execute(read), Is.EqualTo(FaultOutcome.Denied));
        Assert.That(_process.Read(none, out _), Is.EqualTo(FaultOutcome.Denied));
        Assert.That(_process.Execute(code), Is.EqualTo(FaultOutcome.ZeroPage));
        Assert.That(_process.Read(HostProcesses.At(0x3000), out _), Is.EqualTo(FaultOutcome.NoArea));
        Assert.That(_process.Read(VirtAddr.FromTrusted(0xFFFF_8000_0000_0000), out _), Is.EqualTo(FaultOutcome.NoArea));
        Assert.That(_process.Read(VirtAddr.Zero, out _), Is.EqualTo(FaultOutcome.NoArea));
    }

    [Test]
    public void Requests_that_make_no_sense_have_the_errors_that_Linux_gives()
    {
        VirtAddr taken = Map(2);
        Assert.That(Map(At(0x100), Placement.Anywhere, 0, Data), Is.EqualTo(UserError.Invalid));
        Assert.That(Map(At(0x100) + 1, Placement.Fixed, PageBytes, Data), Is.EqualTo(UserError.Invalid));
        Assert.That(Map(At(1), Placement.Fixed, PageBytes, Data), Is.EqualTo(UserError.NotPermitted));
        Assert.That(Map(At(0x400F), Placement.Fixed, 2 * PageBytes, Data), Is.EqualTo(UserError.NoMemory));
        Assert.That(Map(At(0x100), Placement.Anywhere, ulong.MaxValue, Data), Is.EqualTo(UserError.NoMemory));
        Assert.That(Map(taken, Placement.FixedIfFree, PageBytes, Data), Is.EqualTo(UserError.Exists));
        Assert.That(Map(At(0x100), Placement.Fixed, PageBytes, Data | AreaAccess.Execute), Is.EqualTo(UserError.AccessDenied));
        Assert.That(_process.Memory.Unmap(taken + 1, PageBytes), Is.EqualTo(UserError.Invalid));
        Assert.That(_process.Memory.Unmap(taken, 0), Is.EqualTo(UserError.Invalid));
        Assert.That(_process.Memory.Unmap(At(0x4010), PageBytes), Is.EqualTo(UserError.Invalid));
        Assert.That(_process.Memory.Protect(taken, 3 * PageBytes, AreaAccess.Read), Is.EqualTo(UserError.NoMemory), "a hole");
        Assert.That(_process.Memory.Protect(taken + 1, PageBytes, AreaAccess.Read), Is.EqualTo(UserError.Invalid));
        Assert.That(_process.Memory.Protect(taken, PageBytes, AreaAccess.Write | AreaAccess.Execute), Is.EqualTo(UserError.AccessDenied));
        Assert.That(_process.Memory.Protect(taken, 0, AreaAccess.Read), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Remap(taken, PageBytes, 0, Mobility.Allowed, default, out _), Is.EqualTo(UserError.Invalid));
        Assert.That(_process.Memory.Remap(taken, 3 * PageBytes, PageBytes, Mobility.Allowed, default, out _), Is.EqualTo(UserError.BadAddress));
        Assert.That(_process.Memory.Drop(At(0x3FF0), 2 * PageBytes), Is.EqualTo(UserError.NoMemory));
        Assert.That(_process.Memory.Areas.Count, Is.EqualTo(1));
    }

    [Test]
    public void Neighbours_that_are_alike_are_one_area_and_holes_cut_it()
    {
        VirtAddr start = At(0x100);
        Assert.That(Map(start, Placement.Fixed, 4 * PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(Map(start + (4 * PageBytes), Placement.Fixed, 4 * PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Areas.Count, Is.EqualTo(1));
        for (ulong page = 0; page < 8; page++) _process.Write(start + (page * PageBytes), (byte)(page + 1));
        Assert.That(_process.Memory.Unmap(start + (2 * PageBytes), 2 * PageBytes), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Areas.Count, Is.EqualTo(2));
        Assert.That(_process.Memory.ResidentPages, Is.EqualTo(6));
        Assert.That(_process.Read(start + (3 * PageBytes), out _), Is.EqualTo(FaultOutcome.NoArea));
        Assert.That(_process.Read(start + (4 * PageBytes), out byte value), Is.Null);
        Assert.That(value, Is.EqualTo(5));
        Assert.That(_process.Memory.Protect(start + PageBytes, PageBytes, AreaAccess.Read), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Areas.Count, Is.EqualTo(3));
        Assert.That(_process.Memory.Protect(start + PageBytes, PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Areas.Count, Is.EqualTo(2), "alike again");
    }

    [Test]
    public void Protection_that_comes_back_finds_the_content_as_it_was()
    {
        VirtAddr start = Map(2);
        _process.Write(start, 9);
        _process.Memory.Protect(start, PageBytes, AreaAccess.None);
        Assert.That(_process.Read(start, out _), Is.EqualTo(FaultOutcome.Denied));
        _process.Memory.Protect(start, PageBytes, AreaAccess.Read);
        Assert.That(_process.Write(start, 1), Is.EqualTo(FaultOutcome.Denied));
        Assert.That(_process.Read(start, out byte value), Is.Null.Or.EqualTo(FaultOutcome.Upgraded));
        Assert.That(value, Is.EqualTo(9));
        _process.Memory.Protect(start, PageBytes, Data);
        Assert.That(_process.Write(start, 10), Is.EqualTo(FaultOutcome.Reused));
    }

    [Test]
    public void A_copy_sees_what_was_there_and_neither_sees_what_the_other_writes()
    {
        VirtAddr start = Map(3);
        _process.Write(start, 1);
        _process.Write(start + PageBytes, 2);
        HostProcess child = _machine.Make();
        Assert.That(_process.Memory.TryCopyTo(ref child.Memory));
        Assert.That(child.Write(start, 11), Is.EqualTo(FaultOutcome.Copied));
        Assert.That(_process.Read(start, out byte value), Is.Null);
        Assert.That(value, Is.EqualTo(1));
        Assert.That(_process.Write(start, 3), Is.EqualTo(FaultOutcome.Reused), "the last one keeps the frame");
        Assert.That(_process.Write(start + PageBytes, 4), Is.EqualTo(FaultOutcome.Copied));
        Assert.That(child.Read(start + PageBytes, out value), Is.Null);
        Assert.That(value, Is.EqualTo(2));
        Assert.That(child.Write(start + PageBytes, 5), Is.EqualTo(FaultOutcome.Reused));
        Assert.That(child.Memory.Validate(), Is.Null);
        _machine.End(child);
        Assert.That(_process.Memory.ResidentPages, Is.EqualTo(2));
    }

    [Test]
    public void Shared_memory_is_the_same_for_a_copy_and_goes_with_its_last_user()
    {
        VirtAddr start = MapObject(MemoryObject.Zeros(4), AreaKind.Shared, Data, 0, 4);
        _process.Write(start, 1);
        HostProcess child = _machine.Make();
        Assert.That(_process.Memory.TryCopyTo(ref child.Memory));
        Assert.That(child.Read(start, out byte value), Is.EqualTo(FaultOutcome.Object));
        Assert.That(value, Is.EqualTo(1));
        child.Write(start + PageBytes, 2);
        Assert.That(_process.Read(start + PageBytes, out value), Is.EqualTo(FaultOutcome.Object));
        Assert.That(value, Is.EqualTo(2));
        Assert.That(_process.Memory.Unmap(start, 4 * PageBytes), Is.EqualTo(UserError.None));
        Assert.That(child.Read(start, out value), Is.Null);
        Assert.That(value, Is.EqualTo(1));
        _machine.End(child);
    }

    [Test]
    public void A_file_is_read_into_pages_copied_when_written_and_ends_where_it_ends()
    {
        PhysAddr bytes = Bytes(out HostUserSource source, 2, 0x40);
        VirtAddr start = MapObject(MemoryObject.File(bytes, PageBytes + 100), AreaKind.FilePrivate, Data, 0, 3);
        Assert.That(_process.Read(start + 1, out byte value), Is.EqualTo(FaultOutcome.Object));
        Assert.That(value, Is.EqualTo(0x41));
        Assert.That(_process.Write(start + 1, 9), Is.EqualTo(FaultOutcome.Copied));
        Assert.That(_process.Write(start + PageBytes, 8), Is.EqualTo(FaultOutcome.Copied), "not read before");
        Assert.That(_process.Read(start + PageBytes + 99, out value), Is.Null);
        Assert.That(value, Is.EqualTo((byte)(0x40 + (PageBytes + 99) % 251)));
        Assert.That(_process.Read(start + PageBytes + 100, out value), Is.Null);
        Assert.That(value, Is.Zero, "behind the end");
        Assert.That(_process.Read(start + (2 * PageBytes), out _), Is.EqualTo(FaultOutcome.BeyondFile));
        Assert.That(_process.Memory.Drop(start, PageBytes), Is.EqualTo(UserError.None));
        _process.Read(start + 1, out value);
        Assert.That(value, Is.EqualTo(0x41), "as the file has it again");
        Release(source, bytes, 2);
    }

    [Test]
    public void A_shared_file_cannot_be_written()
    {
        PhysAddr bytes = Bytes(out HostUserSource source, 1, 0);
        VirtAddr start = MapObject(MemoryObject.File(bytes, 10), AreaKind.FileShared, AreaAccess.Read, 0, 1);
        Assert.That(_process.Write(start, 1), Is.EqualTo(FaultOutcome.Denied));
        Assert.That(_process.Memory.Protect(start, PageBytes, Data), Is.EqualTo(UserError.AccessDenied));
        Release(source, bytes, 1);
    }

    [Test]
    public void A_stack_grows_to_its_limit_and_keeps_away_from_what_is_below_it()
    {
        _process.Memory.Limits = new UserLimits(ulong.MaxValue, ulong.MaxValue, 64, ulong.MaxValue);
        Assert.That(MapStack(0x1000), Is.EqualTo(UserError.None));
        Assert.That(_process.Write(At(0x0FFF), 1), Is.EqualTo(FaultOutcome.Zeroed));
        Assert.That(_process.Write(At(0x0FD0), 1), Is.EqualTo(FaultOutcome.Zeroed));
        Assert.That(_process.Memory.MappedPages, Is.EqualTo(0x31));
        Assert.That(_process.Write(At(0x0FC0), 1), Is.EqualTo(FaultOutcome.StackLimit));
        Assert.That(_process.Write(At(0x0E00), 1), Is.EqualTo(FaultOutcome.NoArea));
        _process.Memory.Limits = UserLimits.None;
        Assert.That(Map(At(0x0E00), Placement.Fixed, PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(_process.Write(At(0x0E01 + 255), 1), Is.EqualTo(FaultOutcome.StackLimit));
        Assert.That(_process.Write(At(0x0E01 + 256), 1), Is.EqualTo(FaultOutcome.Zeroed));
    }

    [Test]
    public void A_stack_grows_to_the_guard_below_it()
    {
        Assert.That(MapStack(0x1000), Is.EqualTo(UserError.None));
        MapRequest guard = new(At(0xFF0), Placement.Fixed, PageBytes, AreaKind.Guard, AreaAccess.None, null, 0);
        Assert.That(_process.Memory.Map(in guard, out _), Is.EqualTo(UserError.None));
        Assert.That(_process.Write(At(0xFF1), 1), Is.EqualTo(FaultOutcome.Zeroed));
        Assert.That(_process.Write(At(0xFF0), 1), Is.EqualTo(FaultOutcome.Guard));
        Assert.That(_process.Memory.Protect(At(0xFF0), PageBytes, Data), Is.EqualTo(UserError.AccessDenied));
    }

    [Test]
    public void The_break_moves_up_and_down_and_what_comes_back_is_zero()
    {
        _process.Memory.SetBreakStart(At(0x200) + 0x123);
        VirtAddr top = At(0x204) + 8;
        Assert.That(_process.Memory.MoveBreak(top), Is.EqualTo(top));
        _process.Write(At(0x204), 5);
        Assert.That(_process.Memory.MoveBreak(At(0x202)), Is.EqualTo(At(0x202)));
        Assert.That(_process.Read(At(0x204), out _), Is.EqualTo(FaultOutcome.NoArea));
        Assert.That(_process.Memory.MoveBreak(top), Is.EqualTo(top));
        _process.Read(At(0x204), out byte value);
        Assert.That(value, Is.Zero);
        Assert.That(_process.Memory.MoveBreak(At(0x100)), Is.EqualTo(top), "below the start");
        Assert.That(Map(At(0x210), Placement.Fixed, PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.MoveBreak(At(0x211)), Is.EqualTo(top), "something is in the way");
    }

    [Test]
    public void A_range_grows_where_it_is_or_moves_with_its_content()
    {
        Assert.That(Map(At(0x100), Placement.Fixed, 2 * PageBytes, Data), Is.EqualTo(UserError.None));
        _process.Write(At(0x101), 6);
        Assert.That(_process.Memory.Remap(At(0x100), 2 * PageBytes, 4 * PageBytes, Mobility.None, default, out VirtAddr at), Is.EqualTo(UserError.None));
        Assert.That(at, Is.EqualTo(At(0x100)));
        Assert.That(Map(At(0x104), Placement.Fixed, PageBytes, AreaAccess.Read), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Remap(At(0x100), 4 * PageBytes, 5 * PageBytes, Mobility.None, default, out _), Is.EqualTo(UserError.NoMemory));
        Assert.That(_process.Memory.Remap(At(0x100), 4 * PageBytes, 8 * PageBytes, Mobility.Allowed, default, out at), Is.EqualTo(UserError.None));
        Assert.That(_process.Read(at + PageBytes, out byte value), Is.Null);
        Assert.That(value, Is.EqualTo(6));
        Assert.That(_process.Read(At(0x101), out _), Is.EqualTo(FaultOutcome.NoArea));
        Assert.That(_process.Memory.Remap(at, 8 * PageBytes, 2 * PageBytes, Mobility.None, default, out _), Is.EqualTo(UserError.None));
        Assert.That(_process.Memory.Remap(at, 2 * PageBytes, 2 * PageBytes, Mobility.Fixed, At(0x104), out at), Is.EqualTo(UserError.None));
        Assert.That(at, Is.EqualTo(At(0x104)));
        Assert.That(_process.Read(at + PageBytes, out value), Is.Null);
        Assert.That(value, Is.EqualTo(6));
        Assert.That(_process.Memory.Remap(at, 2 * PageBytes, 2 * PageBytes, Mobility.Fixed, at + PageBytes, out _), Is.EqualTo(UserError.Invalid));
    }

    [Test]
    public void Limits_are_kept_to_the_page()
    {
        _process.Memory.Limits = new UserLimits(4, 2, ulong.MaxValue, ulong.MaxValue);
        VirtAddr start = Map(4);
        Assert.That(Map(At(0x100), Placement.Fixed, PageBytes, Data), Is.EqualTo(UserError.NoMemory));
        Assert.That(Map(start, Placement.Fixed, 4 * PageBytes, Data), Is.EqualTo(UserError.None), "in place of what is there");
        _process.Write(start, 1);
        _process.Write(start + PageBytes, 1);
        Assert.That(_process.Write(start + (2 * PageBytes), 1), Is.EqualTo(FaultOutcome.ResidentLimit));
        Assert.That(_process.Read(start + (2 * PageBytes), out _), Is.EqualTo(FaultOutcome.ZeroPage));
        _process.Memory.Drop(start, PageBytes);
        Assert.That(_process.Write(start + (2 * PageBytes), 1), Is.EqualTo(FaultOutcome.Zeroed));
    }

    [Test]
    public void Only_private_pages_that_can_be_written_count_as_data()
    {
        _process.Memory.Limits = new UserLimits(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 4);
        VirtAddr start = Map(3);
        Assert.That(Map(At(0x100), Placement.Fixed, 8 * PageBytes, AreaAccess.Read), Is.EqualTo(UserError.None));
        Assert.That(Map(At(0x200), Placement.Fixed, 2 * PageBytes, Data), Is.EqualTo(UserError.NoMemory));
        Assert.That(_process.Memory.Protect(At(0x100), 2 * PageBytes, Data), Is.EqualTo(UserError.NoMemory));
        Assert.That(_process.Memory.Protect(At(0x100), PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(Map(start, Placement.Fixed, 3 * PageBytes, Data), Is.EqualTo(UserError.None), "in place of what is there");
        Assert.That(_process.Memory.Remap(start, 3 * PageBytes, 4 * PageBytes, Mobility.None, default, out _), Is.EqualTo(UserError.NoMemory));
    }

    [Test]
    public void The_kernel_reads_and_writes_what_the_program_may_and_no_more()
    {
        VirtAddr start = Map(2);
        byte* bytes = stackalloc byte[32];
        for (int index = 0; index < 32; index++) bytes[index] = (byte)(index + 1);
        VirtAddr across = start + (PageBytes - 10);
        Assert.That(_process.Memory.CopyTo(across, bytes, 20), Is.EqualTo(20));
        byte* back = stackalloc byte[32];
        Assert.That(_process.Memory.CopyFrom(back, across, 20), Is.EqualTo(20));
        Assert.That(back[19], Is.EqualTo(20));
        Assert.That(_process.Memory.CopyTo(start + (2 * PageBytes) - 5, bytes, 20), Is.EqualTo(5), "to the end of the area");
        Assert.That(_process.Memory.CopyFrom(back, VirtAddr.FromTrusted(ulong.MaxValue - 3), 20), Is.Zero);
        Assert.That(_process.Memory.CopyTo(VirtAddr.FromTrusted(0xFFFF_8000_0010_0000), bytes, 8), Is.Zero, "the kernel's own");
        Assert.That(_process.Memory.CopyText(back, start + (2 * PageBytes) - 5, 32, out _), Is.EqualTo(UserError.BadAddress));
        Assert.That(_process.Memory.CopyText(back, across, 20, out _), Is.EqualTo(UserError.Invalid));
        Assert.That(_process.Memory.Zero(across + 3, 1), Is.EqualTo(1));
        Assert.That(_process.Memory.CopyText(back, across, 20, out ulong length), Is.EqualTo(UserError.None));
        Assert.That(length, Is.EqualTo(3));
        _process.Memory.Protect(start, PageBytes, AreaAccess.None);
        Assert.That(_process.Memory.CopyFrom(back, start, 1), Is.Zero, "mapped, but not the program's to read");
    }

    [Test]
    public void A_device_is_shown_uncached_and_is_nobodys_memory()
    {
        MapRequest request = new(default, Placement.Anywhere, 2 * PageBytes, AreaKind.Device, Data, null, 0xFE000);
        Assert.That(_process.Memory.Map(in request, out VirtAddr start), Is.EqualTo(UserError.None));
        Assert.That(_process.Write(start + PageBytes, 1), Is.EqualTo(FaultOutcome.Device));
        byte value = 0;
        Assert.That(_process.Memory.CopyFrom(&value, start, 1), Is.Zero);
        Assert.That(_process.Memory.ResidentPages, Is.Zero);
    }

    [Test]
    public void Without_memory_every_operation_says_so_and_changes_nothing()
    {
        Assert.That(Map(At(0x100), Placement.Fixed, 8 * PageBytes, Data), Is.EqualTo(UserError.None));
        Assert.That(Map(At(0x108), Placement.Fixed, PageBytes, AreaAccess.Read), Is.EqualTo(UserError.None));
        for (ulong page = 0; page < 8; page++) _process.Write(At(0x100 + page), (byte)page);
        int failures = 0;
        for (int limit = 0; limit < 40; limit++)
        {
            HostProcess child = _machine.Make();
            ulong mapped = _process.Memory.MappedPages;
            int areas = _process.Memory.Areas.Count;
            _machine.Source.FailAfter(limit);
            if (!_process.Memory.TryCopyTo(ref child.Memory)) failures++;
            UserError error = _process.Memory.Remap(At(0x100), 8 * PageBytes, 9 * PageBytes, Mobility.Allowed, default, out VirtAddr moved);
            _machine.Source.FailAfter(-1);
            if (error == UserError.None)
            {
                Assert.That(moved, Is.Not.EqualTo(At(0x100)), "something is behind it");
                Assert.That(_process.Memory.Remap(moved, 9 * PageBytes, 8 * PageBytes, Mobility.Fixed, At(0x100), out _), Is.EqualTo(UserError.None));
            }

            Assert.That(_process.Memory.MappedPages, Is.EqualTo(mapped));
            Assert.That(_process.Memory.Areas.Count, Is.EqualTo(areas));
            Assert.That(_process.Memory.Validate(), Is.Null);
            Assert.That(child.Memory.Validate(), Is.Null);
            for (ulong page = 0; page < 8; page++)
            {
                _process.Read(At(0x100 + page), out byte value);
                Assert.That(value, Is.EqualTo((byte)page));
            }

            _machine.End(child);
        }

        Assert.That(failures, Is.GreaterThan(5));
    }

    private static VirtAddr At(ulong page) => HostProcesses.At(page);

    private VirtAddr Map(ulong pageCount, AreaAccess access = Data)
    {
        MapRequest request = new(pageCount * PageBytes, access);
        Assert.That(_process.Memory.Map(in request, out VirtAddr start), Is.EqualTo(UserError.None));
        return start;
    }

    private UserError Map(VirtAddr wanted, Placement placement, ulong sizeBytes, AreaAccess access)
    {
        MapRequest request = new(wanted, placement, sizeBytes, AreaKind.Private, access, null, 0);
        return _process.Memory.Map(in request, out _);
    }

    private UserError MapStack(ulong page)
    {
        MapRequest request = new(At(page), Placement.Fixed, PageBytes, AreaKind.Stack, Data, null, 0);
        return _process.Memory.Map(in request, out _);
    }

    // The area is the object's only user.
    private VirtAddr MapObject(MemoryObject content, AreaKind kind, AreaAccess access, ulong offset, ulong pageCount)
    {
        Assert.That(_machine.Source.TryAllocateObject(out MemoryObject* backing));
        *backing = content;
        MapRequest request = new(default, Placement.Anywhere, pageCount * PageBytes, kind, access, backing, offset);
        Assert.That(_process.Memory.Map(in request, out VirtAddr start), Is.EqualTo(UserError.None));
        Assert.That(backing->DropUser(_machine.Memory, _machine.Source), Is.False);
        return start;
    }

    // Frames with the bytes first, first + 1 … modulo 251, from the first frame's start on; they are in a row.
    private PhysAddr Bytes(out HostUserSource source, int frames, byte first)
    {
        source = _machine.Source;
        PhysAddr start = default;
        for (int index = 0; index < frames; index++)
        {
            Assert.That(source.TryAllocateFrame(MemOS.Memory.Frames.Zeroing.AsIs, out FrameNumber frame));
            if (index == 0) start = frame.Start;
            Assert.That(frame.Start, Is.EqualTo(start + ((ulong)index * PageBytes)));
        }

        for (ulong offset = 0; offset < (ulong)frames * PageBytes; offset++) *_machine.Memory.Pointer(start + offset) = (byte)(first + (offset % 251));
        return start;
    }

    private static void Release(HostUserSource source, PhysAddr start, int frames)
    {
        for (int index = 0; index < frames; index++) source.ReleaseFrame((start + ((ulong)index * PageBytes)).ContainingFrame);
    }
}
