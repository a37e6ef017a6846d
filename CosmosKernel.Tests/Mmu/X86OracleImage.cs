using System.Collections.Generic;
using System.IO;
using System.Linq;
using Cosmos.Build.Tools;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Tests.Mmu;

/// <summary>What the programs that ask an x86 processor's MMU have in common: where things lie, how they begin and end, what the processor's tables say.</summary>
/// <remarks>
/// <para>
/// Such a program switches to the page tables that lie in memory, makes one access after the other as the list says, and writes down what became
/// of each. QEMU loads it (multiboot 1); everything else is in memory already, put there by the test.
/// </para>
/// <para>
/// Parameters: the root, bits of CR4, the number of probes, CPUID's widths of addresses (written by the program), bits of EFER. A probe: the address, the
/// <see cref="ProbeKind"/>, a value to write, 0. An answer: the vector or 0, the error code, what was read, CR2. Eight bytes each.
/// </para>
/// </remarks>
internal static class X86OracleImage
{
    public const uint Load = 0x10_0000;
    public const uint UserCode = 0x10_4000;
    public const uint Data = 0x10_5000;
    public const uint Parameters = 0x11_0000;
    public const uint Probes = 0x12_0000;
    public const uint Answers = 0x20_0000;

    public const uint Root = Parameters;
    public const uint Control = Parameters + 8;
    public const uint Count = Parameters + 16;
    public const uint Widths = Parameters + 24;
    public const uint Features = Parameters + 32;
    public const uint StackTop = Parameters;
    public const uint RecordBytes = 32;

    public const ushort KernelCode = 0x08;
    public const uint KernelData = 0x10;
    public const uint UserDataSelector = 0x18 | 3;
    public const uint UserCodeSelector = 0x20 | 3;
    public const uint TaskSelector = 0x28;

    public const uint GdtPointer = Data + 0x40;
    public const uint IdtPointer = Data + 0x50;
    public const uint Task = Data + 0x80;
    public const int TaskBytes = 104;

    public const uint ExtendedFeatures = 0xC000_0080; // EFER
    public const uint Paging = (1u << 31) | (1 << 16) | 1; // CR0: PG, WP, PE
    public const int Made = 0x80;
    public const uint GeneralProtection = 13;
    public const uint PageFault = 14;
    public const byte Done = 0x10;

    private const uint Idt = Data + 0x100;
    private const int IdtGates = Made + 1;
    private const uint Magic = 0x1BAD_B002;
    private const uint HasAddresses = 1 << 16;
    private const byte Lost = 0x11;
    private const uint ExitPort = 0xF4;
    private const uint InterruptGate = 0x8E00;
    private const uint UsersGate = 0xEE00;

    /// <summary>Assembles the parts, which make one text; the raw bytes' file in <paramref name="folder"/>.</summary>
    public static string Assemble(string folder, params XSharp.Assembler.Assembler[] parts)
    {
        string source = Path.Combine(folder, "stub.asm");
        string raw = Path.Combine(folder, "stub.bin");
        File.WriteAllText(source, string.Concat(parts.Select(part => part.ToSource())));
        ExternalTool.Nasm.Run(["-f", "bin", "-Werror", "-o", raw, source]);
        return raw;
    }

    /// <summary>The multiboot header and the first steps, in 32-bit code: the stack, the widths of addresses, the segments.</summary>
    public static void EmitStart()
    {
        XS.LiteralCode($"org 0x{Load:X}");
        XS.LiteralCode($"dd 0x{Magic:X}, 0x{HasAddresses:X}, -(0x{Magic:X} + 0x{HasAddresses:X})");
        XS.LiteralCode($"dd 0x{Load:X}, 0x{Load:X}, image_end, image_end, start");
        XS.Label("start");
        XS.ClearInterruptFlag();
        XS.Set(ESP, StackTop);
        XS.Set(EAX, 0x8000_0008u);
        XS.Cpuid();
        XS.Set(Widths, EAX, destinationIsIndirect: true);
        XS.LoadGdt(GdtPointer);
    }

    /// <summary>All probes were made; or something came that nobody expects.</summary>
    public static void EmitEnd()
    {
        XS.Label("done");
        XS.Set(AL, Done);
        EmitExit();
        XS.Label("lost");
        XS.Set(AL, Lost);
        EmitExit();
        XS.Halt();
    }

    /// <summary>The processor's tables, at <see cref="Data"/>, and the end of the image.</summary>
    /// <param name="segments">Descriptors of the kernel's code and data, the user's data and code.</param>
    /// <param name="task">The task state, in NASM's words.</param>
    public static void EmitTables(IReadOnlyList<ulong> segments, IReadOnlyList<string> task)
    {
        // The upper half of a 64-bit task's descriptor, and of the address of a 64-bit gate, is zero.
        bool isWide = XSharp.Assembler.Assembler.CurrentInstance.Bits == 64;
        string pointer = isWide ? "dq" : "dd";
        EmitPadding(Data);
        XS.LiteralCode("dq 0");
        foreach (ulong segment in segments) XS.LiteralCode($"dq 0x{segment:X}");
        XS.LiteralCode($"dw {TaskBytes - 1}, 0x{Task & 0xFFFF:X}");
        XS.LiteralCode($"db 0x{Task >> 16:X}, 0x89, 0, 0");
        XS.LiteralCode("dq 0");
        EmitPadding(GdtPointer);
        XS.LiteralCode($"dw {GdtPointer - Data - 1}");
        XS.LiteralCode($"{pointer} 0x{Data:X}");
        EmitPadding(IdtPointer);
        XS.LiteralCode($"dw {(IdtGates * (isWide ? 16 : 8)) - 1}");
        XS.LiteralCode($"{pointer} 0x{Idt:X}");
        EmitPadding(Task);
        foreach (string line in task) XS.LiteralCode(line);
        EmitPadding(Idt);
        for (uint vector = 0; vector < IdtGates; vector++)
        {
            XS.LiteralCode($"dw {HandlerOf(vector)} - $$, {KernelCode}, 0x{(vector == Made ? UsersGate : InterruptGate):X}, 0x{Load >> 16:X}");
            if (isWide) XS.LiteralCode("dq 0");
        }

        XS.Label("image_end");
    }

    /// <summary>Zeros up to an address.</summary>
    public static void EmitPadding(uint address) => XS.LiteralCode($"times 0x{address - Load:X} - ($ - $$) db 0");

    private static void EmitExit()
    {
        XS.Set(EDX, ExitPort);
        XS.WriteToPortDX(AL);
    }

    private static string HandlerOf(uint vector) => vector switch
    {
        GeneralProtection => "general_protection",
        PageFault => "page_fault",
        Made => "made",
        _ => "lost",
    };
}
