using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The instructions that may fault and come back to say so.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class ProbePlugs
{
    /// <summary>Loads a byte.</summary>
    [PlugMethod(Assembler = typeof(ProbeLoad8Body))]
    public static uint ProbeLoad8(CosmosAddress address, byte* value) => throw new NotImplementedException();

    /// <summary>Stores a byte.</summary>
    [PlugMethod(Assembler = typeof(ProbeStore8Body))]
    public static uint ProbeStore8(CosmosAddress address, byte value) => throw new NotImplementedException();

    /// <summary>Calls.</summary>
    [PlugMethod(Assembler = typeof(ProbeCallBody))]
    public static uint ProbeCall(CosmosAddress target) => throw new NotImplementedException();

    /// <summary>RDMSR.</summary>
    [PlugMethod(Assembler = typeof(ProbeRdmsrBody))]
    public static uint ProbeRdmsr(uint index, ulong* value) => throw new NotImplementedException();

    /// <summary>WRMSR.</summary>
    [PlugMethod(Assembler = typeof(ProbeWrmsrBody))]
    public static uint ProbeWrmsr(uint index, ulong value) => throw new NotImplementedException();

    /// <summary>REP MOVSB.</summary>
    [PlugMethod(Assembler = typeof(ProbeMoveBody))]
    public static uint ProbeMove(CosmosAddress destination, CosmosAddress source, CosmosAddress byteCount, CosmosAddress* remaining) => throw new NotImplementedException();

    /// <summary>Where the fix-up table begins.</summary>
    [PlugMethod(Assembler = typeof(FixupsStartBody))]
    public static FaultFixup* FixupsStart() => throw new NotImplementedException();

    /// <summary>Where the fix-up table ends.</summary>
    [PlugMethod(Assembler = typeof(FixupsEndBody))]
    public static FaultFixup* FixupsEnd() => throw new NotImplementedException();

    private sealed class ProbeLoad8Body : X86Body
    {
        public ProbeLoad8Body()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Source, 1);
            Load(Destination, 0);
            XS.Xor(EAX, EAX);
            XS.Label(".access");
            XS.Set(CL, Destination, sourceIsIndirect: true);
            XS.Set(Source, CL, destinationIsIndirect: true);
            XS.Label(".done");
            ReturnWord();
            Fixup(".access", ".done");
        }
    }

    private sealed class ProbeStore8Body : X86Body
    {
        public ProbeStore8Body()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(ECX, 1);
            Load(Destination, 0);
            XS.Xor(EAX, EAX);
            XS.Label(".access");
            XS.Set(Destination, CL, destinationIsIndirect: true);
            XS.Label(".done");
            ReturnWord();
            Fixup(".access", ".done");
        }
    }

    private sealed class ProbeCallBody : X86Body
    {
        public ProbeCallBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.Push(Accumulator); // Keeps the stack aligned for the target.
            XS.Label(".call");
            XS.Call(Accumulator);
            XS.Label(".returned");
            XS.Xor(EAX, EAX);
            XS.Jump(".done");
            XS.Label(".faulted");
            XS.Add(StackPointer, WordBytes); // The return address: the target never ran.
            XS.Label(".done");
            XS.Pop(Count);
            ReturnWord();
            Fixup(".call", ".done");
            Fixup(".returned", ".faulted");
        }
    }

    private sealed class ProbeRdmsrBody : X86Body
    {
        public ProbeRdmsrBody()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Source, 1);
            Load(ECX, 0);
            XS.Label(".access");
            XS.Rdmsr();
            XS.Set(Source, EAX, destinationIsIndirect: true);
            XS.Set(Source, EDX, destinationDisplacement: 4);
            XS.Xor(EAX, EAX);
            XS.Label(".done");
            ReturnWord();
            Fixup(".access", ".done");
        }
    }

    private sealed class ProbeWrmsrBody : X86Body
    {
        public ProbeWrmsrBody()
            : base(ArgumentSize.Word, ArgumentSize.Long)
        {
        }

        protected override void Emit()
        {
            LoadLong(1);
            Load(ECX, 0);
            XS.Label(".access");
            XS.LiteralCode("wrmsr");
            XS.Xor(EAX, EAX);
            XS.Label(".done");
            ReturnWord();
            Fixup(".access", ".done");
        }
    }

    private sealed class ProbeMoveBody : X86Body
    {
        public ProbeMoveBody()
            : base(ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 3);
            XS.Push(Accumulator);
            Load(Count, 2);
            Load(Source, 1);
            Load(Destination, 0);
            XS.Xor(EAX, EAX);
            XS.Label(".access");
            XS.LiteralCode("rep movsb");
            XS.Label(".done");
            XS.Pop(Data);
            XS.Set(Data, Count, destinationIsIndirect: true);
            ReturnWord();
            Fixup(".access", ".done");
        }
    }

    private sealed class FixupsStartBody : X86Body
    {
        protected override void Emit()
        {
            LoadLinkerSymbol(Accumulator, FixupsStartSymbol);
            ReturnWord();
        }
    }

    private sealed class FixupsEndBody : X86Body
    {
        protected override void Emit()
        {
            LoadLinkerSymbol(Accumulator, FixupsEndSymbol);
            ReturnWord();
        }
    }
}
