using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>Memory in pieces of 64 bits, x86-32.</summary>
[Plug(Target = typeof(Cpu))]
public static unsafe class LongPlugs
{
    /// <summary>CMPXCHG8B, until nobody wrote in between.</summary>
    [PlugMethod(Assembler = typeof(StoreLongBody))]
    public static void StoreLong(ulong* address, ulong value) => throw new NotImplementedException();

    private sealed class StoreLongBody : X86Body
    {
        public StoreLongBody()
            : base(ArgumentSize.Word, ArgumentSize.Long)
        {
        }

        protected override void Emit()
        {
            LoadLong(1);
            XS.Set(EBX, EAX);
            XS.Set(ECX, EDX);
            Load(EDI, 0);
            XS.Set(EAX, EDI, sourceIsIndirect: true);
            XS.Set(EDX, EDI, sourceDisplacement: 4);
            XS.Label(".retry");
            XS.LiteralCode("lock cmpxchg8b [edi]");
            XS.LiteralCode("jne .retry"); // EDX:EAX is what was found.
            Return();
        }
    }
}
