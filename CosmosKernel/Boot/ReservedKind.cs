namespace MemOS.Boot;

/// <summary>Why a range of frames is never handed out.</summary>
public enum ReservedKind : byte
{
    /// <summary>The first MiB: real-mode vectors, BIOS data, option ROMs.</summary>
    Bios,

    /// <summary>ACPI tables.</summary>
    AcpiTables,

    /// <summary>The kernel's instructions.</summary>
    KernelText,

    /// <summary>The kernel's constants.</summary>
    KernelReadOnlyData,

    /// <summary>The kernel's variables and boot stacks.</summary>
    KernelData,

    /// <summary>What the boot loader left for the kernel to read.</summary>
    BootInformation,

    /// <summary>A file that the boot loader loaded beside the kernel.</summary>
    BootModule,

    /// <summary>The screen's memory.</summary>
    Framebuffer,

    /// <summary>Registers of devices.</summary>
    Device,

    /// <summary>The frame table and the zones.</summary>
    FrameTable,

    /// <summary>The kernel's page tables made at boot.</summary>
    PageTables,

    /// <summary>Anything else that was allocated at boot.</summary>
    BootAllocation,

    /// <summary>Below the first address that the zone layout hands out.</summary>
    BelowLayout,
}
