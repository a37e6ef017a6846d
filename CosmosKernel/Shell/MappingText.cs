using System.Text;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>Words for mappings.</summary>
public static class MappingText
{
    private const int KiBShift = 10;
    private static readonly string[] s_units = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

    /// <summary>What flags allow, and what is special about them: "kernel read write global".</summary>
    public static string Of(PageFlags flags)
    {
        var text = new StringBuilder((flags & PageFlags.User) != 0 ? "user read" : "kernel read");
        AddIf(text, flags, PageFlags.Writable, " write");
        AddIf(text, flags, PageFlags.Executable, " execute");
        AddIf(text, flags, PageFlags.Global, " global");
        AddIf(text, flags, PageFlags.CacheDisabled, " uncached");
        AddIf(text, flags, PageFlags.WriteThrough, " write-through");
        AddIf(text, flags, PageFlags.WriteCombining, " write-combining");
        AddIf(text, flags, PageFlags.Accessed, " accessed");
        AddIf(text, flags, PageFlags.Dirty, " dirty");
        return text.ToString();
    }

    /// <summary>2^<paramref name="shift"/> bytes: "2 MiB".</summary>
    public static string Size(int shift) => (1UL << (shift % KiBShift)).ToString() + " " + s_units[shift / KiBShift];

    /// <summary>A number of bytes in the largest unit that it is whole multiples of.</summary>
    public static string Bytes(ulong count)
    {
        int unit = 0;
        for (; unit < s_units.Length - 1 && count != 0 && (count & ((1UL << KiBShift) - 1)) == 0; unit++) count >>= KiBShift;
        return count.ToString() + " " + s_units[unit];
    }

    /// <summary>Why there is no translation of <paramref name="address"/>; null when there is one.</summary>
    public static string? WhyNot(PagingResult result, VirtAddr address) => result switch
    {
        PagingResult.Ok => null,
        PagingResult.NonCanonical => address.ToString() + " is no address of this format",
        PagingResult.ReservedBitSet => "the walk of " + address.ToString() + " ends at a reserved bit",
        _ => address.ToString() + " is not mapped",
    };

    /// <summary>What <paramref name="address"/> stands for, in a line.</summary>
    public static string Of(VirtAddr address, Translation translation) =>
        address.ToString() + " is " + translation.Address.ToString() + ", in a page of " + Size(translation.PageShift) + ": " + Of(translation.Flags);

    private static void AddIf(StringBuilder text, PageFlags flags, PageFlags wanted, string words)
    {
        if ((flags & wanted) != 0) text.Append(words);
    }
}
