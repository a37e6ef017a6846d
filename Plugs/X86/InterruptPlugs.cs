using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>Masking and waiting for interrupts; the flags.</summary>
[Plug(Target = typeof(Cpu))]
public static class InterruptPlugs
{
    /// <summary>HLT.</summary>
    [PlugMethod(Assembler = typeof(HaltBody))]
    public static void Halt() => throw new NotImplementedException();

    /// <summary>STI and HLT.</summary>
    [PlugMethod(Assembler = typeof(WaitForInterruptBody))]
    public static void WaitForInterrupt() => throw new NotImplementedException();

    /// <summary>CLI, and what the flag was before.</summary>
    [PlugMethod(Assembler = typeof(DisableInterruptsBody))]
    public static bool DisableInterrupts() => throw new NotImplementedException();

    /// <summary>STI.</summary>
    [PlugMethod(Assembler = typeof(EnableInterruptsBody))]
    public static void EnableInterrupts() => throw new NotImplementedException();

    /// <summary>PAUSE.</summary>
    [PlugMethod(Assembler = typeof(PauseBody))]
    public static void Pause() => throw new NotImplementedException();

    /// <summary>PUSHF.</summary>
    [PlugMethod(Assembler = typeof(ReadFlagsBody))]
    public static CosmosAddress ReadFlags() => throw new NotImplementedException();

    private sealed class HaltBody : X86Body
    {
        protected override void Emit()
        {
            XS.Halt();
            Return();
        }
    }

    private sealed class WaitForInterruptBody : X86Body
    {
        protected override void Emit()
        {
            XS.EnableInterrupts(); // Takes effect after the next instruction: nothing comes in between.
            XS.Halt();
            Return();
        }
    }

    private sealed class DisableInterruptsBody : X86Body
    {
        protected override void Emit()
        {
            const byte InterruptFlag = 9;
            XS.Pushfd();
            XS.Pop(Accumulator);
            XS.ClearInterruptFlag();
            XS.ShiftRight(EAX, InterruptFlag);
            XS.And(EAX, 1);
            ReturnWord();
        }
    }

    private sealed class EnableInterruptsBody : X86Body
    {
        protected override void Emit()
        {
            XS.EnableInterrupts();
            Return();
        }
    }

    private sealed class PauseBody : X86Body
    {
        protected override void Emit()
        {
            XS.LiteralCode("pause");
            Return();
        }
    }

    private sealed class ReadFlagsBody : X86Body
    {
        protected override void Emit()
        {
            XS.Pushfd();
            XS.Pop(Accumulator);
            ReturnWord();
        }
    }
}
