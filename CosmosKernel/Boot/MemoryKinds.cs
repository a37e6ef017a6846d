namespace MemOS.Boot;

/// <summary>What can be said of a <see cref="MemoryKind"/>.</summary>
public static class MemoryKinds
{
    /// <summary>How many kinds there are, <see cref="MemoryKind.None"/> included.</summary>
    public const int Count = 6;

    /// <summary>The kind in a few words; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this MemoryKind kind) => kind switch
    {
        MemoryKind.Usable => "usable",
        MemoryKind.AcpiReclaimable => "ACPI tables",
        MemoryKind.AcpiNvs => "ACPI non-volatile",
        MemoryKind.Reserved => "reserved",
        MemoryKind.Bad => "bad",
        _ => "hole",
    };
}
