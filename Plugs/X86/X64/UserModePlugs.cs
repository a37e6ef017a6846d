using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using XSharp.Assembler.x86;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The way to a program and back, x86-64.</summary>
/// <remarks>
/// <para>
/// <c>RunUser</c> pushes what its caller must find again, notes the stack pointer in the processor's area, and leaves by SYSRET when the program had
/// stopped at a SYSCALL, else by IRET. What stops the program, a SYSCALL or an interrupt, stores its registers in its context, takes the
/// noted stack pointer, and returns from <c>RunUser</c>. Between the two GS is the program's.
/// </para>
/// <para>
/// SYSRET with an address that is not canonical would fault as the kernel on the program's stack (Intel SDM vol. 2, SYSRET). It cannot have one here:
/// SYSCALL left the address, nobody changed it, and the last page below the hole is never mapped. Whoever changes the
/// address changes the reason too, and so takes IRET.
/// </para>
/// <para>
/// The kernel's own state on the way in: flags cleared (direction, alignment check, which would switch SMAP off, trap), x87 and MXCSR as after a reset.
/// </para>
/// </remarks>
[Plug(Target = typeof(Cpu))]
public static unsafe class UserModePlugs
{
    // Offsets in ProcessorArea and in UserContext, behind its 16 registers.
    private const int AreaContext = ProcessorArea.ContextOffset;
    private const int AreaKernelStack = AreaContext + 8;
    private const int AreaInterruptStack = AreaContext + 16;
    private const int AreaScratch = AreaContext + 24;
    private const int AreaMxcsr = AreaContext + 72;
    private const int Instruction = 128;
    private const int Flags = 136;
    private const int Reason = 144;
    private const int ErrorCode = 152;
    private const int FaultAddress = 160;
    private const int VectorState = 168;
    private const int VectorComponents = 176;

    private static readonly Register64[] s_registers = { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };
    // All but RCX and R11, where SYSCALL has put the address and the flags.
    private static readonly Register64[] s_keptByCall = { RAX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R12, R13, R14, R15 };
    private static readonly Register64[] s_callers = { RBX, RBP, R12, R13, R14, R15 };

    /// <summary>Runs a program until it stops.</summary>
    [PlugMethod(Assembler = typeof(RunUserBody))]
    public static void RunUser(UserContext* context) => throw new NotImplementedException();

    /// <summary>What this processor has by GS.</summary>
    [PlugMethod(Assembler = typeof(CurrentAreaBody))]
    public static ProcessorArea* CurrentArea() => throw new NotImplementedException();

    /// <summary>What this processor's allocators keep.</summary>
    [PlugMethod(Assembler = typeof(CurrentLocalsBody))]
    public static ProcessorLocals* CurrentLocals() => throw new NotImplementedException();

    /// <summary>Where SYSCALL goes.</summary>
    [PlugMethod(Assembler = typeof(SystemCallEntryBody))]
    public static byte* SystemCallEntry() => throw new NotImplementedException();

    /// <summary>Writes an extended control register.</summary>
    [PlugMethod(Assembler = typeof(WriteXcrBody))]
    public static void WriteXcr(uint index, ulong value) => throw new NotImplementedException();

    /// <summary>The stop of a program by an interrupt: on the stack lie vector, error code, and what the processor pushed.</summary>
    internal static void EmitStopByInterrupt()
    {
        XS.LiteralCode("swapgs");
        StoreRegisters(s_registers);
        Store(Reason, fromStack: true);
        Store(ErrorCode, fromStack: true);
        Store(Instruction, fromStack: true);
        XS.Pop(RAX); // The code segment: there is one.
        Store(Flags, fromStack: true);
        XS.Pop(RAX);
        XS.Set(RDI, RAX, destinationDisplacement: Array.IndexOf(s_registers, RSP) * 8);
        XS.Set(RAX, CR2);
        XS.Set(RDI, RAX, destinationDisplacement: FaultAddress);
        XS.LiteralCode("mov rsp, [gs:" + AreaKernelStack + "]"); // An interrupt with a stack of its own ends there too.
        XS.LiteralCode("push 2");
        XS.LiteralCode("popfq");
        ReturnToKernel();
    }

    // These registers of the program, RDI among them, but RSP; RDI has the context then.
    private static void StoreRegisters(Register64[] registers)
    {
        XS.LiteralCode("mov [gs:" + AreaScratch + "], rdi");
        XS.LiteralCode("mov rdi, [gs:" + AreaContext + "]");
        for (int i = 0; i < s_registers.Length; i++)
        {
            if (s_registers[i] != RDI && s_registers[i] != RSP && Array.IndexOf(registers, s_registers[i]) >= 0)
            {
                XS.Set(RDI, s_registers[i], destinationDisplacement: i * 8);
            }
        }

        XS.LiteralCode("mov rax, [gs:" + AreaScratch + "]");
        XS.Set(RDI, RAX, destinationDisplacement: Array.IndexOf(s_registers, RDI) * 8);
    }

    private static void Store(int offset, bool fromStack)
    {
        if (fromStack)
        {
            XS.Pop(RAX);
        }

        XS.Set(RDI, RAX, destinationDisplacement: offset);
    }

