using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>The instructions of a <see cref="ModelTlb"/>.</summary>
public readonly struct ModelTlbInstructions(ModelTlb model) : ITlbInstructions
{
    public void InvalidatePage(VirtAddr page) => model.InvalidatePage(page);

    public void InvalidateLoaded() => model.InvalidateLoaded();

    public void InvalidateAll() => model.InvalidateAll();

    public void LoadRoot(PhysAddr root, int number, HeldTranslations held) => model.LoadRoot(root, number, held);
}
