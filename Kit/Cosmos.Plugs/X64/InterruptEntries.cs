using Cosmos.Core;
using XSharp;
using XSharp.Assembler;
using static XSharp.XSRegisters;

namespace Cosmos.Plugs.X64;

/// <summary>The entries of the 256 vectors, and the way in and out that they share.</summary>
/// <remarks>
/// <code>
/// pushed by       at the higher address
/// processor       SS  RSP  RFLAGS  CS  RIP   [error code]
/// stub            [0 when there is none]  vector
/// common part     RAX RCX RDX RBX RSP RBP RSI RDI  address of the block below
///                 … up to 15 bytes that align it, then 576 bytes: R8–R15, FXSAVE image
/// </code>
/// From the vector on down this is INTs.IRQContext, in the order that its name has on 32 bits. Everything the compiler may use is saved, so a
/// handler may be any managed method; the upper halves of AVX registers are not, so the kernel is compiled without AVX.
/// The way out restores from the frame, whatever the handler made of it.
/// </remarks>
public sealed class InterruptEntries : AssemblerMethod
{
    private const int VectorCount = 256;
    private const int ExtendedRegisters = 8;
    private const int FloatingPointOffset = ExtendedRegisters * 8;
    private const int BlockBytes = FloatingPointOffset + 512;
    private const string Stubs = "cosmos_interrupt_stubs";
    private const string Common = "cosmos_interrupt_common";
    private const string Dispatch = "cosmos_interrupt_dispatch";

    private static readonly Register64[] s_extended = { R8, R9, R10, R11, R12, R13, R14, R15 };

    /// <summary>Stores the address that the entries call and returns that of the first of them.</summary>
    public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
    {
        XS.DataMemberBytes(Dispatch, new byte[8]);
        XS.Set(Dispatch, RDI, destinationIsIndirect: true);
        XS.Lea(RAX, Stubs, sourceIsIndirect: true);
        XS.Return();

        XS.LiteralCode($"align {DescriptorTables.StubStride}");
        XS.Label(Stubs);
        for (int vector = 0; vector < VectorCount; vector++)
            EmitStub(vector);
        EmitCommon();
    }

    private static void EmitStub(int vector)
    {
        XS.LiteralCode($"align {DescriptorTables.StubStride}");
        if (!HasErrorCode(vector))
            XS.Push(0);
        XS.Push((uint)vector);
        XS.Jump(Common);
    }

    private static void EmitCommon()
    {
        XS.Label(Common);
        XS.Push(RAX);
        XS.Push(RCX);
        XS.Push(RDX);
        XS.Push(RBX);
        XS.Push(RSP);
        XS.Push(RBP);
        XS.Push(RSI);
        XS.Push(RDI);
        XS.Set(RBP, RSP);
        XS.Sub(RSP, 8 + BlockBytes);
        XS.LiteralCode("and rsp, -16");
        XS.Set(RBP, RSP, destinationDisplacement: -8);
        for (int i = 0; i < ExtendedRegisters; i++)
            XS.Set(RSP, s_extended[i], destinationDisplacement: i * 8);
        XS.LiteralCode($"fxsave64 [rsp + {FloatingPointOffset}]");

        XS.ClearDirectionFlag();
        XS.Lea(RDI, RBP, sourceDisplacement: -8);
        XS.Call(Dispatch, isIndirect: true);

        XS.LiteralCode($"fxrstor64 [rsp + {FloatingPointOffset}]");
        for (int i = 0; i < ExtendedRegisters; i++)
            XS.Set(s_extended[i], RSP, sourceDisplacement: i * 8);
        XS.Set(RSP, RBP);
        XS.Pop(RDI);
        XS.Pop(RSI);
        XS.Pop(RBP);
        XS.Add(RSP, 8); // The stack pointer among them is the entry's own.
        XS.Pop(RBX);
        XS.Pop(RDX);
        XS.Pop(RCX);
        XS.Pop(RAX);
        XS.Add(RSP, 16); // The vector and the error code.
        XS.InterruptReturn();
    }

    /// <summary>Whether the processor itself pushes an error code (SDM volume 3, table 6-1; APM volume 2, 8.4).</summary>
    private static bool HasErrorCode(int vector) => vector is 8 or >= 10 and <= 14 or 17 or 21 or 29 or 30;
}
