using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>Interrupts and processor exceptions.</summary>
/// <remarks>
/// Each entry saves the interrupted state as an <see cref="IRQContext"/> and calls <see cref="Dispatch"/>; what a handler changes
/// in it is what the processor resumes with. The handlers of the processor's 32 exceptions are methods of their own so that
/// a kernel can plug them one by one. This file holds the parts with state, INTs.Exceptions.cs the 32 handlers.
/// </remarks>
public static unsafe partial class INTs
{
    private const int FirstIrqVector = PIC.FirstVector;
    private const int VectorCount = 256;
    private const CosmosAddress StackGuardBytes = 4096;

    // The array exists once the first handler is set: an interrupt before that touches no object.
    private static IRQDelegate?[]? s_handlers;
    private static bool s_hasHandlers;

    /// <summary>
    /// Called first for the exceptions that can become a managed one (divide error, overflow, bound, invalid opcode, general
    /// protection, page fault); true: the context was changed so that resuming it raises that, or the cause is gone.
    /// </summary>
    public static delegate*<ref IRQContext, bool> ManagedFaultHook;

    /// <summary>What runs when an interrupt arrives.</summary>
    public delegate void IRQDelegate(ref IRQContext aContext);

    /// <summary>
    /// The interrupted state in the order in which it is pushed. The names are those of the 32-bit kit: in long mode EDI means RDI, and so on.
    /// </summary>
    /// <remarks>
    /// <see cref="UserESP"/> is the interrupted stack pointer, always: long mode pushes it whether the privilege changes or not. The stack
    /// segment lies behind it. <see cref="ESP"/> is the entry's own stack pointer; changing it has no effect.
    /// </remarks>
    [StructLayout(LayoutKind.Sequential)]
    public struct IRQContext
    {
        /// <summary>The registers that do not fit the 32-bit frame, and the floating-point state.</summary>
        public MMXContext* MMXContext;

        /// <summary>RDI.</summary>
        public CosmosAddress EDI;

        /// <summary>RSI.</summary>
        public CosmosAddress ESI;

        /// <summary>RBP.</summary>
        public CosmosAddress EBP;

        /// <summary>The entry's own stack pointer.</summary>
        public CosmosAddress ESP;

        /// <summary>RBX.</summary>
        public CosmosAddress EBX;

        /// <summary>RDX.</summary>
        public CosmosAddress EDX;

        /// <summary>RCX.</summary>
        public CosmosAddress ECX;

        /// <summary>RAX.</summary>
        public CosmosAddress EAX;

        /// <summary>The vector.</summary>
        public CosmosAddress Interrupt;

        /// <summary>The error code that the processor pushed, or 0.</summary>
        public CosmosAddress Param;

        /// <summary>The address of the interrupted instruction, or of the next one.</summary>
        public CosmosAddress EIP;

        /// <summary>The code segment.</summary>
        public CosmosAddress CS;

        /// <summary>The flags.</summary>
        public CosmosAddress EFlags;

        /// <summary>The interrupted stack pointer.</summary>
        public CosmosAddress UserESP;
    }

    /// <summary>The registers that long mode adds, then the image that FXSAVE writes; aligned to 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MMXContext
    {
        /// <summary>R8.</summary>
        public ulong R8;

        /// <summary>R9.</summary>
        public ulong R9;

        /// <summary>R10.</summary>
        public ulong R10;

        /// <summary>R11.</summary>
        public ulong R11;

        /// <summary>R12.</summary>
        public ulong R12;

        /// <summary>R13.</summary>
        public ulong R13;

        /// <summary>R14.</summary>
        public ulong R14;

        /// <summary>R15.</summary>
        public ulong R15;

        /// <summary>The image that FXSAVE writes.</summary>
        public fixed byte FloatingPoint[512];
    }

    /// <summary>The name of a vector.</summary>
    public static string GetName(uint vector) => vector switch
    {
        0x00 => "divide error",
        0x01 => "debug",
        0x02 => "non-maskable interrupt",
        0x03 => "breakpoint",
        0x04 => "overflow",
        0x05 => "bound range exceeded",
        0x06 => "invalid opcode",
        0x07 => "device not available",
        0x08 => "double fault",
        0x09 => "coprocessor segment overrun",
        0x0A => "invalid TSS",
        0x0B => "segment not present",
        0x0C => "stack segment fault",
        0x0D => "general protection fault",
        0x0E => "page fault",
        0x0F => "reserved exception 15",
        0x10 => "floating-point error",
        0x11 => "alignment check",
        0x12 => "machine check",
        0x13 => "SIMD floating-point error",
        0x14 => "virtualization exception",
        0x15 => "control protection exception",
        0x16 => "reserved exception 22",
        0x17 => "reserved exception 23",
        0x18 => "reserved exception 24",
        0x19 => "reserved exception 25",
        0x1A => "reserved exception 26",
        0x1B => "reserved exception 27",
        0x1C => "hypervisor injection exception",
        0x1D => "VMM communication exception",
        0x1E => "security exception",
        0x1F => "reserved exception 31",
        >= FirstIrqVector and < FirstIrqVector + PIC.LineCount => "interrupt request",
        _ => "interrupt",
    };

    /// <summary>Sets what runs for a vector from 32 up. Allocates; not for use in a handler.</summary>
    public static void SetIntHandler(byte aIntNo, IRQDelegate aHandler)
    {
        s_handlers ??= new IRQDelegate?[VectorCount];
        s_handlers[aIntNo] = aHandler;
        s_hasHandlers = true;
    }

    /// <summary>Sets what runs for a line of the interrupt controller and lets the line through.</summary>
    public static void SetIrqHandler(byte aIrqNo, IRQDelegate aHandler)
    {
        SetIntHandler((byte)(FirstIrqVector + aIrqNo), aHandler);
        PIC.Unmask(aIrqNo);
    }

    /// <summary>The entries' one way in: gives the context to the handler of its vector.</summary>
    public static void Dispatch(ref IRQContext aContext)
    {
        uint vector = (uint)aContext.Interrupt;
        if (vector < 0x20)
            DispatchException(vector, ref aContext);
        else if (vector < FirstIrqVector + PIC.LineCount)
            HandleIrq((int)vector - FirstIrqVector, ref aContext);
        else
            HandleInterrupt_Default(ref aContext);
    }

    /// <summary>Runs the handler that was set for the vector; without one the interrupt is ignored.</summary>
    public static void HandleInterrupt_Default(ref IRQContext aContext)
    {
        if (s_hasHandlers)
            s_handlers![(int)aContext.Interrupt]?.Invoke(ref aContext);
    }

    private static void HandleIrq(int line, ref IRQContext context)
    {
        if (PIC.IsSpurious(line))
            return;
        HandleInterrupt_Default(ref context);
        PIC.EndOfInterrupt(line);
    }

    private static void RaiseOrStop(ref IRQContext context)
    {
        if (ManagedFaultHook == null || !ManagedFaultHook(ref context))
            Stop(ref context);
    }

    private static void Stop(ref IRQContext context) => Panic.Stop(GetName((uint)context.Interrupt), ref context);
}
