using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>CR0, CR2, CR3, CR4 and the invalidation of translations.</summary>
[Plug(Target = typeof(Cpu))]
public static class ControlRegisterPlugs
{
    /// <summary>Reads CR0.</summary>
    [PlugMethod(Assembler = typeof(ReadCr0Body))]
    public static CosmosAddress ReadCr0() => throw new NotImplementedException();

    /// <summary>Writes CR0.</summary>
    [PlugMethod(Assembler = typeof(WriteCr0Body))]
    public static void WriteCr0(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Reads CR2.</summary>
    [PlugMethod(Assembler = typeof(ReadCr2Body))]
    public static CosmosAddress ReadCr2() => throw new NotImplementedException();

    /// <summary>Writes CR2.</summary>
    [PlugMethod(Assembler = typeof(WriteCr2Body))]
    public static void WriteCr2(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Reads CR3.</summary>
    [PlugMethod(Assembler = typeof(ReadCr3Body))]
    public static CosmosAddress ReadCr3() => throw new NotImplementedException();

    /// <summary>Writes CR3.</summary>
    [PlugMethod(Assembler = typeof(WriteCr3Body))]
    public static void WriteCr3(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Reads CR4.</summary>
    [PlugMethod(Assembler = typeof(ReadCr4Body))]
    public static CosmosAddress ReadCr4() => throw new NotImplementedException();

    /// <summary>Writes CR4.</summary>
    [PlugMethod(Assembler = typeof(WriteCr4Body))]
    public static void WriteCr4(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>INVLPG.</summary>
    [PlugMethod(Assembler = typeof(InvlpgBody))]
    public static void Invlpg(CosmosAddress address) => throw new NotImplementedException();

    /// <summary>INVPCID.</summary>
    [PlugMethod(Assembler = typeof(InvpcidBody))]
    public static unsafe void Invpcid(CosmosAddress type, void* descriptor) => throw new NotImplementedException();

    private sealed class ReadCr0Body : X86Body
    {
        protected override void Emit()
        {
            XS.Set(Accumulator, CR0);
            ReturnWord();
        }
    }

    private sealed class WriteCr0Body : X86Body
    {
        public WriteCr0Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.Set(CR0, Accumulator);
            Return();
        }
    }

    private sealed class ReadCr2Body : X86Body
    {
        protected override void Emit()
        {
            XS.Set(Accumulator, CR2);
            ReturnWord();
        }
    }

    private sealed class WriteCr2Body : X86Body
    {
        public WriteCr2Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.Set(CR2, Accumulator);
            Return();
        }
    }

    private sealed class ReadCr3Body : X86Body
    {
        protected override void Emit()
        {
            XS.Set(Accumulator, CR3);
            ReturnWord();
        }
    }

    private sealed class WriteCr3Body : X86Body
    {
        public WriteCr3Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.Set(CR3, Accumulator);
            Return();
        }
    }

    private sealed class ReadCr4Body : X86Body
    {
        protected override void Emit()
        {
            XS.Set(Accumulator, CR4);
            ReturnWord();
        }
    }

    private sealed class WriteCr4Body : X86Body
    {
        public WriteCr4Body()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.Set(CR4, Accumulator);
            Return();
        }
    }

    private sealed class InvlpgBody : X86Body
    {
        public InvlpgBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.LiteralCode($"invlpg [{Accumulator.Name}]");
            Return();
        }
    }

    private sealed class InvpcidBody : X86Body
    {
        public InvpcidBody()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Data, 1);
            Load(Accumulator, 0);
            XS.LiteralCode($"invpcid {Accumulator.Name}, [{Data.Name}]");
            Return();
        }
    }
}
