using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>The instructions of the processor that runs this.</summary>
public readonly struct CpuTlbInstructions : ITlbInstructions
{
    private const CosmosAddress GlobalPages = 1u << 7; // CR4.PGE

    private readonly bool _hasInvpcid;

    /// <summary>The instructions of a processor, which has INVPCID or not.</summary>
    public CpuTlbInstructions(bool hasInvpcid)
    {
        _hasInvpcid = hasInvpcid;
    }

    /// <inheritdoc/>
    public void InvalidatePage(VirtAddr page) => Cpu.InvalidatePage(page);

    /// <inheritdoc/>
    public void InvalidateLoaded() => Cpu.WriteCr3(Cpu.ReadCr3());

    /// <inheritdoc/>
    public void InvalidateAll()
    {
        if (_hasInvpcid)
        {
            Cpu.InvalidateAllPages();
            return;
        }

        CosmosAddress cr4 = Cpu.ReadCr4();
        if ((cr4 & GlobalPages) == 0)
        {
            // Nothing is global then.
            InvalidateLoaded();
            return;
        }

        Cpu.WriteCr4(cr4 ^ GlobalPages);
        Cpu.WriteCr4(cr4);
    }

    /// <inheritdoc/>
    public void LoadRoot(PhysAddr root, int number, HeldTranslations held)
    {
        ulong value = root.Value | (uint)number;
        // Bit 63 of the value written is not part of the register (SDM 3A, 4.10.4.1).
        if (held == HeldTranslations.Kept) value |= 1UL << 63;
        Cpu.WriteCr3(unchecked((CosmosAddress)value));
    }
}
