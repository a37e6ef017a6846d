using MemOS.Memory.Paging;

namespace MemOS.Memory.Tlb;

/// <summary>Carries out flushes: by instructions in the machine, on a model in tests.</summary>
/// <remarks>Used as a struct type parameter; a copy stands for the same processors.</remarks>
public interface ITlb
{
    /// <summary>Returns when no processor uses what <paramref name="pending"/> names any more.</summary>
    void Flush(PendingFlush pending);
}
