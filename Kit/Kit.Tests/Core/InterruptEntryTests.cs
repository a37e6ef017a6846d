using System;
using System.Runtime.InteropServices;
using Cosmos.Core;
using Cosmos.Plugs.X64;
using NUnit.Framework;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Kit.Tests.Core;

/// <summary>
/// The interrupt entries, run here: what the processor pushes is pushed by hand, and a return from an interrupt to the same privilege
/// works in a process too.
/// </summary>
[TestFixture]
[Platform("Linux")]
[NonParallelizable]
public sealed unsafe class InterruptEntryTests
{
    // Registers and block of the caller: RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8–R15 in this order, then XMM0 and XMM15, then the result of all.
    private const int RegisterCount = 15;
    private const int VectorRegistersOffset = 128;

    private static readonly string[] s_names =
    {
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    };

    private static INTs.IRQContext s_seen;
    private static INTs.MMXContext s_seenExtended;
    private static bool s_wasAligned;
    private static bool s_changes;

    private ExecutableCode _code = null!;
    private delegate* unmanaged<void*, byte*> _install;
    private delegate* unmanaged<byte*, ulong*, ulong*, ulong, ulong> _interrupt;
    private byte* _stubs;

    [OneTimeSetUp]
    public void Assemble()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Assert.Ignore("The entries are x86-64 code.");

        var assembler = new AssemblerInstance(64);
        using (assembler.Enter())
        {
            // The two functions' addresses are at the start.
            assembler.Append("    dq install, interrupt");
            assembler.Append("install:");
            new InterruptEntries().AssembleNew(assembler, "");
            foreach (string line in Interrupter().Split('\n'))
                assembler.Append(line);
        }

