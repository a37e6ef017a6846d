using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>What a processor finds by GS while it runs the kernel. X# knows the layout.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProcessorArea
{
    /// <summary>The program that runs, or ran last.</summary>
    internal UserContext* Context;

    /// <summary>Where the kernel's stack ends that let the program run.</summary>
    internal ulong KernelStack;

    /// <summary>Where the task state has the stack for interrupts of programs.</summary>
    internal ulong* InterruptStack;

    /// <summary>A register's place while none is free.</summary>
    internal ulong Scratch;
}
