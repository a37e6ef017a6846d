using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The stack pointer and a call on another stack, x86-32.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class StackPlugs
{
    /// <summary>ESP as it is after the call.</summary>
    [PlugMethod(Assembler = typeof(ReadStackPointerBody))]
    public static CosmosAddress ReadStackPointer() => throw new NotImplementedException();

    /// <summary>The caller's EBP, which the body's own frame begins with.</summary>
    [PlugMethod(Assembler = typeof(ReadFramePointerBody))]
    public static CosmosAddress ReadFramePointer() => throw new NotImplementedException();

    /// <summary>A call on another stack.</summary>
    [PlugMethod(Assembler = typeof(SwitchStackBody))]
    public static void SwitchStack(CosmosAddress stackTop, void* target, CosmosAddress argument) => throw new NotImplementedException();

    /// <summary>A call with the callers' registers on the stack; EBP is there already.</summary>
    [PlugMethod(Assembler = typeof(PushRegistersBody))]
    public static void PushRegisters(void* target) => throw new NotImplementedException();

    private sealed class PushRegistersBody : X86Body
    {
        public PushRegistersBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EAX, 0);
            XS.Push(EBX);
            XS.Push(ESI);
            XS.Push(EDI);
            XS.Set(ECX, ESP);
            XS.Push(ECX);
            XS.Call(EAX); // Drops its argument.
            XS.Pop(EDI);
            XS.Pop(ESI);
            XS.Pop(EBX);
            Return();
        }
    }

    private sealed class ReadStackPointerBody : X86Body
    {
        protected override void Emit()
        {
            XS.Lea(EAX, EBP, sourceDisplacement: 8); // Behind the saved frame pointer and the return address.
            ReturnWord();
        }
    }

    private sealed class ReadFramePointerBody : X86Body
    {
        protected override void Emit()
        {
            XS.Set(EAX, EBP, sourceIsIndirect: true);
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
            Load(EAX, 1);
            Load(ECX, 2);
            XS.Set(EDX, ESP);
            XS.Set(ESP, EBP, sourceDisplacement: 16);
            XS.And(ESP, 0xFFFFFFF0);
            XS.Push(EDX); // The caller's stack, kept on the other one.
            XS.Push(ECX);
            XS.Call(EAX); // Drops its argument.
            XS.Pop(ESP);
            Return();
        }
    }
}
