using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MemOS.Kit.Tests.XSharp;
using NUnit.Framework;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Plugs;

/// <summary>Every X# body is taken by NASM for its machine, and the bodies of both say the same.</summary>
[TestFixture]
public sealed class PlugBodyTests
{
    private static readonly string[] s_onlyWide = { "ImagePlugs.Table", "InterruptEntryPlugs.InterruptEntries", "PlugListPlugs.End", "PlugListPlugs.Start", "StackPlugs.SwitchContext", "StartCodePlugs.StartCodeBegin", "StartCodePlugs.StartCodeEnd", "UserModePlugs.CurrentArea", "UserModePlugs.CurrentLocals", "UserModePlugs.RunUser", "UserModePlugs.SystemCallEntry", "UserModePlugs.WriteXcr" };
    private static readonly string[] s_onlyNarrow = { "LongPlugs.StoreLong" };

    [Test]
    public void All_bodies_assemble_into_one_object([Values(32, 64)] int bits)
    {
        PlugFlavour flavour = PlugFlavour.Of(bits);
        AssemblerInstance assembler = new(bits);
        int number = 0;
        foreach (string name in flavour.Names)
        {
            flavour.EmitInto(assembler, name, $"Body{number++}");
        }

        Assert.That(Nasm.Assemble(assembler.ToSource(), bits)[".text"], Is.Not.Empty);
    }

    [Test]
    public void Both_machines_have_the_same_bodies()
    {
        Assert.That(PlugFlavour.Of(64).Names.Except(s_onlyWide), Is.EqualTo(PlugFlavour.Of(32).Names.Except(s_onlyNarrow)));
    }

    [TestCase("ControlRegisterPlugs.ReadCr3", new[] { "mov eax, cr3", "push eax", "xor ecx, ecx", "ret" })]
    [TestCase("ControlRegisterPlugs.WriteCr3", new[] { "mov eax, dword [ebp + 8]", "mov cr3, eax", "xor ecx, ecx", "ret" })]
    [TestCase("ControlRegisterPlugs.Invlpg", new[] { "mov eax, dword [ebp + 8]", "invlpg [eax]", "xor ecx, ecx", "ret" })]
    [TestCase(
        "ControlRegisterPlugs.Invpcid",
        new[] { "mov edx, dword [ebp + 8]", "mov eax, dword [ebp + 0xc]", "invpcid eax, oword [edx]", "xor ecx, ecx", "ret" })]
    [TestCase("PortPlugs.Out8", new[] { "mov eax, dword [ebp + 8]", "mov edx, dword [ebp + 0xc]", "out dx, al", "xor ecx, ecx", "ret" })]
    [TestCase("PortPlugs.In8", new[] { "mov edx, dword [ebp + 8]", "in al, dx", "movzx eax, al", "push eax", "xor ecx, ecx", "ret" })]
    [TestCase(
        "IdentificationPlugs.WriteMsr",
        new[] { "mov eax, dword [ebp + 8]", "mov edx, dword [ebp + 0xc]", "mov ecx, dword [ebp + 0x10]", "wrmsr", "xor ecx, ecx", "ret" })]
    [TestCase("IdentificationPlugs.ReadMsr", new[] { "mov ecx, dword [ebp + 0xc]", "rdmsr", "push edx", "push eax", "xor ecx, ecx", "ret" })]
    [TestCase("IdentificationPlugs.ReadTimestamp", new[] { "rdtsc", "push edx", "push eax", "xor ecx, ecx", "ret" })]
    [TestCase("RandomPlugs.ReadSeed", new[] { "rdseed eax", "sbb edx, edx", "push edx", "push eax", "xor ecx, ecx", "ret" })]
    public void Takes_arguments_and_returns_as_the_32_bit_compiler_does(string name, string[] expected)
    {
        Assert.That(Code(32, name), Is.EqualTo(expected));
    }

    [TestCase("ControlRegisterPlugs.ReadCr3", new[] { "mov rax, cr3", "ret" })]
    [TestCase("ControlRegisterPlugs.WriteCr3", new[] { "mov rax, rdi", "mov cr3, rax", "ret" })]
    [TestCase("ControlRegisterPlugs.Invlpg", new[] { "mov rax, rdi", "invlpg [rax]", "ret" })]
    [TestCase("ControlRegisterPlugs.Invpcid", new[] { "mov rdx, rsi", "mov rax, rdi", "invpcid rax, oword [rdx]", "ret" })]
    [TestCase("PortPlugs.Out8", new[] { "mov eax, esi", "mov edx, edi", "out dx, al", "ret" })]
    [TestCase("IdentificationPlugs.ReadMsr", new[] { "mov ecx, edi", "rdmsr", "shl rdx, 0x20", "or rax, rdx", "ret" })]
    [TestCase("IdentificationPlugs.WriteMsr", new[] { "mov rax, rsi", "mov rdx, rsi", "shr rdx, 0x20", "mov ecx, edi", "wrmsr", "ret" })]
    [TestCase("InterruptPlugs.DisableInterrupts", new[] { "pushf", "pop rax", "cli", "shr eax, 9", "and eax, 1", "ret" })]
    [TestCase("InterruptPlugs.WaitForInterrupt", new[] { "sti", "hlt", "ret" })]
    public void Takes_arguments_and_returns_as_System_V_does(string name, string[] expected)
    {
        Assert.That(Code(64, name), Is.EqualTo(expected));
    }

    [TestCase("ProbeLoad8", "mov cl, byte [rdi]", "ret")]
    [TestCase("ProbeStore8", "mov byte [rdi], cl", "ret")]
    [TestCase("ProbeRdmsr", "rdmsr", "ret")]
    [TestCase("ProbeWrmsr", "wrmsr", "ret")]
    [TestCase("ProbeMove", "rep movsb", "pop rdx")]
    [TestCase("ProbeCall", "call rax", "pop rcx", "xor eax, eax", "add rsp, 8")]
    public void The_fixup_table_names_what_may_fault_and_where_it_goes_on(string name, params string[] placesAndRecoveries)
    {
        string source = PlugFlavour.Of(64).Emit("ProbePlugs." + name);
        byte[] image = Nasm.AssembleFlat(source);
        int tableBytes = Nasm.Assemble(source, 64)[".fixups"].Length;
        ReadOnlySpan<ulong> table = MemoryMarshal.Cast<byte, ulong>(image.AsSpan(image.Length - tableBytes));

        string[] instructions = table.ToArray().Select(place => Disassembly.Of(image.AsSpan((int)place), 64)[0]).ToArray();
        Assert.That(instructions, Is.EqualTo(placesAndRecoveries));
    }

    [Test]
    public void A_32_bit_probe_has_32_bit_pairs()
    {
        Assert.That(Nasm.Assemble(PlugFlavour.Of(32).Emit("ProbePlugs.ProbeCall"), 32)["memos_fixups"], Has.Length.EqualTo(2 * 8));
    }

    private static IReadOnlyList<string> Code(int bits, string name)
    {
        return Disassembly.Of(Nasm.Assemble(PlugFlavour.Of(bits).Emit(name), bits)[".text"], bits);
    }
}
