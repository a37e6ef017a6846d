using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The ports.</summary>
[Plug(Target = typeof(Cpu))]
public static class PortPlugs
{
    /// <summary>IN, 8 bits.</summary>
    [PlugMethod(Assembler = typeof(In8Body))]
    public static byte In8(ushort port) => throw new NotImplementedException();

    /// <summary>OUT, 8 bits.</summary>
    [PlugMethod(Assembler = typeof(Out8Body))]
    public static void Out8(ushort port, byte value) => throw new NotImplementedException();

    /// <summary>IN, 16 bits.</summary>
    [PlugMethod(Assembler = typeof(In16Body))]
    public static ushort In16(ushort port) => throw new NotImplementedException();

    /// <summary>OUT, 16 bits.</summary>
    [PlugMethod(Assembler = typeof(Out16Body))]
    public static void Out16(ushort port, ushort value) => throw new NotImplementedException();

    /// <summary>IN, 32 bits.</summary>
    [PlugMethod(Assembler = typeof(In32Body))]
    public static uint In32(ushort port) => throw new NotImplementedException();

    /// <summary>OUT, 32 bits.</summary>
    [PlugMethod(Assembler = typeof(Out32Body))]
    public static void Out32(ushort port, uint value) => throw new NotImplementedException();

    private sealed class In8Body : X86Body
    {
        public In8Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EDX, 0);
            XS.ReadFromPortDX(AL);
            XS.MoveZeroExtend(EAX, AL);
            ReturnWord();
        }
    }

    private sealed class Out8Body : X86Body
    {
        public Out8Body()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EAX, 1);
            Load(EDX, 0);
            XS.WriteToPortDX(AL);
            Return();
        }
    }

    private sealed class In16Body : X86Body
    {
        public In16Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EDX, 0);
            XS.ReadFromPortDX(AX);
            XS.MoveZeroExtend(EAX, AX);
            ReturnWord();
        }
    }

    private sealed class Out16Body : X86Body
    {
        public Out16Body()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EAX, 1);
            Load(EDX, 0);
            XS.WriteToPortDX(AX);
            Return();
        }
    }

    private sealed class In32Body : X86Body
    {
        public In32Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EDX, 0);
            XS.ReadFromPortDX(EAX);
            ReturnWord();
        }
    }

    private sealed class Out32Body : X86Body
    {
        public Out32Body()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EAX, 1);
            Load(EDX, 0);
            XS.WriteToPortDX(EAX);
            Return();
        }
    }
}
