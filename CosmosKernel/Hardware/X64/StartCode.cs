using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>What the code that a processor starts with finds at its beginning, behind a jump of 8 bytes. X# knows the layout.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StartCode
{
    /// <summary>A jump over the rest.</summary>
    public ulong Jump;

    /// <summary>Tables below 4 GiB that show the page of the code at its physical address, and the kernel.</summary>
    public ulong FirstRoot;

    /// <summary>The kernel's tables.</summary>
    public ulong KernelRoot;

    /// <summary>One past the highest byte of the processor's stack.</summary>
    public ulong Stack;

    /// <summary>The processor's area.</summary>
    public ulong Area;

    /// <summary>A function without arguments, which does not return.</summary>
    public ulong Entry;

    /// <summary>What is set in CR4 beyond what 64-bit mode and SSE need: five levels.</summary>
    public ulong Control;
}
