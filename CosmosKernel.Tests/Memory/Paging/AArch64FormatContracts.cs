using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>Arm ARM D8.3.1 (table, block and page descriptors), D8.3.2 (attributes), D8.4 (permissions), with MAIR_EL1 as MemOS sets it.</summary>
/// <param name="granuleShift">log2 of the granule.</param>
/// <param name="blockLevels">Bit n set: descriptors of blocks mean something at level n, counted from the pages up.</param>
/// <param name="hasWideAddresses">FEAT_LPA with 64 KiB: bits 15:12 are bits 51:48 of an address.</param>
public abstract class AArch64FormatContract<TFormat>(int granuleShift, int blockLevels, bool hasWideAddresses) : PagingFormatContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    // MAIR_EL1 attributes by number: 0xFF, 0xBB, 0x44, 0x04, 0x00 …
    private static readonly PageFlags[] s_memoryTypes =
    [
        PageFlags.None, PageFlags.WriteThrough, PageFlags.WriteCombining, PageFlags.CacheDisabled,
        PageFlags.CacheDisabled | PageFlags.WriteThrough, PageFlags.CacheDisabled | PageFlags.WriteThrough,
        PageFlags.CacheDisabled | PageFlags.WriteThrough, PageFlags.CacheDisabled | PageFlags.WriteThrough,
    ];

    // UXNTable 60 and PXNTable 59 together; APTable 62:61.
    protected override IEnumerable<(ulong Bits, PageFlags Allowed)> Tables(int level)
    {
        foreach (ulong execute in new[] { 0UL, 3UL << 59 })
        {
            for (ulong access = 0; access < 4; access++)
            {
                ulong bits = 3 | (access << 61) | execute;
                yield return (bits, AllowedByTable(bits));
            }
        }
    }

    protected override ManualEntry Read(ulong entry, int level, int physicalBits)
    {
        if (!ManualEntry.Bit(entry, 0)) return ManualEntry.Absent;
        bool isBlock = !ManualEntry.Bit(entry, 1);
        if (isBlock && ((blockLevels >> level) & 1) == 0) return ManualEntry.Reserved;
        int shift = granuleShift + (level * (granuleShift - 3));
        int addressStart = level == 0 || isBlock ? shift : granuleShift;
        ulong address = ManualEntry.InPlace(entry, 47, addressStart) | (hasWideAddresses ? ManualEntry.Field(entry, 15, 12) << 48 : 0);
        // An address size fault.
        if (ManualEntry.Field(address, 51, physicalBits) != 0) return ManualEntry.Reserved;
        return level == 0 || isBlock
            ? ManualEntry.Page(address, FlagsOf(entry), shift)
            : ManualEntry.Table(address, AllowedByTable(entry));
    }

    // D8.4.2: either no-execute bit of a table forbids the same as that bit in the entries below.
    [Test]
    public void Each_no_execute_bit_of_a_table_is_about_its_own_exception_level()
    {
        ulong kernelCode = Format.EncodePage(PhysAddr.Zero, PageFlags.Executable, 0);
        ulong userCode = Format.EncodePage(PhysAddr.Zero, PageFlags.Executable | PageFlags.User, 0);
        Assert.That(Under(3 | (1UL << 60), kernelCode) & PageFlags.Executable, Is.EqualTo(PageFlags.Executable));
        Assert.That(Under(3 | (1UL << 60), userCode) & PageFlags.Executable, Is.EqualTo(PageFlags.None));
        Assert.That(Under(3 | (1UL << 59), kernelCode) & PageFlags.Executable, Is.EqualTo(PageFlags.None));
        Assert.That(Under(3 | (1UL << 59), userCode) & PageFlags.Executable, Is.EqualTo(PageFlags.Executable));
    }

    // D8.5.4: hardware that notes writes clears AP[2] of a page with DBM set.
    [Test]
    public void A_page_is_dirty_once_hardware_has_made_it_writable()
    {
        ulong clean = Format.EncodePage(PhysAddr.Zero, PageFlags.Writable, 0);
        Assert.That(ManualEntry.Bit(clean, 51) && ManualEntry.Bit(clean, 7));
        PageFlags written = Format.DecodePage(clean & ~(1UL << 7), 0, Format.AllRights);
        Assert.That(written, Is.EqualTo(PageFlags.Present | PageFlags.Writable | PageFlags.Dirty));
    }

    [Test]
    public void The_memory_types_are_those_of_the_register()
    {
        // D24.2.113: 0xFF write back, 0xBB write through, 0x44 not cacheable, 0x04 Device-nGnRE, 0x00 Device-nGnRnE.
        byte[] expected = [0xFF, 0xBB, 0x44, 0x04, 0, 0, 0, 0];
        Assert.That(System.BitConverter.GetBytes(AArch64Entry.MemoryTypes), Is.EqualTo(expected));
    }

    private static PageFlags Under(ulong table, ulong page) => Format.DecodePage(page, 0, Format.NarrowRights(Format.AllRights, table, 1));

    private static PageFlags AllowedByTable(ulong entry) =>
        (ManualEntry.Bit(entry, 62) ? 0 : PageFlags.Writable)
        | (ManualEntry.Bit(entry, 61) ? 0 : PageFlags.User)
        | (ManualEntry.Field(entry, 60, 59) == 3 ? 0 : PageFlags.Executable);

    // AttrIndx 4:2, AP[1] 6, AP[2] 7, AF 10, nG 11, DBM 51, PXN 53, UXN 54; 55 is MemOS's.
    private static PageFlags FlagsOf(ulong entry) =>
        PageFlags.Present | s_memoryTypes[ManualEntry.Field(entry, 4, 2)]
        | (ManualEntry.Bit(entry, 6) ? PageFlags.User : 0)
        | (!ManualEntry.Bit(entry, 7) || ManualEntry.Bit(entry, 51) ? PageFlags.Writable : 0)
        | (!ManualEntry.Bit(entry, 7) || ManualEntry.Bit(entry, 55) ? PageFlags.Dirty : 0)
        | (ManualEntry.Bit(entry, 10) ? PageFlags.Accessed : 0)
        | (ManualEntry.Bit(entry, 11) ? 0 : PageFlags.Global)
        | (ManualEntry.Bit(entry, 53) && ManualEntry.Bit(entry, 54) ? 0 : PageFlags.Executable);
}

[TestFixture]
public sealed class AArch64Lower4KContractTests() : AArch64FormatContract<AArch64Lower4K>(12, 0b0110, false);

[TestFixture]
public sealed class AArch64Upper4KContractTests() : AArch64FormatContract<AArch64Upper4K>(12, 0b0110, false);

[TestFixture]
public sealed class AArch64Lower16KContractTests() : AArch64FormatContract<AArch64Lower16K>(14, 0b0010, false);

[TestFixture]
public sealed class AArch64Upper16KContractTests() : AArch64FormatContract<AArch64Upper16K>(14, 0b0010, false);

[TestFixture]
public sealed class AArch64Lower64KContractTests() : AArch64FormatContract<AArch64Lower64K>(16, 0b0010, true);

[TestFixture]
public sealed class AArch64Upper64KContractTests() : AArch64FormatContract<AArch64Upper64K>(16, 0b0010, true);
