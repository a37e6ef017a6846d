using System.IO;
using Cosmos.Build.Tools;
using MemOS.Primitives;
using XSharp;
using XSharp.Assembler.x86;
using static XSharp.XSRegisters;

namespace MemOS.Tests.Mmu;

/// <summary>
/// A program that switches to page tables that lie in it, carries out a list of steps one after the other, and sends a character for each
/// address that it reads: the first byte there, or a minus sign for a page fault. Written in X#.
/// </summary>
internal static class TlbOracleStub
{
    public const uint Code = 0x10_0000;
    public const uint CodeEnd = 0x10_4000;
    public const uint Data = 0x12_0000;
    public const uint DataEnd = 0x13_0000;
    public const uint Steps = 0x20_0000;
    public const uint StepsEnd = 0x30_0000;
    public const uint Tables = 0x40_0000;
    public const int StepBytes = 32;
    public const char Faulted = '-';

    private const uint StackTop = DataEnd;
    private const uint Idt = Data + 0x1000;
    private const uint PageFault = 14;
    private const ushort KernelCode = 8;
    private const uint KernelData = 16;

    // CR4: PAE, PGE, PCIDE; EFER: LME, NXE; CR0: PG, WP, PE.
    private const uint WideEntries = 1 << 5;
    private const uint GlobalPages = 1 << 7;
    private const uint SpaceNumbers = 1 << 17;
    private const uint ExtendedFeatures = 0xC000_0080;
    private const uint LongModeAndNoExecute = (1 << 8) | (1 << 11);
    private const uint Paging = (1u << 31) | (1 << 16) | 1;

    private const uint SerialPort = 0x3F8;
    private const uint LineControl = SerialPort + 3;
    private const uint EightBits = 3;
    private const uint LineStatus = SerialPort + 5;
    private const uint Ready = 1 << 5;
    private const uint AllSent = 1 << 6;
    private const uint SwitchPort = 0x8900; // Bochs switches off when it has been sent this word
    private const string SwitchWord = "Shutdown";

    /// <summary>
    /// The program with <paramref name="steps"/>, and with <paramref name="tables"/> at <see cref="Tables"/>, of which it starts with <paramref name="root"/>:
    /// an ELF file in <paramref name="folder"/>.
    /// </summary>
    public static string Build(byte[] steps, byte[] tables, PhysAddr root, string folder)
    {
        string source = Path.Combine(folder, "stub.asm");
        string objectFile = Path.Combine(folder, "stub.o");
        string linked = Path.Combine(folder, "stub.elf");
        File.WriteAllBytes(Path.Combine(folder, "steps"), steps);
        File.WriteAllBytes(Path.Combine(folder, "tables"), tables);
        XSharp.Assembler.Assembler entry = new(32);
        using (entry.Enter()) EmitEntry(root);
        XSharp.Assembler.Assembler body = new(64);
        using (body.Enter()) EmitBody(folder);
        File.WriteAllText(source, entry.ToSource() + body.ToSource());
        ExternalTool.Nasm.Run(["-f", "elf64", "-Werror", "-o", objectFile, source]);
        new ExternalTool("ld.lld", "lld").Run(
        [
            "-m", "elf_x86_64", "-z", "max-page-size=4096", "-z", "nognustack", "-e", "start", "-o", linked, $"--image-base=0x{Code:x}", $"--section-start=.multiboot=0x{Code + 0x800:x}",
            $"--section-start=.text=0x{Code + 0x1000:x}", $"--section-start=.data=0x{Data:x}", $"--section-start=.steps=0x{Steps:x}",
            $"--section-start=.tables=0x{Tables:x}", objectFile,
        ]);
        return linked;
    }

    private static void EmitEntry(PhysAddr root)
    {
        XS.LiteralCode("section .multiboot align=8");
        XS.LiteralCode("dd 0xE85250D6, 0, 24, -(0xE85250D6 + 24)");
        XS.LiteralCode("dw 0, 0");
        XS.LiteralCode("dd 8");
        XS.LiteralCode("section .text");
        XS.Global("start");
        XS.Label("start");
        XS.ClearInterruptFlag();
        XS.LoadGdt("gdt_pointer");
        XS.Set(EAX, WideEntries | GlobalPages);
        XS.Set(CR4, EAX);
        XS.Set(EAX, (uint)root.Value);
        XS.Set(CR3, EAX);
        XS.Set(ECX, ExtendedFeatures);
        XS.Rdmsr();
        XS.Or(EAX, LongModeAndNoExecute);
        XS.Wrmsr();
        XS.Set(EAX, Paging);
        XS.Set(CR0, EAX);
        XS.LiteralCode($"jmp {KernelCode}:start64");
        XS.LiteralCode("section .data");
        XS.Label("gdt");
        XS.LiteralCode("dq 0, 0x00209B0000000000, 0x0000930000000000");
        XS.Label("gdt_pointer");
        XS.LiteralCode("dw 23");
        XS.LiteralCode("dq gdt");
        XS.Label("idt_pointer");
        XS.LiteralCode("dw 0xFFF");
        XS.LiteralCode($"dq {Idt}");
    }

