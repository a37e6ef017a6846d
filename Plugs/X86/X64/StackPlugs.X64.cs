using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The stack pointer and a call on another stack, x86-64.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class StackPlugs
{
    /// <summary>RSP as it is after the call.</summary>
    [PlugMethod(Assembler = typeof(ReadStackPointerBody))]
    public static CosmosAddress ReadStackPointer() => throw new NotImplementedException();

    /// <summary>RBP, which the call leaves as it is.</summary>
    [PlugMethod(Assembler = typeof(ReadFramePointerBody))]
    public static CosmosAddress ReadFramePointer() => throw new NotImplementedException();

    /// <summary>A call on another stack.</summary>
    [PlugMethod(Assembler = typeof(SwitchStackBody))]
    public static void SwitchStack(CosmosAddress stackTop, void* target, CosmosAddress argument) => throw new NotImplementedException();

    /// <summary>A call with the callers' registers on the stack.</summary>
    [PlugMethod(Assembler = typeof(PushRegistersBody))]
    public static void PushRegisters(void* target) => throw new NotImplementedException();

    /// <summary>Goes over to another stack.</summary>
    [PlugMethod(Assembler = typeof(SwitchContextBody))]
    public static void SwitchContext(CosmosAddress* saved, CosmosAddress stackPointer) => throw new NotImplementedException();

    private static readonly Register64[] s_callers = { RBX, RBP, R12, R13, R14, R15 };

    private sealed class SwitchContextBody : X86Body
    {
        public SwitchContextBody()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            foreach (Register64 register in s_callers)
            {
                XS.Push(register);
            }

            Load(RAX, 0);
            XS.Set(RAX, RSP, destinationIsIndirect: true);
            Load(RCX, 1);
            XS.Set(RSP, RCX);
            for (int i = s_callers.Length - 1; i >= 0; i--)
            {
                XS.Pop(s_callers[i]);
            }

            Return();
        }
    }

    private sealed class PushRegistersBody : X86Body
    {
        public PushRegistersBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(RAX, 0);
            foreach (Register64 register in s_callers)
            {
                XS.Push(register);
            }

            XS.Set(RDI, RSP);
            XS.Sub(RSP, WordBytes); // Six registers and the return address leave it misaligned.
            XS.Call(RAX);
            XS.Add(RSP, WordBytes);
            for (int i = s_callers.Length - 1; i >= 0; i--)
            {
                XS.Pop(s_callers[i]);
            }

            Return();
        }
    }

    private sealed class ReadStackPointerBody : X86Body
    {
        protected override void Emit()
        {
            XS.Lea(RAX, RSP, sourceDisplacement: 8); // Behind the return address.
            ReturnWord();
        }
    }

    private sealed class ReadFramePointerBody : X86Body
    {
        protected override void Emit()
        {
            XS.Set(RAX, RBP);
            ReturnWord();
        }
    }

    private sealed class SwitchStackBody : X86Body
    {
        public SwitchStackBody()
            : base(ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            XS.Push(RBP);
            XS.Set(RBP, RSP); // The caller's stack, kept by whoever is called.
            Load(RAX, 1);
            Load(RCX, 0);
            XS.And(RCX, 0xFFFF_FFFF_FFFF_FFF0);
            Load(RDI, 2);
            XS.Set(RSP, RCX);
            XS.Call(RAX);
            XS.Set(RSP, RBP);
            XS.Pop(RBP);
            Return();
        }
    }
}
