namespace MemOS.Boot;

/// <summary>The four letters that an ACPI table starts with, the first in the lowest byte.</summary>
public enum AcpiSignature : uint
{
    /// <summary><c>RSDT</c>: the list of tables, 32-bit addresses.</summary>
    Rsdt = 'R' | 'S' << 8 | 'D' << 16 | 'T' << 24,

    /// <summary><c>XSDT</c>: the list of tables, 64-bit addresses.</summary>
    Xsdt = 'X' | 'S' << 8 | 'D' << 16 | 'T' << 24,

    /// <summary><c>APIC</c>, the MADT: which processors there are, and how they are interrupted.</summary>
    Madt = 'A' | 'P' << 8 | 'I' << 16 | 'C' << 24,

    /// <summary><c>SRAT</c>: which processors and which memory belong together.</summary>
    Srat = 'S' | 'R' << 8 | 'A' << 16 | 'T' << 24,

    /// <summary><c>SLIT</c>: how far they are from each other.</summary>
    Slit = 'S' | 'L' << 8 | 'I' << 16 | 'T' << 24,
}
