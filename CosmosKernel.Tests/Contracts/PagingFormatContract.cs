using System;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What every paging format keeps to.</summary>
public abstract class PagingFormatContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const PageFlags AnyCaching = PageFlags.WriteThrough | PageFlags.CacheDisabled | PageFlags.WriteCombining;
    private const int FlagCombinations = 1 << 10;

    protected static TFormat Format => default;

    [Test]
    public void The_levels_cover_the_virtual_address()
    {
        int covered = Format.PageShift + (Format.LevelCount * Format.IndexBits);
        Assert.That(covered, Is.GreaterThanOrEqualTo(Format.VirtualBits));
        Assert.That(covered - Format.IndexBits, Is.LessThan(Format.VirtualBits));
        Assert.That(Format.LeafLevels & 1, Is.EqualTo(1), "the smallest pages");
        Assert.That(Format.LeafLevels >> Format.LevelCount, Is.Zero);
    }

    [Test]
    public void Zero_is_absent() => Assert.That(Format.IsPresent(0), Is.False);

    [Test]
    public void A_page_entry_means_what_it_was_made_of()
    {
        ForEachPage((level, page, flags) =>
        {
            ulong entry = Format.EncodePage(page, flags, level);
            Assert.That(Format.IsPresent(entry));
            Assert.That(Format.IsLeaf(entry, level));
            Assert.That(Format.PageAddress(entry, level), Is.EqualTo(page));
            Assert.That(Format.DecodePage(entry, level, Format.AllRights), Is.EqualTo(flags));
            Assert.That(Format.IsGlobal(entry), Is.EqualTo((flags & PageFlags.Global) != 0));
            Assert.That(entry & Format.ReservedBits(entry, level, Format.PhysicalBits), Is.Zero);
        });
    }

    [Test]
    public void An_address_beyond_the_machines_width_sets_reserved_bits()
    {
        const int PhysicalBits = 40;
        ForEachPage((level, page, flags) =>
        {
            ulong entry = Format.EncodePage(page, flags, level);
            bool isReserved = (entry & Format.ReservedBits(entry, level, PhysicalBits)) != 0;
            Assert.That(isReserved, Is.EqualTo(page.Value >> PhysicalBits != 0));
        });
    }

    [Test]
    public void A_table_entry_passes_its_own_comparison_and_narrows_nothing_for_its_pages()
    {
        for (int bits = 0; bits < FlagCombinations; bits++)
        {
            PageFlags flags = (PageFlags)bits | PageFlags.Present;
            PhysAddr table = PhysAddr.FromTrusted(0x000F_FFFF_FFFF_F000);
            ulong entry = table.Value | Format.TableBits(flags);
            Assert.That(Format.IsPresent(entry));
            Assert.That(entry & Format.TableMask(flags), Is.EqualTo(Format.TableBits(flags)));
            Assert.That(Format.TableAddress(entry), Is.EqualTo(table));
            for (int level = 1; level < Format.LevelCount; level++)
            {
                Assert.That(Format.IsLeaf(entry, level), Is.False);
                Assert.That(entry & Format.ReservedBits(entry, level, Format.PhysicalBits), Is.Zero);
            }

            ulong page = Format.EncodePage(PhysAddr.Zero, flags, 0);
            PageFlags seen = Format.DecodePage(page, 0, Format.NarrowRights(Format.AllRights, entry));
            PageFlags alone = Format.DecodePage(page, 0, Format.AllRights);
            Assert.That(seen, Is.EqualTo(alone));
        }
    }

    [Test]
    public void The_count_of_a_table_disturbs_neither_its_address_nor_its_rights()
    {
        if (Format.TableCountShift < 0) Assert.Ignore("the format has no room for a count");
        PhysAddr table = PhysAddr.FromTrusted(0x000F_FFFF_FFFF_F000);
        ulong plain = table.Value | Format.TableBits(PageFlags.User);
        ulong counted = plain | (512UL << Format.TableCountShift);
        Assert.That(Format.TableAddress(counted), Is.EqualTo(table));
        Assert.That(Format.NarrowRights(Format.AllRights, counted), Is.EqualTo(Format.NarrowRights(Format.AllRights, plain)));
        Assert.That(counted & Format.TableMask(PageFlags.User), Is.EqualTo(Format.TableBits(PageFlags.User)));
        for (int level = 1; level < Format.LevelCount; level++)
        {
            Assert.That(counted & Format.ReservedBits(counted, level, Format.PhysicalBits), Is.Zero);
        }
    }

    [Test]
    public void Addresses_are_canonical_up_to_the_hole_and_from_its_end()
    {
        ulong half = 1UL << (Format.VirtualBits - 1);
        Assert.That(Format.IsCanonical(VirtAddr.Zero));
        Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(half - 1)));
        if (Format.VirtualBits == 32)
        {
            Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(uint.MaxValue)));
            Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(1UL << 32)), Is.False);
            return;
        }

        Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(half)), Is.False);
        Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(0UL - half - 1)), Is.False);
        Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(0UL - half)));
        Assert.That(Format.IsCanonical(VirtAddr.FromTrusted(ulong.MaxValue)));
    }

    private static void ForEachPage(Action<int, PhysAddr, PageFlags> check)
    {
        for (int level = 0; level < Format.LevelCount; level++)
        {
            if (((Format.LeafLevels >> level) & 1) == 0) continue;
            ulong sizeBytes = 1UL << (Format.PageShift + (level * Format.IndexBits));
            ulong highest = ((1UL << Format.PhysicalBits) - 1) & ~(sizeBytes - 1);
            for (int bits = 0; bits < FlagCombinations; bits++)
            {
                PageFlags flags = (PageFlags)bits | PageFlags.Present;
                if (!IsOneCaching(flags & AnyCaching)) continue;
                check(level, PhysAddr.Zero, flags);
                check(level, PhysAddr.FromTrusted(sizeBytes), flags);
                check(level, PhysAddr.FromTrusted(highest), flags);
            }
        }
    }

    // Write combining is a kind of caching of its own; the other two may be set together.
    private static bool IsOneCaching(PageFlags caching) =>
        (caching & PageFlags.WriteCombining) == 0 || caching == PageFlags.WriteCombining;
}
