using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>The state of a program while the processor does something else: registers, and why it stopped. X# knows the layout.</summary>
/// <remarks>
/// All bytes a program can change and the processor keeps, but for the bases of FS and GS, which the caller of
/// <see cref="Cpu.RunUser"/> loads when it goes over to another program.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct UserContext
{
    /// <summary>The first register; those after it are in the order of their numbers (Intel SDM vol. 2, table 3-1).</summary>
    public ulong Rax;

    /// <summary>Register 1.</summary>
    public ulong Rcx;

    /// <summary>Register 2.</summary>
    public ulong Rdx;

    /// <summary>Register 3.</summary>
    public ulong Rbx;

    /// <summary>The stack pointer.</summary>
    public ulong Rsp;

    /// <summary>Register 5.</summary>
    public ulong Rbp;

    /// <summary>Register 6.</summary>
    public ulong Rsi;

    /// <summary>Register 7.</summary>
    public ulong Rdi;

    /// <summary>Register 8.</summary>
    public ulong R8;

    /// <summary>Register 9.</summary>
    public ulong R9;

    /// <summary>Register 10.</summary>
    public ulong R10;

    /// <summary>Register 11.</summary>
    public ulong R11;

    /// <summary>Register 12.</summary>
    public ulong R12;

    /// <summary>Register 13.</summary>
    public ulong R13;

    /// <summary>Register 14.</summary>
    public ulong R14;

    /// <summary>Register 15.</summary>
    public ulong R15;

    /// <summary>The next instruction. It must be canonical: the processor would fault as the kernel.</summary>
    public ulong Rip;

    /// <summary>The flags; see <see cref="UserFlags"/> for those that a program may choose.</summary>
    public ulong Rflags;

    /// <summary>Why the program stopped: a vector, or <see cref="UserStop.SystemCall"/>.</summary>
    public ulong Reason;

    /// <summary>The vector's error code, or 0.</summary>
    public ulong ErrorCode;

    /// <summary>CR2 when it stopped: of a page fault, the address.</summary>
    public ulong FaultAddress;

    /// <summary>Where the floating-point and vector registers are kept, a multiple of 64: 512 bytes for FXSAVE, or as many as XSAVE wants.</summary>
    public ulong VectorState;

    /// <summary>The components that XSAVE keeps; 0 where there is no XSAVE.</summary>
    public ulong VectorComponents;
}
