namespace MemOS.Startup;

/// <summary>Why not all processors were woken that were wanted.</summary>
public enum ProcessorObstacle
{
    /// <summary>They were.</summary>
    None = 0,

    /// <summary>Nobody tried yet.</summary>
    NotTried,

    /// <summary>The boot processor has no local APIC, or it is switched off for good.</summary>
    NoApic,

    /// <summary>The firmware's list of them cannot be used.</summary>
    NoList,

    /// <summary>The local APIC is not where it should be.</summary>
    SilentApic,

    /// <summary>No memory that a processor can start in: below 640 KiB.</summary>
    NoLowMemory,

    /// <summary>No memory for areas, tables or stacks.</summary>
    NoMemory,
}
