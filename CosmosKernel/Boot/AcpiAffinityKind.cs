namespace MemOS.Boot;

/// <summary>What an entry of the SRAT puts into a proximity domain.</summary>
public enum AcpiAffinityKind : byte
{
    /// <summary>A processor, by its APIC's number.</summary>
    Processor,

    /// <summary>A range of memory.</summary>
    Memory,

    /// <summary>A device that reads and writes memory by itself (a generic initiator).</summary>
    Initiator,
}
