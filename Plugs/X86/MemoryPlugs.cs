using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>Fences and the string instructions.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class MemoryPlugs
{
    /// <summary>MFENCE.</summary>
    [PlugMethod(Assembler = typeof(MemoryFenceBody))]
    public static void MemoryFence() => throw new NotImplementedException();

    /// <summary>LFENCE.</summary>
    [PlugMethod(Assembler = typeof(LoadFenceBody))]
    public static void LoadFence() => throw new NotImplementedException();

    /// <summary>SFENCE.</summary>
    [PlugMethod(Assembler = typeof(StoreFenceBody))]
    public static void StoreFence() => throw new NotImplementedException();

    /// <summary>REP STOSB.</summary>
    [PlugMethod(Assembler = typeof(FillBytesBody))]
    public static void FillBytes(byte* destination, byte value, CosmosAddress byteCount) => throw new NotImplementedException();

    /// <summary>REP MOVSB.</summary>
    [PlugMethod(Assembler = typeof(CopyBytesBody))]
    public static void CopyBytes(byte* destination, byte* source, CosmosAddress byteCount) => throw new NotImplementedException();

    private sealed class MemoryFenceBody : X86Body
    {
        protected override void Emit()
        {
            XS.LiteralCode("mfence");
            Return();
        }
    }

    private sealed class LoadFenceBody : X86Body
    {
        protected override void Emit()
        {
            XS.LiteralCode("lfence");
            Return();
        }
    }

    private sealed class StoreFenceBody : X86Body
    {
        protected override void Emit()
        {
            XS.LiteralCode("sfence");
            Return();
        }
    }

    private sealed class FillBytesBody : X86Body
    {
        public FillBytesBody()
            : base(ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Count, 2);
            Load(EAX, 1);
            Load(Destination, 0);
            XS.LiteralCode("rep stosb");
            Return();
        }
    }

    private sealed class CopyBytesBody : X86Body
    {
        public CopyBytesBody()
            : base(ArgumentSize.Word, ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            Load(Count, 2);
            Load(Source, 1);
            Load(Destination, 0);
            XS.LiteralCode("rep movsb");
            Return();
        }
    }
}
