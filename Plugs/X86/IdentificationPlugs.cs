using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>CPUID, model-specific registers, the time-stamp counter.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class IdentificationPlugs
{
    /// <summary>RDMSR.</summary>
    [PlugMethod(Assembler = typeof(ReadMsrBody))]
    public static ulong ReadMsr(uint index) => throw new NotImplementedException();

    /// <summary>WRMSR.</summary>
    [PlugMethod(Assembler = typeof(WriteMsrBody))]
    public static void WriteMsr(uint index, ulong value) => throw new NotImplementedException();

    /// <summary>CPUID.</summary>
    [PlugMethod(Assembler = typeof(ReadCpuidBody))]
    public static void ReadCpuid(uint leaf, uint subleaf, CpuidResult* result) => throw new NotImplementedException();

    /// <summary>RDTSC.</summary>
    [PlugMethod(Assembler = typeof(ReadTimestampBody))]
    public static ulong ReadTimestamp() => throw new NotImplementedException();

    private sealed class ReadMsrBody : X86Body
    {
        public ReadMsrBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override ArgumentSize Result => ArgumentSize.Long;

        protected override void Emit()
        {
            Load(ECX, 0);
            XS.Rdmsr();
            ReturnLong();
        }
    }

    private sealed class WriteMsrBody : X86Body
    {
        public WriteMsrBody()
            : base(ArgumentSize.Word, ArgumentSize.Long)
        {
        }

        protected override void Emit()
        {
            LoadLong(1);
            Load(ECX, 0);
            XS.LiteralCode("wrmsr");
            Return();
        }
    }

    private sealed class ReadCpuidBody : X86Body
    {
        public ReadCpuidBody()
            : base(ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            XS.Push(Base); // CPUID overwrites it, and it is the caller's.
            Load(EAX, 0);
            Load(ECX, 1);
            Load(Destination, 2);
            XS.Cpuid();
            XS.Set(Destination, EAX, destinationIsIndirect: true);
            XS.Set(Destination, EBX, destinationDisplacement: 4);
            XS.Set(Destination, ECX, destinationDisplacement: 8);
            XS.Set(Destination, EDX, destinationDisplacement: 12);
            XS.Pop(Base);
            Return();
        }
    }

    private sealed class ReadTimestampBody : X86Body
    {
        protected override void Emit()
        {
            XS.Rdtsc();
            ReturnLong();
        }
    }
}
