using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;

namespace MemOS.Plugs.X86;

/// <summary>The processor's own random numbers.</summary>
[Plug(Target = typeof(Cpu))]
public static class RandomPlugs
{
    /// <summary>RDSEED.</summary>
    [PlugMethod(Assembler = typeof(ReadSeedBody))]
    public static ulong ReadSeed() => throw new NotImplementedException();

    /// <summary>RDRAND.</summary>
    [PlugMethod(Assembler = typeof(ReadRandomBody))]
    public static ulong ReadRandom() => throw new NotImplementedException();

    private sealed class ReadSeedBody : RandomBody
    {
        public ReadSeedBody()
            : base("rdseed eax")
        {
        }
    }

    private sealed class ReadRandomBody : RandomBody
    {
        public ReadRandomBody()
            : base("rdrand eax")
        {
        }
    }

    // The carry flag says whether there was a word; it becomes the upper half.
    private abstract class RandomBody : X86Body
    {
        private readonly string _instruction;

        protected RandomBody(string instruction) => _instruction = instruction;

        protected override void Emit()
        {
            XS.LiteralCode(_instruction);
            XS.LiteralCode("sbb edx, edx");
            ReturnLong();
        }
    }
}
