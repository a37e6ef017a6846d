using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Cosmos.Build.Tools;
using MemOS.Hardware;
using MemOS.Tests.Plugs;
using XSharp;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Mmu;

/// <summary>An image for an x86 processor in 32-bit mode with every X# body of the plugs, each in the frame that Cosmos's IL2CPU puts around it.</summary>
/// <remarks>
/// <para>
/// The frame (IL2CPU's MethodBegin and MethodEnd): EBP saved and set; behind the body the result is popped to where the arguments were, which the
/// callee drops but for the result's room. The caller pushes the arguments from left to right, a 64-bit one with its upper half first, and then makes
/// room where the result is larger than they are.
/// </para>
/// <para>
/// The program calls what the list at <see cref="Steps"/> says, a step after the other, and writes down what came back. A step is 16 words: the function's
/// number from 1 on (0 ends the list), how many words of arguments, up to eight of them in the order of pushes, and at word 10 the bytes of room. An answer is 8:
/// the words on top of the stack, ECX, by how many bytes the stack grew, how many faults there were, EBP.
/// </para>
/// <para>
/// The page-fault entry stands for the kit's. It maps a page once when <see cref="Demand"/> asks for it; else it does what FaultRecovery does:
/// looks the instruction up in the fix-up table between the linker's two symbols, then the word on top of the interrupted stack. The timer's interrupt counts as a
/// fault, and so does an instruction that QEMU does not have: that is stepped over, EAX and EDX written down.
/// </para>
/// </remarks>
internal sealed class CosmosImage
{
    public const uint Load = 0x10_0000;
    public const uint LoadEnd = 0x12_0000;
    public const uint Steps = 0x40_0000;
    public const uint Answers = 0x50_0000;
    public const uint Demand = 0x3F_0000;
    public const uint Scratch = 0x3E_0000;
    public const uint Stack = 0x3D_0000;
    public const uint CallerFrame = 0x5A5A_5A5A;
    public const int StepWords = 16;
    public const int AnswerWords = 8;
    public const byte Done = 0x10;

    // Functions of the program's own, in the same convention.
    private const string Helpers = """
        F_Peek:
            push ebp
            mov ebp, esp
            mov eax, [ebp + 8]
            mov eax, [eax]
            mov [ebp + 8], eax
            xor ecx, ecx
            pop ebp
            ret
        F_Poke:
            push ebp
            mov ebp, esp
            mov eax, [ebp + 12]
            mov ecx, [ebp + 8]
            mov [eax], ecx
            xor ecx, ecx
            pop ebp
            ret 8
        F_Note:
            push ebp
            mov ebp, esp
            mov eax, [ebp + 8]
            mov [SCRATCH], eax
            mov [SCRATCH + 4], esp
            mov ebx, 1
            mov esi, 2
            mov edi, 3
            xor ecx, ecx
            pop ebp
            ret 4
        """;

    private const string Driver = """
        next:
            mov esp, STACK
            mov esi, [current]
            mov eax, [esi]
            test eax, eax
            jz done
            mov ecx, [esi + 4]
            lea ebx, [esi + 8]
        push_one:
            test ecx, ecx
            jz pushed
            push dword [ebx]
            add ebx, 4
            dec ecx
            jmp push_one
        pushed:
            sub esp, [esi + 40]
            mov dword [faults], 0
            mov ebp, CALLER
            mov ecx, 0x7777
            call [functions + eax * 4]
            mov ebx, esp
            mov edi, [answer]
            mov [edi + 8], ecx
            mov eax, STACK
            sub eax, ebx
            mov [edi + 12], eax
            mov eax, [ebx]
            mov [edi], eax
            mov eax, [ebx + 4]
            mov [edi + 4], eax
            mov eax, [faults]
            mov [edi + 16], eax
            mov [edi + 20], ebp
            add dword [current], 64
            add dword [answer], 32
            jmp next
        done:
            mov al, 0x10
            out 0xF4, al
        lost:
            mov al, 0x11
            out 0xF4, al
            hlt
        """;

