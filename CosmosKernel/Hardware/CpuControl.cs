namespace MemOS.Hardware;

/// <summary>The registers that say which features are switched on (Intel SDM vol. 3A, 2.5 and 2.2.1).</summary>
public readonly struct CpuControl
{
    private readonly ulong _cr4;
    private readonly ulong _efer;

    /// <summary>The values of CR4, the extended feature enable register (0xC0000080), and the page attribute table (0x277).</summary>
    public CpuControl(ulong cr4, ulong efer, ulong pat)
    {
        _cr4 = cr4;
        _efer = efer;
        PageAttributes = pat;
    }

    /// <summary>The page attribute table.</summary>
    public ulong PageAttributes { get; }

    internal bool Cr4Has(int bit) => (_cr4 >> bit & 1) != 0;

    internal bool EferHas(int bit) => (_efer >> bit & 1) != 0;
}
