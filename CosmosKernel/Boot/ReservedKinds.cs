namespace MemOS.Boot;

/// <summary>What can be said of a <see cref="ReservedKind"/>.</summary>
public static class ReservedKinds
{
    /// <summary>The kind in a few words; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this ReservedKind kind) => kind switch
    {
        ReservedKind.Bios => "BIOS area",
        ReservedKind.AcpiTables => "ACPI tables",
        ReservedKind.KernelText => "kernel text",
        ReservedKind.KernelReadOnlyData => "kernel constants",
        ReservedKind.KernelData => "kernel data",
        ReservedKind.BootInformation => "boot information",
        ReservedKind.BootModule => "boot module",
        ReservedKind.Framebuffer => "framebuffer",
        ReservedKind.Device => "device registers",
        ReservedKind.FrameTable => "frame table",
        ReservedKind.PageTables => "page tables",
        ReservedKind.BootAllocation => "boot allocation",
        _ => "below the zone layout",
    };
}
