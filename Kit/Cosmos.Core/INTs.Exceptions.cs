namespace Cosmos.Core;

// The 32 exceptions of the processor: one method each, because a plug replaces a method.
public static unsafe partial class INTs
{
    /// <summary>Divide error: raised as a managed exception, else the end.</summary>
    public static void HandleInterrupt_00(ref IRQContext aContext) => RaiseOrStop(ref aContext);

    /// <summary>Debug trap: ignored.</summary>
    public static void HandleInterrupt_01(ref IRQContext aContext)
    {
    }

    /// <summary>Non-maskable interrupt: the end.</summary>
    public static void HandleInterrupt_02(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Breakpoint: ignored.</summary>
    public static void HandleInterrupt_03(ref IRQContext aContext)
    {
    }

    /// <summary>Overflow: raised as a managed exception, else the end.</summary>
    public static void HandleInterrupt_04(ref IRQContext aContext) => RaiseOrStop(ref aContext);

    /// <summary>Bound range exceeded: raised as a managed exception, else the end.</summary>
    public static void HandleInterrupt_05(ref IRQContext aContext) => RaiseOrStop(ref aContext);

    /// <summary>Invalid opcode: raised as a managed exception, else the end.</summary>
    public static void HandleInterrupt_06(ref IRQContext aContext) => RaiseOrStop(ref aContext);

    /// <summary>Device not available: the end.</summary>
    public static void HandleInterrupt_07(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Double fault: the end; most often a push found no room on the stack.</summary>
    public static void HandleInterrupt_08(ref IRQContext aContext)
    {
        if (CPU.GetFaultAddress() - CPU.GetStackGuard() < StackGuardBytes)
            Panic.Stop("kernel stack overflow", ref aContext);
        Stop(ref aContext);
    }

    /// <summary>Coprocessor segment overrun: the end.</summary>
    public static void HandleInterrupt_09(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Invalid TSS: the end.</summary>
    public static void HandleInterrupt_0A(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Segment not present: the end.</summary>
    public static void HandleInterrupt_0B(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Stack segment fault: the end.</summary>
    public static void HandleInterrupt_0C(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>General protection fault: raised as a managed exception, else the end.</summary>
    public static void HandleInterrupt_0D(ref IRQContext aContext) => RaiseOrStop(ref aContext);

    /// <summary>Page fault: raised as a managed exception, else the end.</summary>
    public static void HandleInterrupt_0E(ref IRQContext aContext) => RaiseOrStop(ref aContext);

    /// <summary>Reserved exception 15: the end.</summary>
    public static void HandleInterrupt_0F(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Floating-point error: the end.</summary>
    public static void HandleInterrupt_10(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Alignment check: the end.</summary>
    public static void HandleInterrupt_11(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Machine check: the end.</summary>
    public static void HandleInterrupt_12(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>SIMD floating-point error: the end.</summary>
    public static void HandleInterrupt_13(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Virtualization exception: the end.</summary>
    public static void HandleInterrupt_14(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Control protection exception: the end.</summary>
    public static void HandleInterrupt_15(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 22: the end.</summary>
    public static void HandleInterrupt_16(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 23: the end.</summary>
    public static void HandleInterrupt_17(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 24: the end.</summary>
    public static void HandleInterrupt_18(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 25: the end.</summary>
    public static void HandleInterrupt_19(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 26: the end.</summary>
    public static void HandleInterrupt_1A(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 27: the end.</summary>
    public static void HandleInterrupt_1B(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Hypervisor injection exception: the end.</summary>
    public static void HandleInterrupt_1C(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>VMM communication exception: the end.</summary>
    public static void HandleInterrupt_1D(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Security exception: the end.</summary>
    public static void HandleInterrupt_1E(ref IRQContext aContext) => Stop(ref aContext);

    /// <summary>Reserved exception 31: the end.</summary>
    public static void HandleInterrupt_1F(ref IRQContext aContext) => Stop(ref aContext);

    private static void DispatchException(uint vector, ref IRQContext context)
    {
        switch (vector)
        {
            case 0x00: HandleInterrupt_00(ref context); break;
            case 0x01: HandleInterrupt_01(ref context); break;
            case 0x02: HandleInterrupt_02(ref context); break;
            case 0x03: HandleInterrupt_03(ref context); break;
            case 0x04: HandleInterrupt_04(ref context); break;
            case 0x05: HandleInterrupt_05(ref context); break;
            case 0x06: HandleInterrupt_06(ref context); break;
            case 0x07: HandleInterrupt_07(ref context); break;
            case 0x08: HandleInterrupt_08(ref context); break;
            case 0x09: HandleInterrupt_09(ref context); break;
            case 0x0A: HandleInterrupt_0A(ref context); break;
            case 0x0B: HandleInterrupt_0B(ref context); break;
            case 0x0C: HandleInterrupt_0C(ref context); break;
            case 0x0D: HandleInterrupt_0D(ref context); break;
            case 0x0E: HandleInterrupt_0E(ref context); break;
            case 0x0F: HandleInterrupt_0F(ref context); break;
            case 0x10: HandleInterrupt_10(ref context); break;
            case 0x11: HandleInterrupt_11(ref context); break;
            case 0x12: HandleInterrupt_12(ref context); break;
            case 0x13: HandleInterrupt_13(ref context); break;
            case 0x14: HandleInterrupt_14(ref context); break;
            case 0x15: HandleInterrupt_15(ref context); break;
            case 0x16: HandleInterrupt_16(ref context); break;
            case 0x17: HandleInterrupt_17(ref context); break;
            case 0x18: HandleInterrupt_18(ref context); break;
            case 0x19: HandleInterrupt_19(ref context); break;
            case 0x1A: HandleInterrupt_1A(ref context); break;
            case 0x1B: HandleInterrupt_1B(ref context); break;
            case 0x1C: HandleInterrupt_1C(ref context); break;
            case 0x1D: HandleInterrupt_1D(ref context); break;
            case 0x1E: HandleInterrupt_1E(ref context); break;
            case 0x1F: HandleInterrupt_1F(ref context); break;
        }
    }
}