    // On the kernel's stack, RDI with the context: saves the vector registers and returns from RunUser.
    private static void ReturnToKernel()
    {
        EmitVectorState(".saveOld", ".saved", "xsave64");
        XS.LiteralCode("ldmxcsr [gs:" + AreaMxcsr + "]");
        XS.LiteralCode("fninit");
        for (int i = s_callers.Length - 1; i >= 0; i--)
        {
            XS.Pop(s_callers[i]);
        }

        XS.Return();
        EmitOldVectorState(".saveOld", ".saved", () => XS.SSE.FXSave(RCX));
    }

    // RDI has the context; changes RAX, RCX. Where there is no XSAVE, EmitOldVectorState has the rest, out of the way. The upper half of what is to
    // be kept, which RDX would say, is narrowed by XCR0 to nothing (Intel SDM vol. 1, 13.7).
    private static void EmitVectorState(string old, string done, string extended)
    {
        XS.Set(RCX, RDI, sourceDisplacement: VectorState);
        XS.Set(RAX, RDI, sourceDisplacement: VectorComponents);
        XS.Test(RAX, RAX);
        XS.Jump(ConditionalTestEnum.Zero, old);
        XS.LiteralCode(extended + " [rcx]");
        XS.Label(done);
    }

    private static void EmitOldVectorState(string old, string done, Action legacy)
    {
        XS.Label(old);
        legacy();
        XS.Jump(done);
    }

    private sealed class RunUserBody : X86Body
    {
        public RunUserBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            foreach (Register64 register in s_callers)
            {
                XS.Push(register);
            }

            Load(RDI, 0);
            XS.ClearInterruptFlag();
            XS.LiteralCode("mov [gs:" + AreaContext + "], rdi");
            XS.LiteralCode("mov [gs:" + AreaKernelStack + "], rsp");
            XS.LiteralCode("mov rax, [gs:" + AreaInterruptStack + "]");
            XS.Set(RAX, RSP, destinationIsIndirect: true);
            EmitVectorState(".loadOld", ".loaded", "xrstor64");
            XS.LiteralCode("cmp qword [rdi + " + Reason + "], " + UserStop.SystemCall);
            XS.LiteralCode("jne .byInterruptReturn");
            LoadRegisters(sysret: true);
            XS.LiteralCode("swapgs");
            XS.LiteralCode("o64 sysret");

            XS.Label(".byInterruptReturn");
            XS.Push(ProcessorTables.UserData);
            XS.LiteralCode("push qword [rdi + " + (Array.IndexOf(s_registers, RSP) * 8) + "]");
            XS.LiteralCode("push qword [rdi + " + Flags + "]");
            XS.Push(ProcessorTables.UserCode64);
            XS.LiteralCode("push qword [rdi + " + Instruction + "]");
            LoadRegisters(sysret: false);
            XS.LiteralCode("swapgs");
            XS.InterruptReturn();
            EmitOldVectorState(".loadOld", ".loaded", () => XS.SSE.FXRestore(RCX));
        }

        // SYSRET takes the address from RCX and the flags from R11, and leaves the stack as it is; IRET finds all that on the stack.
        private static void LoadRegisters(bool sysret)
        {
            for (int i = 0; i < s_registers.Length; i++)
            {
                int offset = i * 8;
                if (s_registers[i] == RDI || (s_registers[i] == RSP && !sysret)) continue;
                if (sysret && s_registers[i] == RCX) offset = Instruction;
                if (sysret && s_registers[i] == R11) offset = Flags;
                XS.Set(s_registers[i], RDI, sourceDisplacement: offset);
            }

            XS.Set(RDI, RDI, sourceDisplacement: Array.IndexOf(s_registers, RDI) * 8);
        }
    }

    private sealed class SystemCallEntryBody : X86Body
    {
        protected override void Emit()
        {
            LoadAddress(RAX, ".systemCall");
            XS.Return();

            XS.LiteralCode("align 16, db 0xCC");
            XS.Label(".systemCall");
            XS.LiteralCode("swapgs");
            StoreRegisters(s_keptByCall);
            XS.Set(RDI, RSP, destinationDisplacement: Array.IndexOf(s_registers, RSP) * 8);
            XS.Set(RDI, RCX, destinationDisplacement: Instruction);
            XS.Set(RDI, R11, destinationDisplacement: Flags);
            XS.LiteralCode("mov qword [rdi + " + Reason + "], " + UserStop.SystemCall);
            XS.LiteralCode("mov rsp, [gs:" + AreaKernelStack + "]");
            ReturnToKernel();
        }
    }

    private sealed class CurrentAreaBody : X86Body
    {
        protected override void Emit()
        {
            XS.LiteralCode("mov rax, [gs:0]"); // Cosmos.Core.ThreadBlock.Self
            ReturnWord();
        }
    }

    private sealed class CurrentLocalsBody : X86Body
    {
        protected override void Emit()
        {
            XS.LiteralCode("mov rax, [gs:" + ProcessorArea.OwnLocalsOffset + "]");
            ReturnWord();
        }
    }

    private sealed class WriteXcrBody : X86Body
    {
        public WriteXcrBody()
            : base(ArgumentSize.Word, ArgumentSize.Long)
        {
        }

        protected override void Emit()
        {
            LoadLong(1);
            Load(ECX, 0);
            XS.LiteralCode("xsetbv");
            Return();
        }
    }
}
