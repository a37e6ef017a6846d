using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>What a function that a signal calls finds on its stack: Linux's struct rt_sigframe of x86-64, in words.</summary>
/// <remarks>The return address, then a ucontext_t (ucontext.h, signal.h), then a siginfo_t. Behind it, higher up, is the <see cref="VectorImage"/>.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalFrameData
{
    /// <summary>The bytes up to the siginfo_t: what comes back.</summary>
    internal const ulong ContextBytes = 312;

    /// <summary>Where the ucontext_t is.</summary>
    internal const ulong ContextAt = 8;

    internal ulong ReturnAddress;
    internal ulong Flags;
    internal ulong Link;
    internal ulong StackStart;
    internal ulong StackFlags;
    internal ulong StackBytes;
    internal ulong R8;
    internal ulong R9;
    internal ulong R10;
    internal ulong R11;
    internal ulong R12;
    internal ulong R13;
    internal ulong R14;
    internal ulong R15;
    internal ulong Rdi;
    internal ulong Rsi;
    internal ulong Rbp;
    internal ulong Rbx;
    internal ulong Rdx;
    internal ulong Rax;
    internal ulong Rcx;
    internal ulong Rsp;
    internal ulong Rip;
    internal ulong Rflags;

    /// <summary>CS, GS, FS, SS, 16 bits each.</summary>
    internal ulong Segments;
    internal ulong ErrorCode;
    internal ulong Vector;
    internal ulong OldMask;
    internal ulong FaultAddress;
    internal ulong VectorsAt;
    internal fixed ulong Reserved[8];
    internal ulong Mask;

    internal SignalInfoData Info;
}
