using System;
using System.Collections.Generic;
using NUnit.Framework;
using XSharp;
using XSharp.Assembler.x86;
using static XSharp.XSRegisters;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Kit.Tests.XSharp;

/// <summary>What no processor of the width can do is refused when the body is emitted, with the operand named.</summary>
[TestFixture]
public sealed class RefusalTests
{
    private static IEnumerable<TestCaseData> Refused()
    {
        return new[]
        {
            Case(32, () => XS.Set(RAX, RBX), "RAX exists in 64-bit code only"),
            Case(32, () => XS.Set(R8D, EBX), "R8D exists in 64-bit code only"),
            Case(32, () => XS.Set(SIL, BL), "SIL exists in 64-bit code only"),
            Case(32, () => XS.Push(RAX), "RAX exists in 64-bit code only"),
            Case(32, () => XS.Set(EAX, RBX, sourceIsIndirect: true), "RBX cannot hold an address in 32-bit code"),
            Case(32, () => XS.Set(EAX, CR8), "CR8 exists in 64-bit code only"),
            Case(32, () => XS.Increment(EAX, isIndirect: true, size: RegisterSize.Long64), "64-bit code only"),
            Case(32, () => XS.SSE.MoveUPS(XMM8, XMM0), "XMM8 exists in 64-bit code only"),
            Case(32, () => XS.MoveZeroExtend(RAX, AL), "RAX exists in 64-bit code only"),
            Case(32, () => XS.SignExtendAX(RegisterSize.Long64), "64 bits"),
            Case(64, () => XS.Push(EAX), "32 bits cannot be moved to or from the stack"),
            Case(64, () => XS.Pop(EAX), "32 bits cannot be moved to or from the stack"),
            Case(64, () => XS.Push(DS), "DS cannot be moved to or from the stack"),
            Case(64, () => XS.Set(EAX, EBP, sourceDisplacement: 8), "EBP cannot hold an address in 64-bit code"),
            Case(64, () => XS.Set(EAX, CR0), "the sizes must match"),
            Case(64, () => XS.Call(EAX), "EAX is neither a label nor a register that holds an address"),
            Case(64, () => XS.JumpToSegment(8, "target"), "32-bit code only"),
            Case(64, () => XS.Add(RAX, 0x80000000u), "does not fit"),
            Case(64, () => XS.Set(RAX, 0x80000000u, destinationIsIndirect: true, size: RegisterSize.Long64), "does not fit"),
            Case(64, () => XS.Set(EAX, 0x80000000u, sourceIsIndirect: true), "does not fit"),
            Case(32, () => XS.Set(AL, 0x100u), "0x100 does not fit an operation of 8 bits"),
            Case(32, () => XS.Set(AX, 0x10000u), "does not fit an operation of 16 bits"),
            Case(32, () => XS.Set(EAX, 0x1_0000_0000ul), "does not fit an operation of 32 bits"),
            Case(32, () => XS.Set(EAX, BX), "the sizes must match"),
            Case(32, () => XS.Set(EAX, EBX, true, null, true), "cannot both be memory"),
            Case(32, () => XS.Set("target", EAX), "not a register"),
            Case(32, () => XS.Set(EAX, EBX, destinationIsIndirect: true, size: RegisterSize.Byte8), "contradicts"),
            Case(32, () => XS.Set(AX, BX, sourceIsIndirect: true), "BX cannot hold an address"),
            Case(32, () => XS.Add(EAX, CR0), "no such instruction"),
            Case(32, () => XS.Set(CR0, 1), "no such instruction"),
            Case(32, () => XS.Set(CS, AX), "no such instruction"),
            Case(32, () => XS.Set(XMM0, XMM1), "no such instruction"),
            Case(32, () => XS.Set(CR0, EAX, sourceIsIndirect: true), "no such instruction"),
            Case(32, () => XS.Set(EDI, CR3, destinationIsIndirect: true), "no such instruction"),
            Case(32, () => XS.Lea("target", EAX), "not a register"),
            Case(32, () => XS.Exchange(EAX, 5), "not a register"),
            Case(32, () => XS.Increment(5), "neither a general register nor memory"),
            Case(32, () => XS.Increment(DS), "neither a general register nor memory"),
            Case(32, () => XS.ShiftLeft(EAX, 64), "neither CL nor a number below 64"),
            Case(32, () => XS.ShiftLeft(EAX, DL), "neither CL nor a number below 64"),
            Case(32, () => XS.ShiftLeft("target", 1), "neither a general register nor memory"),
            Case(32, () => XS.ShiftLeftDouble(AL, BL, 1), "16 bits or more"),
            Case(32, () => XS.MoveZeroExtend(AX, BX), "not smaller"),
            Case(32, () => XS.MoveZeroExtend(EAX, EBX, sourceIsIndirect: true), "size of the source"),
            Case(32, () => XS.MoveSignExtend(EAX, 5), "neither a general register nor memory"),
            Case(32, () => XS.Pop(CS), "CS"),
            Case(32, () => XS.Push(AL), "AL cannot be moved"),
            Case(32, () => XS.Push(CR0), "CR0"),
            Case(32, () => XS.ReadFromPortDX(ECX), "AL, AX or EAX"),
            Case(32, () => XS.LoadGdt(EAX, isIndirect: false), "isIndirect"),
            Case(32, () => XS.LoadTaskRegister(EAX), "16 bits"),
            Case(32, () => XS.SetByteOnCondition(ConditionalTestEnum.Zero, EAX), "8 bits"),
            Case(32, () => XS.SSE.MoveUPS(EAX, XMM0), "no such instruction"),
        };
    }

    [TestCaseSource(nameof(Refused))]
    public void Refuses(int bits, Action emit, string reason)
    {
        AssemblerInstance assembler = new(bits);
        string before = assembler.ToSource();
        using (assembler.Enter())
        {
            Assert.That(() => emit(), Throws.InvalidOperationException.With.Message.Contains(reason));
        }

        Assert.That(assembler.ToSource(), Is.EqualTo(before));
    }

    private static int s_number;

    private static TestCaseData Case(int bits, Action emit, string reason)
    {
        return new TestCaseData(bits, emit, reason).SetName($"Refuses({s_number++}, {bits} bits: {reason})");
    }
}
