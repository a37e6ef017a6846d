using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <content>The window of x86-64 has room for all memory.</content>
public readonly unsafe partial struct DirectMap
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Pointer(PhysAddr address) => (byte*)unchecked(s_base + address.Value);
}
