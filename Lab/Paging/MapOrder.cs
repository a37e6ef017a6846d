using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>A range to map, as a user writes it: <c>0xffff800000000000=0x100000,2M,rw</c>.</summary>
internal readonly record struct MapOrder(string Text, VirtAddr Start, PhysAddr Target, ulong SizeBytes, PageFlags Flags)
{
    public const string Syntax = "ADDR=TARGET,SIZE,RIGHTS";

    /// <exception cref="LabException">It is not written like that.</exception>
    public static MapOrder Parse(string text)
    {
        string[] sides = text.Split('=');
        string[] parts = sides.Length == 2 ? sides[1].Split(',') : [];
        if (parts.Length != 3) throw new LabException($"'{text}' is not {Syntax}, as in 0xffff800000000000=0x100000,2M,rw");
        return new MapOrder(
            text, VirtAddr.FromTrusted(LabNumber.Parse(sides[0])), PhysAddr.FromTrusted(LabNumber.Parse(parts[0])),
            MemoryAmount.ParseFrames(parts[1]) * FrameNumber.SizeBytes, ParseRights(parts[2]));
    }

    private static PageFlags ParseRights(string letters)
    {
        PageFlags flags = PageFlags.Present;
        foreach (char letter in letters)
        {
            flags |= letter switch
            {
                'r' => PageFlags.Present,
                'w' => PageFlags.Writable,
                'x' => PageFlags.Executable,
                'u' => PageFlags.User,
                'g' => PageFlags.Global,
                'c' => PageFlags.CacheDisabled,
                'a' => PageFlags.Accessed,
                'd' => PageFlags.Dirty,
                _ => throw new LabException($"'{letter}' is no right: r w x u, g (global), c (uncached), a (accessed), d (dirty)"),
            };
        }

        return flags;
    }
}
