namespace MemOS.Memory.Tlb;

/// <summary>Where a processor's bit lies in a set that several change at once: a row of words, each of which is changed by itself.</summary>
internal static class ProcessorBits
{
    internal const int PerWord = 64;

    internal static int WordOf(int processor) => processor / PerWord;

    internal static ulong BitOf(int processor) => 1UL << (processor % PerWord);
}
