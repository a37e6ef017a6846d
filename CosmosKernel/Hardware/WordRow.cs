using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Words in a row, for kinds of memory that have nothing better than one after the other.</summary>
public static class WordRow
{
    /// <summary>Does what <see cref="IPhysicalMemory.WriteWords"/> says.</summary>
    public static void Write<TMemory>(TMemory memory, PhysAddr start, int count, ulong first, ulong step)
        where TMemory : struct, IPhysicalMemory
    {
        for (int index = 0; index < count; index++)
            memory.WriteWord(start + ((ulong)(uint)index * sizeof(ulong)), unchecked(first + ((ulong)(uint)index * step)));
    }
}