        _code = new ExecutableCode(assembler.ToSource());
        _install = (delegate* unmanaged<void*, byte*>)(_code.Start + ((ulong*)_code.Start)[0]);
        _interrupt = (delegate* unmanaged<byte*, ulong*, ulong*, ulong, ulong>)(_code.Start + ((ulong*)_code.Start)[1]);
        _stubs = _install((delegate* unmanaged<INTs.IRQContext*, void>)&OnInterrupt);
    }

    [OneTimeTearDown]
    public void Release() => _code?.Dispose();

    [Test]
    public void Every_vector_arrives_with_its_number_and_error_code()
    {
        s_changes = false;
        for (int vector = 0; vector < 256; vector++)
        {
            bool hasError = Array.IndexOf(new[] { 8, 10, 11, 12, 13, 14, 17, 21, 29, 30 }, vector) >= 0;
            ulong[] registers = Fill((ulong)vector);
            ulong[] after = Interrupt(vector, registers, hasError ? 0xE0000000ul + (ulong)vector : null);
            Assert.That(s_seen.Interrupt, Is.EqualTo((nuint)vector));
            Assert.That(s_seen.Param, Is.EqualTo(hasError ? 0xE0000000 + (nuint)vector : 0));
            Assert.That(after, Is.EqualTo(registers), $"vector {vector}");
        }
    }

    [Test]
    public void The_context_holds_every_register_and_all_come_back()
    {
        s_changes = false;
        ulong[] registers = Fill(0x1234);
        ulong[] after = Interrupt(3, registers, null);
        ulong[] seen =
        {
            s_seen.EAX, s_seen.EBX, s_seen.ECX, s_seen.EDX, s_seen.ESI, s_seen.EDI, s_seen.EBP,
            s_seenExtended.R8, s_seenExtended.R9, s_seenExtended.R10, s_seenExtended.R11,
            s_seenExtended.R12, s_seenExtended.R13, s_seenExtended.R14, s_seenExtended.R15,
        };
        Assert.That(seen, Is.EqualTo(registers[..RegisterCount]));
        Assert.That(after, Is.EqualTo(registers));
        Assert.That(s_wasAligned, "the stack at the call and the block below it are aligned to 16 bytes");
        fixed (byte* image = s_seenExtended.FloatingPoint)
        {
            Assert.That(*(ulong*)(image + 160), Is.EqualTo(registers[VectorRegistersOffset / 8]), "XMM0 in the FXSAVE image");
            Assert.That(*(ulong*)(image + 160 + 15 * 16), Is.EqualTo(registers[VectorRegistersOffset / 8 + 2]), "XMM15 in the FXSAVE image");
        }
    }

    [Test]
    public void What_the_handler_changes_is_what_execution_goes_on_with()
    {
        s_changes = true;
        ulong[] after = Interrupt(14, Fill(0x77), 2);
        Assert.That(after[0], Is.EqualTo(0xAAAA_0000_0000_0001), "RAX");
        Assert.That(after[5], Is.EqualTo(0xAAAA_0000_0000_0002), "RDI");
        Assert.That(after[14], Is.EqualTo(0xAAAA_0000_0000_0003), "R15");
        Assert.That(after[VectorRegistersOffset / 8], Is.EqualTo(0xAAAA_0000_0000_0004), "XMM0");
        Assert.That(after[1], Is.EqualTo(Fill(0x77)[1]), "RBX was left alone");
    }

    [Test]
    public void The_context_has_the_documented_layout()
    {
        string[] order =
        {
            "MMXContext", "EDI", "ESI", "EBP", "ESP", "EBX", "EDX", "ECX", "EAX", "Interrupt", "Param", "EIP", "CS", "EFlags", "UserESP",
        };
        for (int i = 0; i < order.Length; i++)
            Assert.That((int)Marshal.OffsetOf<INTs.IRQContext>(order[i]), Is.EqualTo(i * 8), order[i]);
        Assert.That(sizeof(INTs.IRQContext), Is.EqualTo(15 * 8));
        Assert.That((int)Marshal.OffsetOf<INTs.MMXContext>("R15"), Is.EqualTo(7 * 8));
        Assert.That((int)Marshal.OffsetOf<INTs.MMXContext>("FloatingPoint"), Is.EqualTo(64));
        Assert.That(sizeof(INTs.MMXContext), Is.EqualTo(64 + 512));
    }

    [UnmanagedCallersOnly]
    private static void OnInterrupt(INTs.IRQContext* context)
    {
        s_seen = *context;
        s_seenExtended = *context->MMXContext;
        // The context's end is where the processor's frame lies, so the entry's stack is known: the block is the lowest of it.
        s_wasAligned = (nuint)context->MMXContext % 16 == 0 && context->MMXContext < context;
        if (!s_changes)
            return;
        context->EAX = unchecked((nuint)0xAAAA_0000_0000_0001);
        context->EDI = unchecked((nuint)0xAAAA_0000_0000_0002);
        context->MMXContext->R15 = 0xAAAA_0000_0000_0003;
        *(ulong*)(context->MMXContext->FloatingPoint + 160) = 0xAAAA_0000_0000_0004;
    }

    private static ulong[] Fill(ulong seed)
    {
        var registers = new ulong[VectorRegistersOffset / 8 + 4];
        for (int i = 0; i < registers.Length; i++)
            registers[i] = i == RegisterCount ? 0 : (seed << 32) + 0x1111_0000 + (ulong)i;
        return registers;
    }

    private ulong[] Interrupt(int vector, ulong[] registers, ulong? error)
    {
        var after = new ulong[registers.Length];
        fixed (ulong* from = registers)
        fixed (ulong* to = after)
        {
            ulong kept = _interrupt(_stubs + vector * DescriptorTables.StubStride, from, to, error ?? ulong.MaxValue);
            Assert.That(kept, Is.EqualTo(1), "the stack pointer came back");
        }

        return after;
    }

    /// <summary>Does to an entry what the processor does: RDI its address, RSI the registers to come with, RDX where to leave those after, RCX the error code.</summary>
    private static string Interrupter()
    {
        var text = new System.Text.StringBuilder("interrupt:\n");
        foreach (string saved in new[] { "rbx", "rbp", "r12", "r13", "r14", "r15" })
            _ = text.Append($"    push {saved}\n");
        _ = text.Append("""
                mov [rel entry], rdi
                mov [rel results], rdx
                mov [rel stack], rsp
                mov r8, rsp
                and rsp, -16
                mov eax, ss
                push rax
                push r8
                pushfq
                mov eax, cs
                push rax
                lea rax, [rel resume]
                push rax
                cmp rcx, -1
                je no_error
                push rcx
            no_error:
                movdqu xmm0, [rsi + 128]
                movdqu xmm15, [rsi + 144]

            """);
        for (int i = 0; i < RegisterCount; i++)
        {
            if (s_names[i] != "rsi")
                _ = text.Append($"    mov {s_names[i]}, [rsi + {i * 8}]\n");
        }

        _ = text.Append("    mov rsi, [rsi + 32]\n    jmp [rel entry]\nresume:\n    push rsi\n    mov rsi, [rel results]\n");
        for (int i = 0; i < RegisterCount; i++)
        {
            if (s_names[i] != "rsi")
                _ = text.Append($"    mov [rsi + {i * 8}], {s_names[i]}\n");
        }

        _ = text.Append("""
                pop rax
                mov [rsi + 32], rax
                movdqu [rsi + 128], xmm0
                movdqu [rsi + 144], xmm15
                xor eax, eax
                cmp rsp, [rel stack]
                sete al
                mov rsp, [rel stack]

            """);
        foreach (string saved in new[] { "r15", "r14", "r13", "r12", "rbp", "rbx" })
            _ = text.Append($"    pop {saved}\n");
        return text.Append("    ret\nalign 8\nentry: dq 0\nresults: dq 0\nstack: dq 0").ToString();
    }
}
