using System;
using System.Linq;
using System.Runtime.InteropServices;
using Cosmos.Core;
using MemOS.Kit.Tests.XSharp;
using MemOS.Hardware;
using NUnit.Framework;
using XSharp;
using static XSharp.XSRegisters;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Plugs;

/// <summary>The interrupt entries, run in this process: a frame is built as the processor would, the entry does the rest.</summary>
/// <remarks>What goes another way when a program is interrupted the machine's own tests run. The return by IRETQ works without privilege as long as that does not change. Only vector 14's entry reads CR2, so it cannot be run.</remarks>
[TestFixture]
public sealed unsafe class InterruptEntryTests
{
    private const int EntryStride = ProcessorTables.EntryStride;
    private const int PageFault = 14;
    private const ulong ErrorCode = 0x1238;
    private const uint Skipped = 0x5C1F;

    // This process is a program: as the kernel's entries are run in it, they must not take it for one.
    private const string PrivilegeTest = "test byte [rsp + 24], 3";

    // The vectors for which the processor pushes an error code.
    private static readonly int[] s_vectorsWithErrorCode = { 8, 10, 11, 12, 13, 14, 17, 21, 29, 30 };

    private static readonly Register64[] s_registers = { RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15 };

    // The System V convention leaves these to the caller.
    private static readonly Register64[] s_callers = { RBX, RBP, R12, R13, R14, R15 };

    private static INTs.IRQContext s_context;
    private static INTs.MMXContext s_extended;
    private static ulong s_misalignment;
    private static ulong s_changeAccumulatorTo;
    private static ulong s_skipBytes;

    private HostCode _withErrorCode = null!;
    private HostCode _withoutErrorCode = null!;

    [OneTimeSetUp]
    public void Assemble()
    {
        _withErrorCode = new HostCode(Source(hasErrorCode: true));
        _withoutErrorCode = new HostCode(Source(hasErrorCode: false));
    }

    [OneTimeTearDown]
    public void Free()
    {
        _withErrorCode?.Dispose();
        _withoutErrorCode?.Dispose();
    }

    [Test]
    public void Each_entry_gives_its_vector_and_error_code_and_resumes_with_all_registers()
    {
        foreach (int vector in Enumerable.Range(0, ProcessorTables.VectorCount).Where(v => v != PageFault))
        {
            ulong[] before = s_registers.Select((_, i) => 0x1111_0000_0000_0000ul * (ulong)i + (ulong)vector + (ulong)i).ToArray();
            ulong[] after = Interrupt(vector, before, out double[] xmm);

            ulong error = s_vectorsWithErrorCode.Contains(vector) ? ErrorCode : 0;
            Assert.That(((ulong)s_context.Interrupt, (ulong)s_context.Param), Is.EqualTo(((ulong)vector, error)));
            Assert.That(s_misalignment, Is.Zero, "the stack and the FXSAVE image are aligned");
            Assert.That(after, Is.EqualTo(before), $"vector {vector}");
            Assert.That(xmm, Is.EqualTo(new[] { 1.5, -2.25 }), $"vector {vector}");
        }
    }

    [Test]
    public void The_context_holds_the_interrupted_registers()
    {
        ulong[] before = s_registers.Select((_, i) => 100ul + (ulong)i).ToArray();
        _ = Interrupt(32, before, out _);

        nuint[] saved =
        {
            s_context.EAX, s_context.EBX, s_context.ECX, s_context.EDX, s_context.ESI, s_context.EDI, s_context.EBP,
        };
        ulong[] extended =
        {
            s_extended.R8, s_extended.R9, s_extended.R10, s_extended.R11, s_extended.R12, s_extended.R13, s_extended.R14, s_extended.R15,
        };
        Assert.That(saved.Select(v => (ulong)v).Concat(extended), Is.EqualTo(before));
        Assert.That((ulong)s_context.UserESP % 16, Is.Zero);
        Assert.That(s_context.EFlags & 2, Is.EqualTo((nuint)2));
        Assert.That((ulong)s_context.CS, Is.Not.Zero);
        // XMM0 lies 160 bytes into the image (Intel SDM vol. 1, table 10-2).
        fixed (byte* image = s_extended.FloatingPoint)
        {
            Assert.That(*(double*)(image + 160), Is.EqualTo(1.5));
        }
    }

    [Test]
    public void What_the_handler_changes_in_the_context_is_what_resumes()
    {
        ulong[] before = new ulong[s_registers.Length];
        ulong[] after = Interrupt(13, before, out _, accumulator: 0xFEED);
        Assert.That(after[0], Is.EqualTo(0xFEED));
        Assert.That(after[1..], Is.All.Zero);

        after = Interrupt(13, before, out _, skipBytes: 16);
        Assert.That(after[^1], Is.EqualTo(Skipped), "the instruction pointer was moved over a jump");
    }

    [Test]
    public void The_page_fault_has_an_entry_of_its_own()
    {
        byte[] image = Nasm.AssembleFlat(PlugFlavour.Of(64).Emit("InterruptEntryPlugs.InterruptEntries"));
        string[] code = Disassembly.Of(image, 64).ToArray();
        Assert.That(code.Count(line => line == "mov rsi, cr2"), Is.EqualTo(1));
        int read = Array.IndexOf(code, "mov rsi, cr2");
        Assert.That(code[read + 1], Does.StartWith("call qword [rel "));
        Assert.That(code.Take(read).Last(line => line.StartsWith("fxsave64", StringComparison.Ordinal)), Is.EqualTo("fxsave64 [rsp + 0x40]"));
    }

