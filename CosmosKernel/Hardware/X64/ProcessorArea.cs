using System.Runtime.InteropServices;
using Cosmos.Core;

namespace MemOS.Hardware;

/// <summary>What a processor finds by GS while it runs the kernel. X# knows the layout, from <see cref="Context"/> on.</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct ProcessorArea
{
    /// <summary>Where <see cref="Context"/> lies.</summary>
    public const int ContextOffset = 64;

    /// <summary>The runtime's part.</summary>
    [FieldOffset(0)]
    public ThreadBlock Thread;

    /// <summary>The program that runs, or ran last.</summary>
    [FieldOffset(ContextOffset)]
    public UserContext* Context;

    /// <summary>Where the kernel's stack ends that let the program run.</summary>
    [FieldOffset(ContextOffset + 8)]
    public ulong KernelStack;

    /// <summary>Where the task state has the stack for interrupts of programs.</summary>
    [FieldOffset(ContextOffset + 16)]
    public ulong* InterruptStack;

    /// <summary>A register's place while none is free.</summary>
    [FieldOffset(ContextOffset + 24)]
    public ulong Scratch;
}
