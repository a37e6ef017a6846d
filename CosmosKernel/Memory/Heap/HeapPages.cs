using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>Where typed page numbers meet the pointers that the heap works with.</summary>
internal static unsafe class HeapPages
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* AddressOf(PageNumber page) => (byte*)(nuint)page.Start.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PageNumber PageOf(byte* address) => VirtAddr.FromTrusted((ulong)(nuint)address).ContainingPage;
}
