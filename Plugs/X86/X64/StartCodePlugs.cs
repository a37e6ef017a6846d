using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using XSharp.Assembler;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>What a processor starts with: from 16-bit mode to the kernel's tables and C# (Intel SDM vol. 3A, 9.4, 10.8.5).</summary>
/// <remarks>
/// The code is copied to a page below 1 MiB, whose number the start-up interrupt carries. It knows where it is by its code segment, and
/// writes the three addresses that depend on it into the copy. The tables that it loads first show that page and the kernel; the last part
/// is in the kernel, loads the kernel's own tables, and needs the page no more.
/// </remarks>
[Plug(Target = typeof(Cpu))]
public static unsafe class StartCodePlugs
{
    // Offsets in StartCode.
    private const int FirstRoot = 8;
    private const int KernelRoot = 16;
    private const int Stack = 24;
    private const int Area = 32;
    private const int Entry = 40;
    private const int Control = 48;

    private const int ProtectedCode = 8;
    private const int ProtectedData = 16;
    private const int LongCode = 24;

    // CR0: PE, MP, NE, WP, PG; CR4: PAE, OSFXSR, OSXMMEXCPT; EFER: LME, NXE.
    private const uint ControlRegister0 = 1u << 31 | 1 << 16 | 1 << 5 | 1 << 1 | 1;
    private const uint ControlRegister4 = 1 << 5 | 1 << 9 | 1 << 10;
    private const uint ExtendedFeatures = 0xC0000080;
    private const uint LongModeAndNoExecute = 1 << 8 | 1 << 11;
    private const uint GsBase = 0xC0000101;

    /// <summary>Where the code begins.</summary>
    [PlugMethod(Assembler = typeof(BeginBody))]
    public static byte* StartCodeBegin() => throw new NotImplementedException();

    /// <summary>Where the code ends.</summary>
    [PlugMethod(Assembler = typeof(EndBody))]
    public static byte* StartCodeEnd() => throw new NotImplementedException();

    private sealed class EndBody : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LiteralCode("lea rax, [rel start_code_end]");
        }
    }

    private sealed class BeginBody : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LiteralCode("lea rax, [rel start_code]");
            XS.Return();
            XS.LiteralCode("align 16");
            XS.Label("start_code");
            EmitRealMode();
            EmitProtectedMode();
            EmitLongMode();
            XS.Label("start_code_end");
            EmitKernel();
        }

        private static void EmitRealMode()
        {
            XS.LiteralCode("bits 16");
            XS.LiteralCode("jmp start_code_real");
            XS.LiteralCode("times 56 - ($ - start_code) db 0"); // StartCode
            XS.LiteralCode("start_code_segments: dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF, 0x00AF9A000000FFFF");
            XS.LiteralCode("start_code_pointer: dw 31");
            XS.LiteralCode("dd 0");
            XS.LiteralCode("start_code_to32: dd 0");
            XS.LiteralCode("dw " + ProtectedCode);
            XS.LiteralCode("start_code_to64: dd 0");
            XS.LiteralCode("dw " + LongCode);
            XS.LiteralCode("start_code_real:");
            XS.LiteralCode("cli");
            XS.LiteralCode("cld");
            XS.LiteralCode("mov ax, cs");
            XS.LiteralCode("mov ds, ax");
            XS.LiteralCode("movzx ebx, ax");
            XS.LiteralCode("shl ebx, 4");
            PutAddress("start_code_segments", "start_code_pointer - start_code + 2");
            PutAddress("start_code_protected", "start_code_to32 - start_code");
            PutAddress("start_code_long", "start_code_to64 - start_code");
            XS.LiteralCode("o32 lgdt [start_code_pointer - start_code]");
            XS.LiteralCode("mov eax, 1");
            XS.LiteralCode("mov cr0, eax");
            XS.LiteralCode("jmp dword far [start_code_to32 - start_code]");
        }

        private static void PutAddress(string label, string place)
        {
            XS.LiteralCode("lea eax, [ebx + " + label + " - start_code]");
            XS.LiteralCode("mov [" + place + "], eax");
        }

        private static void EmitProtectedMode()
        {
            XS.LiteralCode("bits 32");
            XS.LiteralCode("start_code_protected:");
            XS.Set(EAX, ProtectedData);
            XS.Set(DS, AX);
            XS.Set(ES, AX);
            XS.Set(SS, AX);
            XS.LiteralCode("mov eax, [ebx + " + Control + "]");
            XS.Or(EAX, ControlRegister4);
            XS.LiteralCode("mov cr4, eax");
            XS.LiteralCode("mov eax, [ebx + " + FirstRoot + "]");
            XS.LiteralCode("mov cr3, eax");
            XS.Set(ECX, ExtendedFeatures);
            XS.Set(EAX, LongModeAndNoExecute);
            XS.Xor(EDX, EDX);
            XS.LiteralCode("wrmsr");
            XS.Set(EAX, ControlRegister0);
            XS.LiteralCode("mov cr0, eax");
            XS.LiteralCode("jmp far [ebx + start_code_to64 - start_code]");
        }

        private static void EmitLongMode()
        {
            XS.LiteralCode("bits 64");
            XS.LiteralCode("start_code_long:");
            XS.Set(EAX, ProtectedData);
            XS.Set(DS, AX);
            XS.Set(ES, AX);
            XS.Set(SS, AX);
            XS.LiteralCode("mov rax, start_code_kernel");
            XS.LiteralCode("jmp rax");
        }

        // Here the upper half of EBX is 0, and the copy is still mapped at its physical address.
        private static void EmitKernel()
        {
            XS.LiteralCode("start_code_kernel:");
            XS.LiteralCode("mov rsp, [rbx + " + Stack + "]");
            XS.LiteralCode("mov rsi, [rbx + " + Entry + "]");
            XS.LiteralCode("mov rax, [rbx + " + Area + "]");
            XS.LiteralCode("mov rdi, [rbx + " + KernelRoot + "]");
            XS.LiteralCode("mov cr3, rdi");
            XS.LiteralCode("xor edx, edx");
            XS.LiteralCode("mov fs, dx");
            XS.LiteralCode("mov gs, dx");
            XS.LiteralCode("mov rdx, rax");
            XS.LiteralCode("shr rdx, 32");
            XS.Set(ECX, GsBase);
            XS.LiteralCode("wrmsr");
            XS.LiteralCode("fninit");
            XS.LiteralCode("xor ebp, ebp");
            XS.LiteralCode("push rbp"); // The end of every back-trace: return address 0.
            XS.LiteralCode("push rbp");
            XS.LiteralCode("call rsi");
            XS.LiteralCode("ud2");
        }
    }
}
