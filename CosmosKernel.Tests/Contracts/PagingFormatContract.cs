using System;
using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Contracts;

/// <summary>What every paging format keeps to, and that it says what the manual says.</summary>
public abstract class PagingFormatContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const PageFlags AnyCaching = PageFlags.WriteThrough | PageFlags.CacheDisabled | PageFlags.WriteCombining;
    private const PageFlags Rights = PageFlags.Writable | PageFlags.User | PageFlags.Executable;
    private const int FlagCombinations = 1 << 10;
    private const int RandomEntries = 200_000;

    protected static TFormat Format => default;

    /// <summary>Entries of tables without their addresses, and what each allows of writing, user access and executing.</summary>
    protected abstract IEnumerable<(ulong Bits, PageFlags Allowed)> Tables(int level);

    /// <summary>An entry as the manual reads it, on a machine with <paramref name="physicalBits"/> address bits.</summary>
    protected abstract ManualEntry Read(ulong entry, int level, int physicalBits);

    [Test]
    public void The_levels_cover_the_virtual_address()
    {
        int covered = Format.PageShift + ((Format.LevelCount - 1) * Format.IndexBits) + Format.RootIndexBits;
        Assert.That(covered, Is.EqualTo(Format.VirtualBits));
        Assert.That(Format.RootIndexBits, Is.InRange(1, Format.IndexBits));
        Assert.That(Format.IndexBits + Format.EntryShift, Is.EqualTo(Format.PageShift), "a table is as large as a page");
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
            PageFlags nearest = Format.Nearest(flags);
            Assert.That(Format.IsPresent(entry));
            Assert.That(Format.IsLeaf(entry, level));
            Assert.That(level == 0 || !Format.IsTable(entry, level));
            Assert.That(Format.PageAddress(entry, level), Is.EqualTo(page));
            Assert.That(Format.DecodePage(entry, level, Format.AllRights), Is.EqualTo(nearest));
            Assert.That(Format.IsGlobal(entry), Is.EqualTo((flags & PageFlags.Global) != 0));
            Assert.That(entry & Format.ReservedBits(entry, level, Format.PhysicalBits), Is.Zero);
            Assert.That(entry >> (8 << Format.EntryShift >> 1) >> (8 << Format.EntryShift >> 1), Is.Zero, "wider than an entry");
            Assert.That(Read(entry, level, Format.PhysicalBits), Is.EqualTo(ManualEntry.Page(page.Value, nearest, ShiftOf(level))));
        });
    }

    [Test]
    public void The_nearest_flags_are_said_as_they_are()
    {
        for (int bits = 0; bits < FlagCombinations; bits++)
        {
            PageFlags nearest = Format.Nearest((PageFlags)bits);
            Assert.That(Format.Nearest(nearest), Is.EqualTo(nearest));
            const PageFlags Exact = ~(PageFlags.Executable | AnyCaching);
            Assert.That(nearest & Exact, Is.EqualTo((PageFlags)bits & Exact));
            // Asked for uncached, a page is never cached.
            if ((bits & (int)AnyCaching) != 0) Assert.That(nearest & AnyCaching, Is.Not.EqualTo(PageFlags.None));
        }
    }

    [Test]
    public void Random_entries_mean_what_the_manual_says()
    {
        Random random = new(4);
        int[] kinds = new int[4];
        for (int i = 0; i < RandomEntries; i++)
        {
            // Few bits in some places, so that each kind comes.
            ulong entry = (ulong)random.NextInt64() << random.Next(2);
            if (random.Next(2) == 0) entry &= (ulong)random.NextInt64();
            if (random.Next(2) == 0) entry &= (1UL << random.Next(13, 64)) - 1;
            if (random.Next(2) == 0) entry &= ulong.MaxValue << random.Next(12, 48) | 0xFFF;
            if (Format.EntryShift == 2) entry = (uint)entry;
            int level = random.Next(Format.LevelCount);
            int physicalBits = random.Next(2) == 0 ? Format.PhysicalBits : random.Next(32, Format.PhysicalBits + 1);

            ManualEntry expected = Read(entry, level, physicalBits);
            ManualEntry seen = ReadByFormat(entry, level, physicalBits);
            if (seen != expected) Assert.Fail($"0x{entry:x} at level {level} with {physicalBits} bits: {seen}, by the manual {expected}");
            kinds[(int)expected.Kind]++;
        }

        Assert.That(kinds[(int)WalkStepKind.Absent], Is.GreaterThan(100));
        Assert.That(kinds[(int)WalkStepKind.Table], Is.GreaterThan(100));
        Assert.That(kinds[(int)WalkStepKind.Page], Is.GreaterThan(100));
    }

    [Test]
    public void Entries_of_neighbouring_pages_differ_by_a_constant()
    {
        Random random = new(5);
        ForEachPage((level, page, flags) =>
        {
            ulong sizeBytes = 1UL << ShiftOf(level);
            ulong even = 1UL << Format.EvenAddressBits;
            ulong start = (ulong)random.NextInt64() & ((1UL << Format.PhysicalBitsAt(level)) - 1) & ~(even - 1);
            ulong step = EntryAt(start + sizeBytes, flags, level) - EntryAt(start, flags, level);
            ulong pages = (ulong)random.NextInt64(1, (long)Math.Max(2, even / sizeBytes));
            ulong expected = EntryAt(start, flags, level) + (pages * step);
            Assert.That(EntryAt(start + (pages * sizeBytes), flags, level), Is.EqualTo(expected));
        });
    }

    [Test]
    public void A_table_entry_passes_its_own_comparison_and_narrows_nothing_for_its_pages()
    {
        for (int bits = 0; bits < FlagCombinations; bits++)
        {
            PageFlags flags = (PageFlags)bits | PageFlags.Present;
            if (!IsOneCaching(flags & AnyCaching)) continue;
            for (int level = 1; level < Format.LevelCount; level++)
            {
                PhysAddr table = HighestTable;
                ulong entry = Format.TablePointer(table) | Format.TableBits(flags, level);
                Assert.That(entry & Format.TableMask(flags, level), Is.EqualTo(Format.TableBits(flags, level)));
                ManualEntry seen = Read(entry, level, Format.PhysicalBits);
                Assert.That(seen.Kind, Is.EqualTo(WalkStepKind.Table));
                Assert.That(seen.Address, Is.EqualTo(table.Value));
                Assert.That(ReadByFormat(entry, level, Format.PhysicalBits), Is.EqualTo(seen));

                ulong page = Format.EncodePage(PhysAddr.Zero, flags, 0);
                PageFlags under = Format.DecodePage(page, 0, Format.NarrowRights(Format.AllRights, entry, level));
                Assert.That(under, Is.EqualTo(Format.DecodePage(page, 0, Format.AllRights)));
                if ((flags & PageFlags.User) == 0) continue;
                Assert.That(seen.Flags & Rights, Is.EqualTo(Rights), "tables for user pages allow all that pages may");
            }
        }
    }

    [Test]
    public void A_table_narrows_what_its_pages_allow()
    {
        for (int level = 1; level < Format.LevelCount; level++)
        {
            foreach ((ulong bits, PageFlags allowed) in Tables(level))
            {
                ulong table = Format.TablePointer(HighestTable) | bits;
                Assert.That(Read(table, level, Format.PhysicalBits).Kind, Is.EqualTo(WalkStepKind.Table));
                ulong rights = Format.NarrowRights(Format.AllRights, table, level);
                for (int combination = 0; combination < FlagCombinations; combination++)
                {
                    PageFlags flags = (PageFlags)combination | PageFlags.Present;
                    if (!IsOneCaching(flags & AnyCaching)) continue;
                    ulong page = Format.EncodePage(PhysAddr.Zero, flags, 0);
                    PageFlags alone = Format.DecodePage(page, 0, Format.AllRights);
                    PageFlags under = Format.DecodePage(page, 0, rights);
                    Assert.That(under, Is.EqualTo(alone & (allowed | ~Rights)), $"0x{table:x} over 0x{page:x}");
                }
            }
        }
    }

    [Test]
    public void The_count_of_a_table_disturbs_neither_its_address_nor_its_rights()
    {
        if (Format.TableCountShift < 0) Assert.Ignore("the format has no room for a count");
        for (int level = 1; level < Format.LevelCount; level++)
        {
            ulong plain = Format.TablePointer(HighestTable) | Format.TableBits(PageFlags.User, level);
            ulong counted = plain | ((1UL << Format.IndexBits) << Format.TableCountShift);
            Assert.That(Format.TableAddress(counted), Is.EqualTo(HighestTable));
            Assert.That(Format.NarrowRights(Format.AllRights, counted, level), Is.EqualTo(Format.NarrowRights(Format.AllRights, plain, level)));
            Assert.That(counted & Format.TableMask(PageFlags.User, level), Is.EqualTo(Format.TableBits(PageFlags.User, level)));
            Assert.That(Read(counted, level, Format.PhysicalBits), Is.EqualTo(Read(plain, level, Format.PhysicalBits)));
        }

        Assert.That(Format.IndexBits, Is.LessThan(10), "the count has ten bits");
    }

    [Test]
    public void Addresses_are_canonical_up_to_the_hole_and_from_its_end()
    {
        TableEntries<NoMemory, TFormat> entries = new(default);
        ulong size = 1UL << Format.VirtualBits;
        (ulong, bool)[] expected = Format.Halves switch
        {
            AddressHalves.Both =>
            [
                (0, true), ((size / 2) - 1, true), (size / 2, false), (0UL - (size / 2) - 1, false), (0UL - (size / 2), true),
                (ulong.MaxValue, true), (size, false), (1UL << 63, false),
            ],
            AddressHalves.Lower => [(0, true), (size - 1, true), (size, false), (ulong.MaxValue, false), (1UL << 63, false)],
            _ => [(0, false), (0UL - size - 1, false), (0UL - size, true), (ulong.MaxValue, true), (ulong.MaxValue >> 1, false)],
        };
        foreach ((ulong address, bool isCanonical) in expected)
            Assert.That(entries.IsCanonical(VirtAddr.FromTrusted(address)), Is.EqualTo(isCanonical), $"0x{address:x}");
        Assert.That(entries.IsCanonical(entries.First));
        Assert.That(entries.IsCanonical(entries.AddressAt(size - 1)));
    }

    private static PhysAddr HighestTable =>
        PhysAddr.FromTrusted(((1UL << Format.PhysicalBitsAt(0)) - 1) & ~((1UL << Format.PageShift) - 1));

    private static int ShiftOf(int level) => Format.PageShift + (level * Format.IndexBits);

    private static ulong EntryAt(ulong page, PageFlags flags, int level) => Format.EncodePage(PhysAddr.FromTrusted(page), flags, level);

    private static ManualEntry ReadByFormat(ulong entry, int level, int physicalBits)
    {
        if (!Format.IsPresent(entry)) return ManualEntry.Absent;
        if ((entry & Format.ReservedBits(entry, level, physicalBits)) != 0) return ManualEntry.Reserved;
        if (level != 0 && Format.IsTable(entry, level))
            return ManualEntry.Table(Format.TableAddress(entry).Value, Format.DecodeTable(entry, level) & Rights);
        PageFlags flags = Format.DecodePage(entry, level, Format.AllRights);
        return ManualEntry.Page(Format.PageAddress(entry, level).Value, flags, Format.PageShiftOf(entry, level));
    }

    private static void ForEachPage(Action<int, PhysAddr, PageFlags> check)
    {
        for (int level = 0; level < Format.LevelCount; level++)
        {
            if (((Format.LeafLevels >> level) & 1) == 0) continue;
            ulong sizeBytes = 1UL << ShiftOf(level);
            ulong highest = ((1UL << Format.PhysicalBitsAt(level)) - 1) & ~(sizeBytes - 1);
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
