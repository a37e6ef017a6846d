using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>Entries against values written by hand from the tables of Intel SDM vol. 3A, 4.5.4.</summary>
[TestFixture]
public sealed class X64EntryTests
{
    private static readonly X64FourLevel s_format = default;

    // Table 4-20 (4 KiB), 4-18 (2 MiB), 4-16 (1 GiB): P 0, R/W 1, U/S 2, PWT 3, PCD 4, A 5, D 6, PS or PAT 7, G 8, PAT 12, XD 63.
    [TestCase(0, PageFlags.None, 0x8000_0000_1234_5001UL)]
    [TestCase(0, PageFlags.Executable, 0x0000_0000_1234_5001UL)]
    [TestCase(0, PageFlags.Writable, 0x8000_0000_1234_5003UL)]
    [TestCase(0, PageFlags.User | PageFlags.Executable, 0x0000_0000_1234_5005UL)]
    [TestCase(0, PageFlags.Writable | PageFlags.WriteThrough, 0x8000_0000_1234_500BUL)]
    [TestCase(0, PageFlags.Writable | PageFlags.CacheDisabled, 0x8000_0000_1234_5013UL)]
    [TestCase(0, PageFlags.Writable | PageFlags.CacheDisabled | PageFlags.WriteThrough, 0x8000_0000_1234_501BUL)]
    [TestCase(0, PageFlags.Writable | PageFlags.WriteCombining, 0x8000_0000_1234_508BUL)]
    [TestCase(0, PageFlags.Writable | PageFlags.Global | PageFlags.Accessed | PageFlags.Dirty, 0x8000_0000_1234_5163UL)]
    [TestCase(1, PageFlags.Executable | PageFlags.Global, 0x0000_0000_1220_0181UL)]
    [TestCase(1, PageFlags.Writable | PageFlags.WriteCombining, 0x8000_0000_1220_108BUL)]
    [TestCase(2, PageFlags.Writable | PageFlags.Dirty, 0x8000_0000_0000_00C3UL)]
    public void A_page_entry_has_the_bits_of_the_manual(int level, PageFlags flags, ulong expected)
    {
        PhysAddr page = PhysAddr.FromTrusted(0x1234_5000UL).AlignDown(1UL << (12 + (9 * level)));
        Assert.That(s_format.EncodePage(page, flags, level), Is.EqualTo(expected));
    }

    // Tables 4-15, 4-17, 4-19: P, R/W and, for user pages, U/S.
    [TestCase(PageFlags.None, 0b011UL)]
    [TestCase(PageFlags.User, 0b111UL)]
    public void A_table_entry_has_the_bits_of_the_manual(PageFlags flags, ulong expected) =>
        Assert.That(s_format.TableBits(flags, 1), Is.EqualTo(expected));

    // With MAXPHYADDR 39: bits 51:39 everywhere; bit 7 in a PML4 entry; 20:13 of a 2 MiB and 29:13 of a 1 GiB page's entry.
    [TestCase(0, 0x001UL, 0x000F_FF80_0000_0000UL)]
    [TestCase(1, 0x001UL, 0x000F_FF80_0000_0000UL)]
    [TestCase(1, 0x081UL, 0x000F_FF80_001F_E000UL)]
    [TestCase(2, 0x081UL, 0x000F_FF80_3FFF_E000UL)]
    [TestCase(3, 0x001UL, 0x000F_FF80_0000_0080UL)]
    public void The_reserved_bits_are_those_of_the_manual(int level, ulong entry, ulong expected) =>
        Assert.That(s_format.ReservedBits(entry, level, 39), Is.EqualTo(expected));

    // 4.6: an access needs the right at every level; one level with XD set forbids fetching.
    [TestCase(0x003UL, PageFlags.Present | PageFlags.Writable | PageFlags.Executable)]
    [TestCase(0x001UL, PageFlags.Present | PageFlags.Executable)]
    [TestCase(0x007UL, PageFlags.Present | PageFlags.Writable | PageFlags.User | PageFlags.Executable)]
    [TestCase(0x8000_0000_0000_0007UL, PageFlags.Present | PageFlags.Writable | PageFlags.User)]
    public void A_table_narrows_what_its_pages_allow(ulong table, PageFlags expected)
    {
        const ulong Page = 0x007;
        Assert.That(s_format.DecodePage(Page, 0, s_format.NarrowRights(s_format.AllRights, table, 1)), Is.EqualTo(expected));
    }

    [Test]
    public void A_page_attribute_entry_that_MemOS_does_not_change_reads_as_what_it_does()
    {
        // PAT set with PWT and PCD clear selects entry 4, write back as entry 0.
        Assert.That(s_format.DecodePage(0x081, 0, s_format.AllRights), Is.EqualTo(PageFlags.Present | PageFlags.Executable));
    }
}
