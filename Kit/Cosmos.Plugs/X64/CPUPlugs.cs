using System;
using Cosmos.Core;
using IL2CPU.API.Attribs;
using XSharp;
using XSharp.Assembler;
using static XSharp.XSRegisters;

namespace Cosmos.Plugs.X64;

/// <summary>The processor's instructions, and the addresses that only the linker knows.</summary>
/// <remarks>Arguments come in RDI, RSI, RDX, the result goes in RAX; RBX, RBP, R12 to R15 are the caller's.</remarks>
[Plug(typeof(CPU))]
public static class CPUPlugs
{
    [PlugMethod(Assembler = typeof(ImageStart))]
    public static CosmosAddress GetStartOfKernel() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ImageEnd))]
    public static CosmosAddress GetEndOfKernel() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(CurrentThread))]
    public static unsafe ThreadBlock* GetThread() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(StackStart))]
    public static CosmosAddress GetStackStart() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(StackGuard))]
    public static CosmosAddress GetStackGuard() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(MaskInterrupts))]
    public static bool DisableInterrupts() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(UnmaskInterrupts))]
    public static void EnableInterrupts() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(HaltProcessor))]
    public static void Halt() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(SpinHint))]
    public static void Pause() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(EnableSse))]
    public static void InitSSE() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadTimeStamp))]
    public static ulong GetCPUUptime() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadFaultAddress))]
    public static CosmosAddress GetFaultAddress() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadPageTableRoot))]
    public static CosmosAddress GetPageTableRoot() => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadCpuid))]
    public static unsafe void Cpuid(uint leaf, uint subleaf, uint* result) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(LoadSegmentTable))]
    public static unsafe void LoadSegments(void* gdtPointer) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(LoadInterruptTable))]
    public static unsafe void LoadInterrupts(void* idtPointer) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(InterruptEntries))]
    public static unsafe byte* InterruptStubs(void* dispatch) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(LoadEmptyInterruptTable))]
    public static void TripleFault() => throw new NotImplementedException();

    private sealed class ImageStart : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Extern("kernel_physical_start");
            XS.LiteralCode("mov eax, kernel_physical_start");
        }
    }

    private sealed class ImageEnd : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Extern("kernel_physical_end");
            XS.LiteralCode("mov eax, kernel_physical_end");
        }
    }

    private sealed class CurrentThread : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => XS.LiteralCode("mov rax, [gs:0]"); // ThreadBlock.Self
    }

    private sealed class StackStart : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Extern("boot_stack_top");
            XS.Lea(RAX, "boot_stack_top", sourceIsIndirect: true);
        }
    }

    private sealed class StackGuard : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Extern("boot_stack_guard");
            XS.Lea(RAX, "boot_stack_guard", sourceIsIndirect: true);
        }
    }

    private sealed class MaskInterrupts : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            const byte InterruptFlagBit = 9;
            XS.Pushfd();
            XS.Pop(RAX);
            XS.ShiftRight(EAX, InterruptFlagBit);
            XS.And(EAX, 1);
            XS.ClearInterruptFlag();
        }
    }

    private sealed class UnmaskInterrupts : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.EnableInterrupts();
        }
    }

    private sealed class HaltProcessor : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Halt();
        }
    }

    private sealed class SpinHint : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Pause();
        }
    }

    private sealed class EnableSse : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            const uint Emulation = 1 << 2;
            const uint MonitorCoprocessor = 1 << 1;
            const uint SaveAndExceptions = 3 << 9; // OSFXSR, OSXMMEXCPT
            XS.Set(RAX, CR0);
            XS.And(EAX, ~Emulation);
            XS.Or(EAX, MonitorCoprocessor);
            XS.Set(CR0, RAX);
            XS.LiteralCode("fninit"); // a reset leaves the x87 unit with single precision and its exceptions on
            XS.Set(RAX, CR4);
            XS.Or(EAX, SaveAndExceptions);
            XS.Set(CR4, RAX);
        }
    }

    private sealed class ReadTimeStamp : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Rdtsc();
            XS.ShiftLeft(RDX, 32);
            XS.Or(RAX, RDX);
        }
    }

    private sealed class ReadFaultAddress : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Set(RAX, CR2);
        }
    }

    private sealed class ReadPageTableRoot : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Set(RAX, CR3);
        }
    }

    private sealed class ReadCpuid : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            // CPUID overwrites EBX, which belongs to the caller, and EDX, which has the third argument.
            XS.Push(RBX);
            XS.Set(R8, RDX);
            XS.Set(EAX, EDI);
            XS.Set(ECX, ESI);
            XS.Cpuid();
            XS.Set(R8, EAX, destinationIsIndirect: true);
            XS.Set(R8, EBX, destinationDisplacement: 4);
            XS.Set(R8, ECX, destinationDisplacement: 8);
            XS.Set(R8, EDX, destinationDisplacement: 12);
            XS.Pop(RBX);
        }
    }

    private sealed class LoadSegmentTable : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LoadGdt(RDI);
            // CS changes by a far return only. FS and GS stay: their bases are not in the table.
            XS.Push(8);
            XS.LiteralCode("lea rax, [rel .reloaded]");
            XS.Push(RAX);
            XS.LiteralCode("retfq");
            XS.Label(".reloaded");
            XS.Set(EAX, 16);
            XS.Set(DS, AX);
            XS.Set(ES, AX);
            XS.Set(SS, AX);
            XS.Set(EAX, 24);
            XS.LoadTaskRegister(AX);
        }
    }

    private sealed class LoadInterruptTable : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LoadIdt(RDI);
        }
    }

    private sealed class LoadEmptyInterruptTable : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.Push(0);
            XS.Push(0);
            XS.LoadIdt(RSP);
            XS.Int3();
        }
    }
}
