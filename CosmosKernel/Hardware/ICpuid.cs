namespace MemOS.Hardware;

/// <summary>Answers CPUID: the processor in the machine, a table in tests.</summary>
/// <remarks>Used as a struct type parameter.</remarks>
public interface ICpuid
{
    /// <summary>What CPUID leaves in EAX, EBX, ECX and EDX for a leaf and subleaf.</summary>
    void Read(uint leaf, uint subleaf, out uint eax, out uint ebx, out uint ecx, out uint edx);
}
