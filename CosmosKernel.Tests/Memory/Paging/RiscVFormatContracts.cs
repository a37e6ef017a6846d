using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>RISC-V privileged manual: the steps of "Virtual Address Translation Process", Svnapot and Svpbmt.</summary>
public abstract class RiscVFormatContract<TFormat> : PagingFormatContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    // A table's entry has no rights.
    protected override IEnumerable<(ulong Bits, PageFlags Allowed)> Tables(int level) =>
        [(1, PageFlags.Writable | PageFlags.User | PageFlags.Executable)];

    protected override ManualEntry Read(ulong entry, int level, int physicalBits)
    {
        bool r = ManualEntry.Bit(entry, 1);
        bool w = ManualEntry.Bit(entry, 2);
        bool x = ManualEntry.Bit(entry, 3);
        if (!ManualEntry.Bit(entry, 0)) return ManualEntry.Absent;
        if ((!r && w) || ManualEntry.Field(entry, 60, 54) != 0) return ManualEntry.Reserved;
        ulong number = ManualEntry.Field(entry, 53, 10);
        ulong memory = ManualEntry.Field(entry, 62, 61);
        bool isNapot = ManualEntry.Bit(entry, 63);
        if (ManualEntry.Field(number << 12, 55, physicalBits) != 0) return ManualEntry.Reserved;
        if (!r && !x)
        {
            // A pointer: D, A and U are for future use, and N and PBMT of a pointer too.
            bool isReserved = level == 0 || memory != 0 || isNapot
                || ManualEntry.Bit(entry, 4) || ManualEntry.Bit(entry, 6) || ManualEntry.Bit(entry, 7);
            return isReserved ? ManualEntry.Reserved : ManualEntry.Table(number << 12, PageFlags.Writable | PageFlags.User | PageFlags.Executable);
        }

        if (memory == 3) return ManualEntry.Reserved;
        if (isNapot)
        {
            // Only pn[3:0] = 1000 at the last level.
            if (level != 0 || (number & 0xF) != 8) return ManualEntry.Reserved;
            return ManualEntry.Page((number - 8) << 12, FlagsOf(entry), 16);
        }

        // A misaligned superpage.
        if (level > 0 && ManualEntry.Field(entry, 10 + (9 * level) - 1, 10) != 0) return ManualEntry.Reserved;
        return ManualEntry.Page(number << 12, FlagsOf(entry), 12 + (9 * level));
    }

    [Test]
    public void A_table_that_is_global_makes_its_pages_global()
    {
        ulong page = Format.EncodePage(PhysAddr.Zero, PageFlags.Writable, 0);
        PageFlags under = Format.DecodePage(page, 0, Format.NarrowRights(Format.AllRights, 1 | (1UL << 5), 1));
        Assert.That(under, Is.EqualTo(PageFlags.Present | PageFlags.Writable | PageFlags.Global));
    }

    [Test]
    public void Sixteen_entries_of_64_KiB_are_walked_as_one_page()
    {
        using HostMemory memory = HostMemory.Create(FrameNumber.FromTrusted(0x10), 8);
        HostTableFrames frames = HostTableFrames.Over(memory);
        frames.TryAllocate(out FrameNumber root);
        PageMapper<HostMemory, TFormat, HostTableFrames> mapper = new(memory, frames, root, 1, TopTables.Freed);
        VirtAddr start = VirtAddr.FromTrusted(0x4567_0000);
        PendingFlush flush = mapper.MapRange(start, PhysAddr.FromTrusted(0x8000_0000), 1 << 16, PageFlags.Writable, LargePages.Never, out _);
        Assert.That(flush.PageCount, Is.EqualTo(16));
        StepRecorder steps = new([]);
        mapper.Walker.Explain(start, ref steps);
        WalkStep first = steps.Steps[^1];
        ulong napot = first.Entry | (1UL << 63) | (8UL << 10);
        for (int index = 0; index < 16; index++) memory.WriteWord(first.Table + ((ulong)(first.Index + index) * sizeof(ulong)), napot);

        for (ulong offset = 0; offset < 1 << 16; offset += 0x123)
        {
            Assert.That(mapper.Translate(start + offset, out Translation translation), Is.EqualTo(PagingResult.Ok));
            Assert.That(translation.Address.Value, Is.EqualTo(0x8000_0000 + offset));
            Assert.That(translation.PageShift, Is.EqualTo(16));
            Assert.That(translation.PageStart.Value, Is.EqualTo(0x8000_0000));
        }

        RunRecorder runs = new([]);
        mapper.Walker.VisitMappings(ref runs);
        Assert.That(runs.Lines, Is.EqualTo(new[] { "V:0x45670000 P:0x80000000 16x12 Present, Writable" }));
    }

    // PBMT: 0 none, 1 NC, 2 IO.
    private static PageFlags FlagsOf(ulong entry) =>
        PageFlags.Present
        | (ManualEntry.Bit(entry, 2) ? PageFlags.Writable : 0)
        | (ManualEntry.Bit(entry, 3) ? PageFlags.Executable : 0)
        | (ManualEntry.Bit(entry, 4) ? PageFlags.User : 0)
        | (ManualEntry.Bit(entry, 5) ? PageFlags.Global : 0)
        | (ManualEntry.Bit(entry, 6) ? PageFlags.Accessed : 0)
        | (ManualEntry.Bit(entry, 7) ? PageFlags.Dirty : 0)
        | (ManualEntry.Field(entry, 62, 61) switch { 1 => PageFlags.WriteCombining, 2 => PageFlags.CacheDisabled, _ => 0 });
}

[TestFixture]
public sealed class Sv39ContractTests : RiscVFormatContract<Sv39>;

[TestFixture]
public sealed class Sv48ContractTests : RiscVFormatContract<Sv48>;

[TestFixture]
public sealed class Sv57ContractTests : RiscVFormatContract<Sv57>;
