using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>Carries out flushes and switches: by instructions in the machine, on a model in tests.</summary>
/// <remarks>Used as a struct type parameter; a copy stands for the same processors.</remarks>
public interface ITlb
{
    /// <summary>Returns when no processor uses what <paramref name="pending"/> names of the kernel's half any more.</summary>
    void Flush(PendingFlush pending);

    /// <summary>Returns when no processor uses what <paramref name="pending"/> names of a space's own half any more.</summary>
    void Flush(ref SpaceTag space, PendingFlush pending);

    /// <summary>The same for all that was gathered in <paramref name="batch"/>.</summary>
    void Flush(ref SpaceTag space, in FlushBatch batch);

    /// <summary>Makes this processor go over to the tables under <paramref name="root"/>; the space stays where it is until the next switch.</summary>
    void Switch(PhysAddr root, ref SpaceTag space);

    /// <summary>Whether a processor has <paramref name="space"/> loaded.</summary>
    bool IsLoaded(in SpaceTag space);
}