    private const string Entries = """
        timer:
            push eax
            mov al, 0x20
            out 0x20, al
            inc dword [faults]
            pop eax
            iret
        invalid_opcode:
            mov [SCRATCH + 0x600], eax
            mov [SCRATCH + 0x604], edx
            inc dword [faults]
            mov eax, [esp]
            cmp dword [eax], INVPCID
            je five_bytes
            mov eax, [eax]
            and eax, 0xFFFFFF
            cmp eax, RDSEED
            jne lost
            and dword [esp + 8], ~1
            add dword [esp], 3
            mov eax, [SCRATCH + 0x600]
            iret
        five_bytes:
            add dword [esp], 5
            mov eax, [SCRATCH + 0x600]
            iret
        general_protection:
            push eax
            push ebx
            mov eax, 13
            jmp fault
        page_fault:
            push eax
            push ebx
            mov ebx, cr2
            and ebx, 0xFFFFF000
            cmp ebx, [DEMAND]
            jne not_demanded
            mov ebx, [DEMAND + 4]
            test ebx, ebx
            jz not_demanded
            mov dword [DEMAND + 4], 0
            mov eax, [DEMAND + 12]
            cmp dword [DEMAND + 16], 0
            je narrow
            mov [ebx + 4], eax
        narrow:
            mov eax, [DEMAND + 8]
            mov [ebx], eax
            inc dword [faults]
            pop ebx
            pop eax
            add esp, 4
            iret
        not_demanded:
            mov eax, 14
        fault:
            inc dword [faults]
            mov [vector], eax
            mov eax, [esp + 12]
            call find
            jne found
            mov eax, [esp + 24]
            call find
            je lost
        found:
            mov eax, [ebx + 4]
            mov [esp + 12], eax
            mov eax, [esp + 8]
            shl eax, ERRORSHIFT
            or eax, FAULTED
            or eax, [vector]
            mov [esp + 4], eax
            pop ebx
            pop eax
            add esp, 4
            iret
        find:
            mov ebx, __start_memos_fixups
        look:
            cmp ebx, __stop_memos_fixups
            je none
            cmp eax, [ebx]
            je here
            add ebx, 8
            jmp look
        here:
            or ebx, ebx
        none:
            ret
        """;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly PlugFlavour _plugs = PlugFlavour.Of(32);
    private readonly string _nasmNames;

    /// <summary>Emits, assembles (ELF32) and links it, in <paramref name="folder"/>.</summary>
    public CosmosImage(string folder)
    {
        string source = Path.Combine(folder, "image.asm");
        string objectFile = Path.Combine(folder, "image.o");
        File = Path.Combine(folder, "image.elf");
        System.IO.File.WriteAllText(source, Source());
        ExternalTool.Nasm.Run(["-f", "elf32", "-Werror", "-o", objectFile, source]);
        new ExternalTool("ld", "binutils").Run(
            ["-m", "elf_i386", "--no-warn-rwx-segments", "-z", "noexecstack", $"-Ttext=0x{Load:X}", "-e", "start", "-o", File, objectFile]);
        _nasmNames = new ExternalTool("nm", "binutils").Run([File]);
    }

    /// <summary>The ELF file.</summary>
    public string File { get; }

    /// <summary>The number that steps call a function by.</summary>
    public uint NumberOf(string name) => (uint)_numbers[name];

    /// <summary>The address of a name of the program.</summary>
    public uint AddressOf(string name) => _nasmNames.Split('\n').Select(line => line.Split(' '))
        .Where(words => words.Length == 3 && words[2] == name).Select(words => uint.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).Single();

    /// <summary>The bytes of a method's arguments and of its result, as IL2CPU counts them.</summary>
    public (int Arguments, int Result) SizesOf(string name)
    {
        if (name is "Peek") return (4, 4);
        if (name is "Poke") return (8, 0);
        return Il2CpuFrame.SizesOf(_plugs.Method(name));
    }

