namespace MemOS.Hardware;

/// <summary>What CPUID leaves in the four registers.</summary>
public readonly struct CpuidResult
{
    /// <summary>Creates the answer from the four registers, in the order in which the plug stores them.</summary>
    public CpuidResult(uint eax, uint ebx, uint ecx, uint edx)
    {
        Eax = eax;
        Ebx = ebx;
        Ecx = ecx;
        Edx = edx;
    }

    /// <summary>EAX.</summary>
    public uint Eax { get; }

    /// <summary>EBX.</summary>
    public uint Ebx { get; }

    /// <summary>ECX.</summary>
    public uint Ecx { get; }

    /// <summary>EDX.</summary>
    public uint Edx { get; }
}
