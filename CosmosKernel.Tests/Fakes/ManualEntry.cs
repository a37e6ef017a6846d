using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>An entry of a page table as a test reads it from the architecture's manual, bit by bit.</summary>
/// <param name="Kind">What it is; the rest has a meaning for tables and pages alone.</param>
/// <param name="Address">The table's or the page's address.</param>
/// <param name="Flags">What a page is, or what a table allows: writing, user access, executing.</param>
/// <param name="PageShift">log2 of the page's size; 0 for a table.</param>
public readonly record struct ManualEntry(WalkStepKind Kind, ulong Address, PageFlags Flags, int PageShift)
{
    public static ManualEntry Absent => new(WalkStepKind.Absent, 0, PageFlags.None, 0);

    public static ManualEntry Reserved => new(WalkStepKind.Reserved, 0, PageFlags.None, 0);

    public static ManualEntry Table(ulong address, PageFlags allowed) => new(WalkStepKind.Table, address, allowed, 0);

    public static ManualEntry Page(ulong address, PageFlags flags, int pageShift) => new(WalkStepKind.Page, address, flags, pageShift);

    /// <summary>Whether bit <paramref name="number"/> of <paramref name="entry"/> is set.</summary>
    public static bool Bit(ulong entry, int number) => ((entry >> number) & 1) != 0;

    /// <summary>Bits <paramref name="high"/> to <paramref name="low"/> of <paramref name="entry"/>, as the manuals write them, where they stand.</summary>
    public static ulong InPlace(ulong entry, int high, int low)
    {
        ulong result = 0;
        for (int bit = low; bit <= high; bit++) result |= entry & (1UL << bit);
        return result;
    }

    /// <summary>Bits <paramref name="high"/> to <paramref name="low"/> of <paramref name="entry"/> as a number.</summary>
    public static ulong Field(ulong entry, int high, int low) => high < low ? 0 : InPlace(entry, high, low) >> low;
}
