namespace MemOS.Memory.KernelSpace;

/// <summary>How a step of building the kernel's address space ended.</summary>
public enum KernelBuildResult
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The layout's direct map is too small for the memory.</summary>
    LayoutTooSmall,

    /// <summary>There is no frame for a page table.</summary>
    OutOfTables,

    /// <summary>A section of the image is not whole pages, lies outside the image's window or meets another one.</summary>
    SectionMisplaced,

    /// <summary>The memory map names a frame twice.</summary>
    MemoryMappedTwice,
}
