using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>Who knows what code is called. Used as a struct type parameter; what implements it must not need <c>new</c>.</summary>
public unsafe interface ICodeNames
{
    /// <summary>Writes the name of the code at <paramref name="address"/> in ASCII, cut off after <paramref name="capacity"/> bytes.</summary>
    /// <returns>The bytes written; 0 when it has no name. <paramref name="offset"/> is how far the address lies behind it.</returns>
    int Find(VirtAddr address, byte* buffer, int capacity, out ulong offset);
}