    private string Source()
    {
        AssemblerInstance code = new(32);
        string[] names = [.. _plugs.Names, "Peek", "Poke"];
        StringBuilder text = new();
        using (code.Enter())
        {
            XS.LiteralCode("align 4");
            XS.LiteralCode("dd 0x1BADB002, 0, -0x1BADB002");
            XS.LiteralCode("global start, F_Note, gdt, gdt_pointer, idt, idt_pointer");
            XS.LiteralCode("extern __start_memos_fixups, __stop_memos_fixups");
            XS.Label("start");
            XS.LiteralCode("cli");
            XS.LiteralCode("cld");
            Lines(Driver);
            Lines(Entries);
            Lines(Helpers);
            for (int i = 0; i < names.Length; i++)
            {
                _numbers[names[i]] = i + 1;
                if (i < names.Length - 2) Il2CpuFrame.Emit(code, _plugs, names[i], $"F_{i + 1}");
            }

            EmitData(names);
        }

        text.Append("%define STACK 0x").Append(Stack.ToString("X", CultureInfo.InvariantCulture))
            .Append("\n%define CALLER 0x").Append(CallerFrame.ToString("X", CultureInfo.InvariantCulture))
            .Append("\n%define SCRATCH 0x").Append(Scratch.ToString("X", CultureInfo.InvariantCulture))
            .Append("\n%define DEMAND 0x").Append(Demand.ToString("X", CultureInfo.InvariantCulture))
            .Append("\n%define INVPCID 0x82380F66") // invpcid r32, m128, and rdseed eax
            .Append("\n%define RDSEED 0xF8C70F")
            .Append("\n%define FAULTED ").Append(ProbeOutcome.RawFault(0, 0))
            .Append("\n%define ERRORSHIFT ").Append(System.Numerics.BitOperations.TrailingZeroCount(ProbeOutcome.RawFault(0, 1) ^ ProbeOutcome.RawFault(0, 0)))
            .Append("\nsection .text\n").Append(code.ToSource());
        return text.ToString();
    }

    private static void Lines(string text)
    {
        foreach (string line in text.Split('\n')) XS.LiteralCode(line.Trim());
    }

    private static void EmitData(string[] names)
    {
        XS.LiteralCode("align 16");
        XS.LiteralCode("gdt: dq 0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF");
        XS.LiteralCode($"dw 103, 0x{Scratch & 0xFFFF:X}");
        XS.LiteralCode($"db 0x{Scratch >> 16:X}, 0x89, 0, 0");
        XS.LiteralCode("gdt_pointer: dw gdt_pointer - gdt - 1");
        XS.LiteralCode("dd gdt");
        XS.LiteralCode("align 8");
        XS.LiteralCode("idt:");
        for (int vector = 0; vector <= 14; vector++)
        {
            string handler = vector switch { 6 => "invalid_opcode", 8 => "timer", 13 => "general_protection", 14 => "page_fault", _ => "lost" };
            XS.LiteralCode($"dw {handler} - $$, 8, 0x8E00, 0x{Load >> 16:X}");
        }

        XS.LiteralCode("idt_pointer: dw idt_pointer - idt - 1");
        XS.LiteralCode("dd idt");
        XS.LiteralCode("align 4");
        XS.LiteralCode("functions: dd 0");
        for (int i = 1; i <= names.Length; i++) XS.LiteralCode($"dd F_{(i > names.Length - 2 ? names[i - 1] : i.ToString(CultureInfo.InvariantCulture))}");
        XS.LiteralCode($"current: dd 0x{Steps:X}");
        XS.LiteralCode($"answer: dd 0x{Answers:X}");
        XS.LiteralCode("faults: dd 0");
        XS.LiteralCode("vector: dd 0");
    }
}
