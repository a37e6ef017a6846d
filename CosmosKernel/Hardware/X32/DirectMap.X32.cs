using System.Threading;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <content>The window of x86-32 shows the lower part of memory; who shows the rest is said when paging is switched on.</content>
public readonly unsafe partial struct DirectMap
{
    private static ulong s_end;
    private static delegate*<ulong, byte*> s_show;

    /// <summary>Says that the window ends at physical address <paramref name="end"/>, and what gives the pointer to a physical address behind it.</summary>
    public static void LimitTo(PhysAddr end, delegate*<ulong, byte*> show)
    {
        s_show = show;
        s_end = end.Value;
    }

    /// <summary>Where the byte is; behind the window's end a pointer is good until some more frames were asked for, and never across two.</summary>
    public byte* Pointer(PhysAddr address)
    {
        if (s_end != 0 && address.Value >= s_end) return s_show(address.Value);
        return (byte*)(uint)unchecked(s_base + address.Value);
    }

    // In halves: one processor runs, and the bits that it sets itself in an entry are all in the lower one. Not Volatile of 64 bits, which in a class
    // library of 64-bit machines goes by IntPtr, and so by half of the word here.
    private static ulong Load(ulong* word) => Volatile.Read(ref *(uint*)word) | ((ulong)Volatile.Read(ref *((uint*)word + 1)) << 32);

    private static void Store(ulong* word, ulong value) => Cpu.StoreLong(word, value);
}
