using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>Interrupts, as the installed kit knows them: signatures to compile against, without bodies.</summary>
public class INTs
{
    /// <summary>What runs when an interrupt arrives.</summary>
    public delegate void IRQDelegate(ref IRQContext aContext);

    /// <summary>The flags.</summary>
    public enum EFlagsEnum : uint
    {
        /// <summary>Interrupts are let through.</summary>
        InterruptEnable = 1 << 9,
    }

    /// <summary>The floating-point state; its content is not public.</summary>
    public struct MMXContext
    {
    }

    /// <summary>The interrupted state in the order in which it is pushed.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    public unsafe struct IRQContext
    {
        /// <summary>The floating-point state.</summary>
        [FieldOffset(0)]
        public MMXContext* MMXContext;

        /// <summary>EDI.</summary>
        [FieldOffset(4)]
        public uint EDI;

        /// <summary>ESI.</summary>
        [FieldOffset(8)]
        public uint ESI;

        /// <summary>EBP.</summary>
        [FieldOffset(12)]
        public uint EBP;

        /// <summary>The entry's own stack pointer.</summary>
        [FieldOffset(16)]
        public uint ESP;

        /// <summary>EBX.</summary>
        [FieldOffset(20)]
        public uint EBX;

        /// <summary>EDX.</summary>
        [FieldOffset(24)]
        public uint EDX;

        /// <summary>ECX.</summary>
        [FieldOffset(28)]
        public uint ECX;

        /// <summary>EAX.</summary>
        [FieldOffset(32)]
        public uint EAX;

        /// <summary>The vector.</summary>
        [FieldOffset(36)]
        public uint Interrupt;

        /// <summary>The error code, or 0.</summary>
        [FieldOffset(40)]
        public uint Param;

        /// <summary>The interrupted instruction.</summary>
        [FieldOffset(44)]
        public uint EIP;

        /// <summary>The code segment.</summary>
        [FieldOffset(48)]
        public uint CS;

        /// <summary>The flags.</summary>
        [FieldOffset(52)]
        public EFlagsEnum EFlags;

        /// <summary>The interrupted stack pointer, of user code alone.</summary>
        [FieldOffset(56)]
        public uint UserESP;
    }

    /// <summary>Sets what runs for a vector.</summary>
    public static void SetIntHandler(byte aIntNo, IRQDelegate aHandler) => throw null!;

    /// <summary>Sets what runs for a line of the interrupt controller.</summary>
    public static void SetIrqHandler(byte aIrqNo, IRQDelegate aHandler) => throw null!;

    /// <summary>Interrupts without a handler of their own.</summary>
    public static void HandleInterrupt_Default(ref IRQContext aContext) => throw null!;

    /// <summary>The double fault.</summary>
    public static void HandleInterrupt_08(ref IRQContext aContext) => throw null!;

    /// <summary>The general protection fault.</summary>
    public static void HandleInterrupt_0D(ref IRQContext aContext) => throw null!;

    /// <summary>The page fault.</summary>
    public static void HandleInterrupt_0E(ref IRQContext aContext) => throw null!;
}
