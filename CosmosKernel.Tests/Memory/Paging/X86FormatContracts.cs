using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>What the tables of Intel SDM vol. 3A, chapter 4, say for all x86 formats.</summary>
public abstract class X86FormatContract<TFormat> : PagingFormatContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const PageFlags Uncached = PageFlags.CacheDisabled;
    private const PageFlags StronglyUncached = PageFlags.CacheDisabled | PageFlags.WriteThrough;

    // The page attribute table as MemOS sets it, by PAT, PCD and PWT (11.12.4, with entry 5 as write combining).
    private static readonly PageFlags[] s_caching =
    [
        PageFlags.None, PageFlags.WriteThrough, Uncached, StronglyUncached,
        PageFlags.None, PageFlags.WriteCombining, Uncached, StronglyUncached,
    ];

    // R/W 1, U/S 2, XD 63: 4.6.
    protected static PageFlags Allowed(ulong entry) =>
        (ManualEntry.Bit(entry, 1) ? PageFlags.Writable : 0)
        | (ManualEntry.Bit(entry, 2) ? PageFlags.User : 0)
        | (ManualEntry.Bit(entry, 63) ? 0 : PageFlags.Executable);

    // P 0, PWT 3, PCD 4, A 5, D 6, G 8.
    protected static PageFlags PageFlagsOf(ulong entry, int patBit)
    {
        ulong caching = (ManualEntry.Field(entry, patBit, patBit) << 2) | ManualEntry.Field(entry, 4, 3);
        return PageFlags.Present | Allowed(entry) | s_caching[caching]
            | (ManualEntry.Bit(entry, 5) ? PageFlags.Accessed : 0)
            | (ManualEntry.Bit(entry, 6) ? PageFlags.Dirty : 0)
            | (ManualEntry.Bit(entry, 8) ? PageFlags.Global : 0);
    }

    protected static IEnumerable<(ulong Bits, PageFlags Allowed)> TablesWithRights(bool hasNoExecute)
    {
        for (ulong rights = 0; rights < (hasNoExecute ? 8UL : 4); rights++)
        {
            ulong bits = 1 | (rights & 1) << 1 | (rights & 2) << 1 | (rights & 4) << 61;
            yield return (bits, Allowed(bits));
        }
    }
}

/// <summary>4.5.4: tables 4-14 to 4-20.</summary>
public abstract class X64FormatContract<TFormat> : X86FormatContract<TFormat>
    where TFormat : struct, IPagingFormat
{
    protected override IEnumerable<(ulong Bits, PageFlags Allowed)> Tables(int level) => TablesWithRights(hasNoExecute: true);

    protected override ManualEntry Read(ulong entry, int level, int physicalBits)
    {
        if (!ManualEntry.Bit(entry, 0)) return ManualEntry.Absent;
        if (ManualEntry.Field(entry, 51, physicalBits) != 0) return ManualEntry.Reserved;
        bool isLarge = level > 0 && ManualEntry.Bit(entry, 7);
        switch (level)
        {
            case 0: return ManualEntry.Page(ManualEntry.InPlace(entry, 51, 12), PageFlagsOf(entry, 7), 12);
            case 1 when isLarge && ManualEntry.Field(entry, 20, 13) == 0:
                return ManualEntry.Page(ManualEntry.InPlace(entry, 51, 21), PageFlagsOf(entry, 12), 21);
            case 2 when isLarge && ManualEntry.Field(entry, 29, 13) == 0:
                return ManualEntry.Page(ManualEntry.InPlace(entry, 51, 30), PageFlagsOf(entry, 12), 30);
            default:
                return isLarge ? ManualEntry.Reserved : ManualEntry.Table(ManualEntry.InPlace(entry, 51, 12), Allowed(entry));
        }
    }
}

[TestFixture]
public sealed class X64FourLevelContractTests : X64FormatContract<X64FourLevel>;

[TestFixture]
public sealed class X64FiveLevelContractTests : X64FormatContract<X64FiveLevel>;

/// <summary>4.4.1 and 4.4.2: tables 4-8 to 4-11.</summary>
[TestFixture]
public sealed class X86PaeContractTests : X86FormatContract<X86Pae>
{
    protected override IEnumerable<(ulong Bits, PageFlags Allowed)> Tables(int level) =>
        level == 2 ? [(1, Allowed(6))] : TablesWithRights(hasNoExecute: true);

    protected override ManualEntry Read(ulong entry, int level, int physicalBits)
    {
        if (!ManualEntry.Bit(entry, 0)) return ManualEntry.Absent;
        if (ManualEntry.Field(entry, 62, physicalBits) != 0) return ManualEntry.Reserved;
        if (level == 2)
        {
            // Bit 5 is reserved by the manual, and QEMU 7.2 sets it: the format lets it be.
            bool isReserved = ManualEntry.Bit(entry, 63) || ManualEntry.Field(entry, 2, 1) != 0 || ManualEntry.Field(entry, 8, 6) != 0;
            return isReserved ? ManualEntry.Reserved : ManualEntry.Table(ManualEntry.InPlace(entry, 51, 12), Allowed(6));
        }

        if (level == 0) return ManualEntry.Page(ManualEntry.InPlace(entry, 51, 12), PageFlagsOf(entry, 7), 12);
        if (!ManualEntry.Bit(entry, 7)) return ManualEntry.Table(ManualEntry.InPlace(entry, 51, 12), Allowed(entry));
        return ManualEntry.Field(entry, 20, 13) != 0
            ? ManualEntry.Reserved
            : ManualEntry.Page(ManualEntry.InPlace(entry, 51, 21), PageFlagsOf(entry, 12), 21);
    }
}

/// <summary>4.3: tables 4-4 to 4-6, with PSE-36.</summary>
[TestFixture]
public sealed class X86TwoLevelContractTests : X86FormatContract<X86TwoLevel>
{
    protected override IEnumerable<(ulong Bits, PageFlags Allowed)> Tables(int level) => TablesWithRights(hasNoExecute: false);

    protected override ManualEntry Read(ulong entry, int level, int physicalBits)
    {
        if (!ManualEntry.Bit(entry, 0)) return ManualEntry.Absent;
        if (level == 0) return ManualEntry.Page(ManualEntry.InPlace(entry, 31, 12), PageFlagsOf(entry, 7), 12);
        if (!ManualEntry.Bit(entry, 7)) return ManualEntry.Table(ManualEntry.InPlace(entry, 31, 12), Allowed(entry));
        // M is 40 or MAXPHYADDR, whichever is less: bits (M-20):13 are bits (M-1):32 of the address, 21:(M-19) are reserved.
        int m = physicalBits < 40 ? physicalBits : 40;
        if (ManualEntry.Field(entry, 21, m - 19) != 0) return ManualEntry.Reserved;
        ulong address = ManualEntry.InPlace(entry, 31, 22) | (ManualEntry.Field(entry, m - 20, 13) << 32);
        return ManualEntry.Page(address, PageFlagsOf(entry, 12), 22);
    }
}
