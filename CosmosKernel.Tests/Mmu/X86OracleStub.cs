using System;
using XSharp;
using XSharp.Assembler.x86;
using static MemOS.Tests.Mmu.X86OracleImage;
using static XSharp.XSRegisters;

namespace MemOS.Tests.Mmu;

/// <summary>The program that asks the MMU of an x86 processor in 32-bit mode, each eight bytes in two halves, in X#; see <see cref="X86OracleImage"/>.</summary>
internal static class X86OracleStub
{
    /// <summary>Makes the program, a file in <paramref name="folder"/>.</summary>
    public static string Build(string folder)
    {
        XSharp.Assembler.Assembler program = new(32);
        using (program.Enter()) EmitProgram();
        return Assemble(folder, program);
    }

    private static void EmitProgram()
    {
        EmitStart();
        XS.JumpToSegment(KernelCode, "flat");
        XS.Label("flat");
        EmitModes();
        EmitLoop();
        EmitAccesses();
        EmitAnswers();
        EmitEnd();
        EmitPadding(UserCode);
        XS.Label("user_reads");
        EmitRead();
        XS.Label("user_writes");
        EmitWrite();
        EmitTables(
            [0x00CF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF, 0x00CF_F300_0000_FFFF, 0x00CF_FB00_0000_FFFF],
            [$"dd 0, 0x{StackTop:X}, 0x{KernelData:X}", "times 22 dd 0", $"dd {TaskBytes} << 16"]);
    }

    private static void EmitModes()
    {
        XS.Set(EAX, KernelData);
        XS.Set(SS, AX);
        XS.Set(EAX, UserDataSelector); // for both: a kernel's would be taken away on the way to user code
        XS.Set(DS, AX);
        XS.Set(ES, AX);
        XS.LoadIdt(IdtPointer);
        XS.Set(EAX, TaskSelector);
        XS.LoadTaskRegister(AX);
        XS.Set(ECX, ExtendedFeatures);
        XS.Rdmsr();
        XS.Or(EAX, Features, sourceIsIndirect: true);
        XS.Wrmsr();
        XS.Set(EAX, Control, sourceIsIndirect: true);
        XS.Set(CR4, EAX);
        XS.Set(EAX, Root, sourceIsIndirect: true);
        XS.Set(CR3, EAX);
        XS.Set(EAX, Paging);
        XS.Set(CR0, EAX);
        XS.Set(ESI, Probes);
        XS.Set(EBP, Answers);
    }

    // esi and ebp are the probe and its answer; ebx is the address, edx:ecx what is written, ecx:edi what was read.
    private static void EmitLoop()
    {
        XS.Label("next");
        XS.Set(ESP, StackTop);
        XS.Compare(Count, 0u, destinationIsIndirect: true);
        XS.Jump(ConditionalTestEnum.Equal, "done");
        XS.Set(EBX, ESI, sourceIsIndirect: true);
        XS.Set(EAX, ESI, sourceDisplacement: 8);
        XS.Set(ECX, ESI, sourceDisplacement: 16);
        XS.Set(EDX, ESI, sourceDisplacement: 20);
        XS.Xor(EDI, EDI);
        foreach (ProbeKind kind in Enum.GetValues<ProbeKind>())
        {
            XS.Compare(EAX, (uint)kind);
            XS.Jump(ConditionalTestEnum.Equal, kind.ToString());
        }

        XS.Jump("lost");
    }

    private static void EmitAccesses()
    {
        XS.Label(nameof(ProbeKind.Read));
        EmitRead();
        XS.Label(nameof(ProbeKind.Write));
        EmitWrite();
        XS.Label(nameof(ProbeKind.Execute));
        XS.Jump(EBX);
        XS.Label(nameof(ProbeKind.UserRead));
        XS.Set(EAX, "user_reads");
        XS.Jump("to_user");
        XS.Label(nameof(ProbeKind.UserWrite));
        XS.Set(EAX, "user_writes");
        XS.Jump("to_user");
        XS.Label(nameof(ProbeKind.UserExecute));
        XS.Set(EAX, EBX);
        XS.Label("to_user");
        XS.Push(UserDataSelector);
        XS.Push(StackTop);
        XS.Push(2u); // the flags' bit that is always set
        XS.Push(UserCodeSelector);
        XS.Push(EAX);
        XS.InterruptReturn();
    }

    private static void EmitRead()
    {
        XS.Set(EDI, EBX, sourceIsIndirect: true);
        XS.Set(ECX, EBX, sourceDisplacement: 4);
        XS.Interrupt(Made);
    }

    private static void EmitWrite()
    {
        XS.Set(EBX, ECX, destinationIsIndirect: true);
        XS.Set(EBX, EDX, destinationDisplacement: 4);
        XS.Interrupt(Made);
    }

    private static void EmitAnswers()
    {
        XS.Label("made");
        XS.Xor(EAX, EAX);
        XS.Xor(EDX, EDX);
        XS.Jump("answer");
        XS.Label("general_protection");
        XS.Pop(EDX);
        XS.Set(EAX, GeneralProtection);
        XS.Jump("answer");
        XS.Label("page_fault");
        XS.Pop(EDX);
        XS.Set(EAX, PageFault);
        XS.Label("answer");
        XS.Set(EBP, EAX, destinationIsIndirect: true);
        XS.Set(EBP, EDX, destinationDisplacement: 8);
        XS.Set(EBP, EDI, destinationDisplacement: 16);
        XS.Set(EBP, ECX, destinationDisplacement: 20);
        XS.Set(EAX, CR2);
        XS.Set(EBP, EAX, destinationDisplacement: 24);
        XS.Add(ESI, RecordBytes);
        XS.Add(EBP, RecordBytes);
        XS.Decrement(Count, isIndirect: true);
        XS.Jump("next");
    }
}
