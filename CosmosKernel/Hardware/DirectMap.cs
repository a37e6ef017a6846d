using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Physical memory through the window of the address space where all of it is mapped in order.</summary>
/// <remarks>
/// The window's base is 0 (the boot loader's identity map) until the kernel's own tables are loaded. An instance has no
/// state: <c>default(DirectMap)</c> is as good as any.
/// </remarks>
public readonly unsafe partial struct DirectMap : IPhysicalMemory
{
    private const int WordsPerTurn = 8;

    private static ulong s_base;

    /// <summary>The virtual address of physical address 0.</summary>
    public static VirtAddr Base => VirtAddr.FromTrusted(s_base);

    /// <summary>Moves the window; pointers from before stay valid only as long as the old mapping does.</summary>
    public static void SetBase(VirtAddr address) => s_base = address.Value;

    /// <summary>The virtual address of <paramref name="address"/> in the window.</summary>
    public static VirtAddr ToVirtual(PhysAddr address) => VirtAddr.FromTrusted(unchecked(s_base + address.Value));

    /// <summary>The physical address that the window shows at <paramref name="address"/>, which lies in the window.</summary>
    public static PhysAddr ToPhysical(VirtAddr address) => PhysAddr.FromTrusted(unchecked(address.Value - s_base));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadWord(PhysAddr address) => Load((ulong*)Pointer(address)); // SAFETY: all memory is mapped.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteWord(PhysAddr address, ulong value) => Store((ulong*)Pointer(address), value); // SAFETY: as above.

    /// <inheritdoc/>
    public void WriteWords(PhysAddr start, int count, ulong first, ulong step)
    {
        // SAFETY: the window shows memory in order. The window is found once, eight words a turn leave little beside the writing.
        ulong* word = (ulong*)Pointer(start);
        ulong* end = word + count;
        for (; end - word >= WordsPerTurn; word += WordsPerTurn)
        {
            first = Put(word, first, step);
            first = Put(word + 1, first, step);
            first = Put(word + 2, first, step);
            first = Put(word + 3, first, step);
            first = Put(word + 4, first, step);
            first = Put(word + 5, first, step);
            first = Put(word + 6, first, step);
            first = Put(word + 7, first, step);
        }

        for (; word < end; word++) first = Put(word, first, step);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadHalfWord(PhysAddr address) => Volatile.Read(ref *(uint*)Pointer(address)); // SAFETY: as above.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteHalfWord(PhysAddr address, uint value) => Volatile.Write(ref *(uint*)Pointer(address), value); // SAFETY: as above.

    /// <inheritdoc/>
    public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(Pointer(frame.Start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Put(ulong* word, ulong value, ulong step)
    {
        Store(word, value); // SAFETY: the caller's pointer is to memory.
        return unchecked(value + step);
    }
}