    private ulong[] Interrupt(int vector, ulong[] before, out double[] xmm, ulong accumulator = 0, ulong skipBytes = 0)
    {
        s_context = default;
        s_changeAccumulatorTo = accumulator;
        s_skipBytes = skipBytes;
        HostCode code = s_vectorsWithErrorCode.Contains(vector) ? _withErrorCode : _withoutErrorCode;
        delegate* unmanaged<INTs.IRQContext*, void> dispatch = &Dispatch;
        byte* entries = ((delegate* unmanaged<void*, void*, byte*>)code.Start)(dispatch, null);
        ulong[] after = new ulong[before.Length];
        xmm = [1.5, -2.25];
        fixed (ulong* from = before, to = after)
        fixed (double* vectors = xmm)
        {
            byte* interrupted = code.Start + EntryStride;
            ((delegate* unmanaged<byte*, ulong*, ulong*, double*, void>)interrupted)(entries + vector * EntryStride, from, to, vectors);
        }

        return after;
    }

    /// <summary>A jump to the entries' method, then the code that is interrupted, <see cref="EntryStride"/> bytes from the start.</summary>
    private static string Source(bool hasErrorCode)
    {
        AssemblerInstance assembler = new(64);
        using (assembler.Enter())
        {
            XS.Jump("Entries");
            XS.LiteralCode("align 16");
            XS.Label("Interrupted");
            PushFrame(hasErrorCode);
            LoadRegisters();
            XS.Jump("EntryToTake", isIndirect: true);

            XS.LiteralCode("align 16");
            XS.Label(".resumed");
            XS.Jump(".store");
            XS.LiteralCode("align 16");
            XS.Set(R15, Skipped);
            XS.Label(".store");
            StoreRegisters();
            XS.Return();

            XS.LiteralCode("[section .data]");
            XS.Label("EntryToTake");
            XS.LiteralCode("dq 0");
            XS.Label("InterruptedStack");
            XS.LiteralCode("dq 0");
            XS.Label("Registers");
            XS.LiteralCode("times 15 dq 0");
            XS.LiteralCode("__SECT__");
        }

        PlugFlavour.Of(64).EmitInto(assembler, "InterruptEntryPlugs.InterruptEntries", "Entries");
        string source = assembler.ToSource();
        Assert.That(source, Does.Contain(PrivilegeTest));
        return source.Replace(PrivilegeTest, PrivilegeTest[..^1] + "0");
    }

    /// <summary>Arguments: the entry, the registers' values, where to store them, two numbers for SSE registers and back.</summary>
    private static void PushFrame(bool hasErrorCode)
    {
        foreach (Register64 register in s_callers)
        {
            XS.Push(register);
        }

        XS.Push(RDX);
        XS.Push(RCX);
        XS.Set("InterruptedStack", RSP, destinationIsIndirect: true);
        XS.Set("EntryToTake", RDI, destinationIsIndirect: true);
        XS.LiteralCode("movsd xmm0, [rcx]");
        XS.LiteralCode("movsd xmm15, [rcx + 8]");

        // As the processor does it: align, then SS, RSP, RFLAGS, CS, RIP and perhaps the error code.
        XS.And(RSP, 0xFFFF_FFFF_FFFF_FFF0);
        XS.Set(RAX, RSP);
        XS.Xor(ECX, ECX);
        XS.Set(CX, SS);
        XS.Push(RCX);
        XS.Push(RAX);
        XS.Pushfd();
        XS.Set(CX, CS);
        XS.Push(RCX);
        XS.Lea(RCX, ".resumed");
        XS.Push(RCX);
        if (hasErrorCode)
        {
            XS.Push(ErrorCode);
        }
    }

    private static void LoadRegisters()
    {
        for (int i = 0; i < s_registers.Length; i++)
        {
            if (s_registers[i] != RSI)
            {
                XS.Set(s_registers[i], RSI, sourceDisplacement: i * 8);
            }
        }

        XS.Set(RSI, RSI, sourceDisplacement: Array.IndexOf(s_registers, RSI) * 8);
    }

    private static void StoreRegisters()
    {
        for (int i = 0; i < s_registers.Length; i++)
        {
            XS.Set("Registers", s_registers[i], destinationDisplacement: i * 8);
        }

        XS.Set(RSP, "InterruptedStack", sourceIsIndirect: true);
        XS.Pop(RCX);
        XS.Pop(RDI);
        XS.LiteralCode("movsd [rcx], xmm0");
        XS.LiteralCode("movsd [rcx + 8], xmm15");
        XS.Lea(RSI, "Registers");
        XS.Set(ECX, (uint)s_registers.Length);
        XS.LiteralCode("rep movsq");
        foreach (Register64 register in s_callers.Reverse())
        {
            XS.Pop(register);
        }
    }

    [UnmanagedCallersOnly]
    private static void Dispatch(INTs.IRQContext* context)
    {
        s_context = *context;
        s_extended = *context->MMXContext;
        s_misalignment = ((ulong)context | (ulong)context->MMXContext) % 16;
        if (s_changeAccumulatorTo != 0)
        {
            context->EAX = (nuint)s_changeAccumulatorTo;
        }

        context->EIP += (nuint)s_skipBytes;
    }
}
