using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <content>The window of x86-64 has room for all memory.</content>
public readonly unsafe partial struct DirectMap
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Pointer(PhysAddr address) => (byte*)unchecked(s_base + address.Value);

    // SAFETY, both: the caller's pointer is to memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ulong* word) => Volatile.Read(ref *word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ulong* word, ulong value) => Volatile.Write(ref *word, value);
}
