using System.Runtime.CompilerServices;

namespace MemOS.Memory.Tlb;

/// <summary>Where a processor's bit lies in a set that several change at once: a row of words, each of which is changed by itself.</summary>
internal static class ProcessorBits
{
    internal const int PerWord = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int WordOf(int processor) => (int)((uint)processor / PerWord);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong BitOf(int processor) => 1UL << (int)((uint)processor % PerWord);
}
