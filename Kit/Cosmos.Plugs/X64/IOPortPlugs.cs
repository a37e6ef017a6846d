using System;
using Cosmos.Core;
using IL2CPU.API.Attribs;
using XSharp;
using XSharp.Assembler;
using static XSharp.XSRegisters;

namespace Cosmos.Plugs.X64;

/// <summary>The six port instructions.</summary>
[Plug(typeof(IOPort))]
public static class IOPortPlugs
{
    [PlugMethod(Assembler = typeof(WritePort8))]
    public static void Write8(int aPort, byte aData) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(WritePort16))]
    public static void Write16(int aPort, ushort aData) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(WritePort32))]
    public static void Write32(int aPort, uint aData) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadPort8))]
    public static byte Read8(int aPort) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadPort16))]
    public static ushort Read16(int aPort) => throw new NotImplementedException();

    [PlugMethod(Assembler = typeof(ReadPort32))]
    public static uint Read32(int aPort) => throw new NotImplementedException();

    private static void EmitWrite(XSRegisters.Register accumulator)
    {
        XS.Set(EDX, EDI);
        XS.Set(EAX, ESI);
        XS.WriteToPortDX(accumulator);
    }

    private static void EmitRead(XSRegisters.Register accumulator)
    {
        XS.Set(EDX, EDI);
        // What is narrower than the result leaves the rest of it as it was.
        XS.Xor(EAX, EAX);
        XS.ReadFromPortDX(accumulator);
    }

    private sealed class WritePort8 : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => EmitWrite(AL);
    }

    private sealed class WritePort16 : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => EmitWrite(AX);
    }

    private sealed class WritePort32 : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => EmitWrite(EAX);
    }

    private sealed class ReadPort8 : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => EmitRead(AL);
    }

    private sealed class ReadPort16 : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => EmitRead(AX);
    }

    private sealed class ReadPort32 : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo) => EmitRead(EAX);
    }
}
