using System;
using XSharp;
using XSharp.Assembler.x86;
using static MemOS.Tests.Mmu.X86OracleImage;
using static XSharp.XSRegisters;

namespace MemOS.Tests.Mmu;

/// <summary>The program that asks an x86-64 processor's MMU in long mode, in X#; see <see cref="X86OracleImage"/>.</summary>
internal static class X64OracleStub
{
    private const uint WideEntries = 1 << 5; // CR4.PAE
    private const uint LongMode = 1 << 8; // EFER.LME

    /// <summary>Makes the program, a file in <paramref name="folder"/>.</summary>
    public static string Build(string folder)
    {
        XSharp.Assembler.Assembler entry = new(32);
        using (entry.Enter()) EmitEntry();
        XSharp.Assembler.Assembler body = new(64);
        using (body.Enter()) EmitBody();
        return Assemble(folder, entry, body);
    }

    private static void EmitEntry()
    {
        EmitStart();
        XS.Set(EAX, Control, sourceIsIndirect: true);
        XS.Or(EAX, WideEntries);
        XS.Set(CR4, EAX);
        XS.Set(EAX, Root, sourceIsIndirect: true);
        XS.Set(CR3, EAX);
        XS.Set(ECX, ExtendedFeatures);
        XS.Rdmsr();
        XS.Or(EAX, Features, sourceIsIndirect: true);
        XS.Or(EAX, LongMode);
        XS.Wrmsr();
        XS.Set(EAX, Paging);
        XS.Set(CR0, EAX);
        XS.LiteralCode($"jmp {KernelCode}:start64"); // a label of the other part
    }

    private static void EmitBody()
    {
        XS.Label("start64");
        XS.Set(EAX, KernelData);
        XS.Set(SS, AX);
        XS.Set(DS, AX);
        XS.Set(ES, AX);
        XS.LoadIdt(IdtPointer);
        XS.Set(EAX, TaskSelector);
        XS.LoadTaskRegister(AX);
        XS.Set(R14, Probes);
        XS.Set(R13, Answers);
        XS.Set(R15D, Count, sourceIsIndirect: true);
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
            [0x0020_9B00_0000_0000, 0x0000_9300_0000_0000, 0x0000_F300_0000_0000, 0x0020_FB00_0000_0000],
            ["dd 0", $"dq 0x{StackTop:X}, 0x{StackTop:X}, 0x{StackTop:X}", "times 10 dq 0", $"dd {TaskBytes} << 16"]);
    }

    // r14 and r13 are the probe and its answer, r15 counts down; rbx is the address, rdx what is written, rdi what was read.
    private static void EmitLoop()
    {
        XS.Label("next");
        XS.Set(RSP, StackTop);
        XS.Test(R15D, R15D);
        XS.Jump(ConditionalTestEnum.Zero, "done");
        XS.Set(RBX, R14, sourceIsIndirect: true);
        XS.Set(RAX, R14, sourceDisplacement: 8);
        XS.Set(RDX, R14, sourceDisplacement: 16);
        XS.Xor(EDI, EDI);
        foreach (ProbeKind kind in Enum.GetValues<ProbeKind>())
        {
            XS.Compare(RAX, (uint)kind);
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
        XS.Jump(RBX);
        XS.Label(nameof(ProbeKind.UserRead));
        XS.Set(RCX, "user_reads");
        XS.Jump("to_user");
        XS.Label(nameof(ProbeKind.UserWrite));
        XS.Set(RCX, "user_writes");
        XS.Jump("to_user");
        XS.Label(nameof(ProbeKind.UserExecute));
        XS.Set(RCX, RBX);
        XS.Label("to_user");
        XS.Push(UserDataSelector);
        XS.Push(StackTop);
        XS.Push(2u); // the flags' bit that is always set
        XS.Push(UserCodeSelector);
        XS.Push(RCX);
        XS.InterruptReturn();
    }

    private static void EmitRead()
    {
        XS.Set(RDI, RBX, sourceIsIndirect: true);
        XS.Interrupt(Made);
    }

    private static void EmitWrite()
    {
        XS.Set(RBX, RDX, destinationIsIndirect: true);
        XS.Interrupt(Made);
    }

    private static void EmitAnswers()
    {
        XS.Label("made");
        XS.Xor(R8D, R8D);
        XS.Xor(R9D, R9D);
        XS.Jump("answer");
        XS.Label("general_protection");
        XS.Pop(R9);
        XS.Set(R8, GeneralProtection);
        XS.Jump("answer");
        XS.Label("page_fault");
        XS.Pop(R9);
        XS.Set(R8, PageFault);
        XS.Label("answer");
        XS.Set(R13, R8, destinationIsIndirect: true);
        XS.Set(R13, R9, destinationDisplacement: 8);
        XS.Set(R13, RDI, destinationDisplacement: 16);
        XS.Set(RAX, CR2);
        XS.Set(R13, RAX, destinationDisplacement: 24);
        XS.Add(R14, RecordBytes);
        XS.Add(R13, RecordBytes);
        XS.Decrement(R15D);
        XS.Jump("next");
    }
}
