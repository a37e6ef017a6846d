using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The segment table, the interrupt table, the task register.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class DescriptorTablePlugs
{
    /// <summary>LGDT, then every segment register.</summary>
    [PlugMethod(Assembler = typeof(LoadGdtBody))]
    public static void LoadGdt(DescriptorTablePointer* table, ushort codeSelector, ushort dataSelector) => throw new NotImplementedException();

    /// <summary>SGDT.</summary>
    [PlugMethod(Assembler = typeof(StoreGdtBody))]
    public static void StoreGdt(DescriptorTablePointer* table) => throw new NotImplementedException();

    /// <summary>LIDT.</summary>
    [PlugMethod(Assembler = typeof(LoadIdtBody))]
    public static void LoadIdt(DescriptorTablePointer* table) => throw new NotImplementedException();

    /// <summary>SIDT.</summary>
    [PlugMethod(Assembler = typeof(StoreIdtBody))]
    public static void StoreIdt(DescriptorTablePointer* table) => throw new NotImplementedException();

    /// <summary>LTR.</summary>
    [PlugMethod(Assembler = typeof(LoadTaskRegisterBody))]
    public static void LoadTaskRegister(ushort selector) => throw new NotImplementedException();

    private sealed class LoadGdtBody : X86Body
    {
        public LoadGdtBody()
            : base(ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.LiteralCode($"lgdt [{Accumulator.Name}]");
            Load(EAX, 2);
            XS.Set(DS, AX);
            XS.Set(ES, AX);
            XS.Set(SS, AX);
            LoadThreadSegments();
            XS.Comment("only a far transfer loads the code segment");
            Load(EAX, 1);
            XS.MoveZeroExtend(EAX, AX);
            XS.Push(Accumulator);
            LoadAddress(Accumulator, ".reloaded");
            XS.Push(Accumulator);
            FarReturn();
            XS.Label(".reloaded");
            Return();
        }
    }

    private sealed class StoreGdtBody : X86Body
    {
        public StoreGdtBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.LiteralCode($"sgdt [{Accumulator.Name}]");
            Return();
        }
    }

    private sealed class LoadIdtBody : X86Body
    {
        public LoadIdtBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.LiteralCode($"lidt [{Accumulator.Name}]");
            Return();
        }
    }

    private sealed class StoreIdtBody : X86Body
    {
        public StoreIdtBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Accumulator, 0);
            XS.LiteralCode($"sidt [{Accumulator.Name}]");
            Return();
        }
    }

    private sealed class LoadTaskRegisterBody : X86Body
    {
        public LoadTaskRegisterBody()
            : base(ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(EAX, 0);
            XS.LiteralCode("ltr ax");
            Return();
        }
    }
}
