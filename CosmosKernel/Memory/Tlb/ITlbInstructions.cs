using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>What one processor can be told to forget: instructions in the machine, a model of the manual in tests.</summary>
/// <remarks>
/// Used as a struct type parameter; a copy stands for the same processor. What each forgets is Intel SDM vol. 3A, 4.10.4.1; a
/// processor may forget more.
/// </remarks>
public interface ITlbInstructions
{
    /// <summary>
    /// Forgets the page that <paramref name="page"/> lies in, whatever its size, a global one too; and all that is held of tables under
    /// the loaded number. INVLPG.
    /// </summary>
    void InvalidatePage(VirtAddr page);

    /// <summary>Forgets all under the loaded number, global pages apart. A load of CR3 with what it holds.</summary>
    void InvalidateLoaded();

    /// <summary>Forgets all, under every number, global pages too. A change of CR4.PGE and back.</summary>
    void InvalidateAll();

    /// <summary>Goes over to other tables. A load of CR3.</summary>
    /// <param name="root">Their root.</param>
    /// <param name="number">The number that their translations are held under; 0 where the processor has no numbers.</param>
    /// <param name="held">What becomes of what is held under this number; what is global stays in both cases.</param>
    void LoadRoot(PhysAddr root, int number, HeldTranslations held);
}
