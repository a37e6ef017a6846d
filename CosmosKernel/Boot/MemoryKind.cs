namespace MemOS.Boot;

/// <summary>What the firmware says about a range of addresses, from the laxest to the strictest.</summary>
/// <remarks>Where entries of the firmware's map overlap, the strictest kind (the highest number) wins.</remarks>
public enum MemoryKind : byte
{
    /// <summary>No entry covers the range.</summary>
    None = 0,

    /// <summary>RAM, free to use.</summary>
    Usable = 1,

    /// <summary>RAM that holds ACPI tables; free to use once they are read.</summary>
    AcpiReclaimable = 2,

    /// <summary>RAM that the firmware keeps across sleep.</summary>
    AcpiNvs = 3,

    /// <summary>Not for use: the firmware's own, devices, holes.</summary>
    Reserved = 4,

    /// <summary>RAM that the firmware found broken.</summary>
    Bad = 5,
}