    private static void EmitBody(string folder)
    {
        XS.Label("start64");
        XS.Set(EAX, KernelData);
        XS.Set(SS, AX);
        XS.Set(DS, AX);
        XS.Set(ES, AX);
        XS.Set(RSP, StackTop);
        EmitGate();
        XS.Set(RAX, CR4);
        XS.Or(RAX, SpaceNumbers);
        XS.Set(CR4, RAX);
        XS.Set(EDX, LineControl);
        XS.Set(AL, EightBits);
        XS.WriteToPortDX(AL);
        XS.Set(RSI, Steps);
        EmitLoop();
        EmitSteps();
        EmitEnd();
        XS.LiteralCode("section .steps");
        XS.LiteralCode($"incbin \"{Path.Combine(folder, "steps")}\"");
        XS.LiteralCode("section .tables");
        XS.LiteralCode($"incbin \"{Path.Combine(folder, "tables")}\"");
    }

    // An interrupt gate of vector 14, whose handler's address has 32 bits.
    private static void EmitGate()
    {
        const uint Gate = Idt + (PageFault * 16);
        XS.Set(RAX, "page_fault");
        XS.Set(Gate, AX, destinationIsIndirect: true);
        XS.Set(Gate + 2, KernelCode, destinationIsIndirect: true, size: RegisterSize.Short16);
        XS.Set(Gate + 4, 0x8E00u, destinationIsIndirect: true, size: RegisterSize.Short16);
        XS.ShiftRight(RAX, 16);
        XS.Set(Gate + 6, AX, destinationIsIndirect: true);
        XS.Set(Gate + 8, 0u, destinationIsIndirect: true, size: RegisterSize.Long64);
        XS.Set(RAX, Data + 34); // idt_pointer, behind the GDT and its pointer
        XS.LoadIdt(RAX);
    }

    // A step: kind, two operands, and INVPCID's address behind the second, its number. rsi is the step after the one that is carried out.
    private static void EmitLoop()
    {
        XS.Label("next");
        XS.Set(RSP, StackTop);
        XS.Set(RAX, RSI, sourceIsIndirect: true);
        XS.Set(RBX, RSI, sourceDisplacement: 8);
        XS.Set(RCX, RSI, sourceDisplacement: 16);
        XS.Add(RSI, StepBytes);
        foreach (TlbStepKind kind in System.Enum.GetValues<TlbStepKind>())
        {
            XS.Compare(RAX, (uint)kind);
            XS.Jump(ConditionalTestEnum.Equal, kind.ToString());
        }
    }

    private static void EmitSteps()
    {
        XS.Label(nameof(TlbStepKind.Read));
        XS.Set(AL, RBX, sourceIsIndirect: true);
        XS.Jump("send");
        XS.Label("page_fault");
        XS.Set(AL, Faulted);
        XS.Jump("send");
        XS.Label(nameof(TlbStepKind.Write));
        XS.Set(RBX, RCX, destinationIsIndirect: true);
        XS.Jump("next");
        XS.Label(nameof(TlbStepKind.ForgetPage));
        XS.LiteralCode("invlpg [rbx]");
        XS.Jump("next");
        XS.Label(nameof(TlbStepKind.LoadRoot));
        XS.Set(CR3, RBX);
        XS.Jump("next");
        XS.Label(nameof(TlbStepKind.Forget));
        XS.LiteralCode($"invpcid rbx, [rsi - {StepBytes - 16}]");
        XS.Jump("next");
        XS.Label(nameof(TlbStepKind.ToggleGlobal));
        XS.Set(RAX, CR4);
        XS.Xor(RAX, GlobalPages);
        XS.Set(CR4, RAX);
        XS.Xor(RAX, GlobalPages);
        XS.Set(CR4, RAX);
        XS.Jump("next");
        XS.Label("send");
        XS.Set(BL, AL);
        EmitWaitFor(Ready, "until_ready");
        XS.Set(EDX, SerialPort);
        XS.Set(AL, BL);
        XS.WriteToPortDX(AL);
        XS.Jump("next");
    }

    private static void EmitWaitFor(uint status, string label)
    {
        XS.Label(label);
        XS.Set(EDX, LineStatus);
        XS.ReadFromPortDX(AL);
        XS.And(AL, status);
        XS.Jump(ConditionalTestEnum.Zero, label);
    }

    private static void EmitEnd()
    {
        XS.Label(nameof(TlbStepKind.End));
        EmitWaitFor(AllSent, "until_sent");
        XS.Set(EDX, SwitchPort);
        foreach (char letter in SwitchWord)
        {
            XS.Set(AL, letter);
            XS.WriteToPortDX(AL);
        }

        XS.Halt();
    }
}
