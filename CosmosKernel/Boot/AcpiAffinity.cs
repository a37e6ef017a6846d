using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>An enabled entry of the SRAT.</summary>
public readonly struct AcpiAffinity
{
    private AcpiAffinity(AcpiAffinityKind kind, uint domain, uint apicId, PhysAddr start, ulong sizeBytes, AcpiMemoryTraits traits)
    {
        Kind = kind;
        Domain = domain;
        ApicId = apicId;
        Start = start;
        SizeBytes = sizeBytes;
        Traits = traits;
    }

    /// <summary>What the entry is about.</summary>
    public AcpiAffinityKind Kind { get; }

    /// <summary>The proximity domain, the firmware's number of a node.</summary>
    public uint Domain { get; }

    /// <summary>The processor's number.</summary>
    public uint ApicId { get; }

    /// <summary>The first byte of the memory.</summary>
    public PhysAddr Start { get; }

    /// <summary>The bytes of the memory, possibly none.</summary>
    public ulong SizeBytes { get; }

    /// <summary>What the firmware says about the memory.</summary>
    public AcpiMemoryTraits Traits { get; }

    internal static AcpiAffinity Processor(uint domain, uint apicId) =>
        new(AcpiAffinityKind.Processor, domain, apicId, PhysAddr.Zero, 0, AcpiMemoryTraits.None);

    internal static AcpiAffinity Memory(uint domain, PhysAddr start, ulong sizeBytes, AcpiMemoryTraits traits) =>
        new(AcpiAffinityKind.Memory, domain, 0, start, sizeBytes, traits);

    internal static AcpiAffinity Initiator(uint domain) =>
        new(AcpiAffinityKind.Initiator, domain, 0, PhysAddr.Zero, 0, AcpiMemoryTraits.None);
}
