using MemOS.Hardware;
using MemOS.Memory.Diagnostics;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The kernel's own address space.</summary>
public static class LiveAddressSpace
{
    /// <summary>The tables that the processor uses.</summary>
    public static IPageTables Tables => new PageTables<DirectMap, LiveFormat>(default, KernelMemory.Space.Root);

    /// <summary>What <c>aspace</c> prints.</summary>
    public static IReport Report => new AddressSpaceReport(Tables, KernelMemory.Space.Layout);
}
