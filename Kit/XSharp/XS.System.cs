using System;
using static XSharp.XSRegisters;

namespace XSharp;

/// <content>What only a kernel uses: interrupts, ports, model-specific registers, descriptor tables.</content>
public static partial class XS
{
    /// <summary>Masks interrupts.</summary>
    public static void ClearInterruptFlag()
    {
        Emit("cli");
    }

    /// <summary>Masks interrupts.</summary>
    public static void DisableInterrupts()
    {
        Emit("cli");
    }

    /// <summary>Lets interrupts through, one instruction later.</summary>
    public static void EnableInterrupts()
    {
        Emit("sti");
    }

    /// <summary>Makes string instructions count upwards.</summary>
    public static void ClearDirectionFlag()
    {
        Emit("cld");
    }

    /// <summary>Stops until the next interrupt.</summary>
    public static void Halt()
    {
        Emit("hlt");
    }

    /// <summary>Does nothing.</summary>
    public static void Noop()
    {
        Emit("nop");
    }

    /// <summary>Tells the processor that this is a wait loop.</summary>
    public static void Pause()
    {
        Emit("pause");
    }

    /// <summary>Stops in Bochs, does nothing elsewhere.</summary>
    public static void DebugNoop()
    {
        Emit("xchg bx, bx");
    }

    /// <summary>Calls the debugger.</summary>
    public static void Int3()
    {
        Emit("int3");
    }

    /// <summary>Raises an interrupt.</summary>
    public static void Interrupt(byte vector)
    {
        Emit("int 0x" + vector.ToString("X2"));
    }

    /// <summary>Asks the processor for leaf EAX, subleaf ECX; the answer is in EAX, EBX, ECX, EDX.</summary>
    public static void Cpuid()
    {
        Emit("cpuid");
    }

    /// <summary>Reads the time-stamp counter into EDX:EAX.</summary>
    public static void Rdtsc()
    {
        Emit("rdtsc");
    }

    /// <summary>Reads model-specific register ECX into EDX:EAX.</summary>
    public static void Rdmsr()
    {
        Emit("rdmsr");
    }

    /// <summary>Writes EDX:EAX to model-specific register ECX.</summary>
    public static void Wrmsr()
    {
        Emit("wrmsr");
    }

    /// <summary>Later loads wait for earlier ones.</summary>
    public static void LoadFence()
    {
        Emit("lfence");
    }

    /// <summary>Later stores wait for earlier ones.</summary>
    public static void StoreFence()
    {
        Emit("sfence");
    }

    /// <summary>Later loads and stores wait for earlier ones.</summary>
    public static void MemoryFence()
    {
        Emit("mfence");
    }

    /// <summary>Reads port DX into AL, AX or EAX.</summary>
    public static void ReadFromPortDX(Register value)
    {
        Emit("in " + PortRegister("in", value) + ", dx");
    }

    /// <summary>Writes AL, AX or EAX to port DX.</summary>
    public static void WriteToPortDX(Register value)
    {
        Emit("out dx, " + PortRegister("out", value));
    }

    /// <summary>Loads the global descriptor table's register from the pseudo-descriptor that an operand points at.</summary>
    public static void LoadGdt(Operand descriptor, bool isIndirect = true, int? displacement = null)
    {
        TableRegister("lgdt", descriptor, isIndirect, displacement);
    }

    /// <summary>Loads the interrupt descriptor table's register from the pseudo-descriptor that an operand points at.</summary>
    public static void LoadIdt(Operand descriptor, bool isIndirect = true, int? displacement = null)
    {
        TableRegister("lidt", descriptor, isIndirect, displacement);
    }

    /// <summary>Stores the global descriptor table's register where an operand points.</summary>
    public static void StoreGdt(Operand descriptor, bool isIndirect = true, int? displacement = null)
    {
        TableRegister("sgdt", descriptor, isIndirect, displacement);
    }

    /// <summary>Stores the interrupt descriptor table's register where an operand points.</summary>
    public static void StoreIdt(Operand descriptor, bool isIndirect = true, int? displacement = null)
    {
        TableRegister("sidt", descriptor, isIndirect, displacement);
    }

    /// <summary>Loads the task register with a selector.</summary>
    public static void LoadTaskRegister(Register selector)
    {
        if (selector is not Register16)
        {
            throw new InvalidOperationException($"ltr: {selector} is not a register of 16 bits.");
        }

        Emit("ltr " + OperandText.Direct(Current, selector));
    }

    /// <summary>The instructions that save and move SSE state.</summary>
    public static class SSE
    {
        /// <summary>Saves x87, MMX and SSE state to the 512 bytes, 16-byte aligned, that an operand points at.</summary>
        public static void FXSave(Operand destination, bool isIndirect = true, int? displacement = null)
        {
            TableRegister(Current.Bits == 64 ? "fxsave64" : "fxsave", destination, isIndirect, displacement);
        }

        /// <summary>Restores what <see cref="FXSave"/> saved.</summary>
        public static void FXRestore(Operand source, bool isIndirect = true, int? displacement = null)
        {
            TableRegister(Current.Bits == 64 ? "fxrstor64" : "fxrstor", source, isIndirect, displacement);
        }

        /// <summary>Moves sixteen bytes of any alignment between an SSE register and memory, or between two registers.</summary>
        public static void MoveUPS(Operand destination, Operand source, bool destinationIsIndirect = false, int? destinationDisplacement = null, bool sourceIsIndirect = false, int? sourceDisplacement = null)
        {
            Packed("movups", destination, source, destinationIsIndirect, destinationDisplacement, sourceIsIndirect, sourceDisplacement);
        }

        /// <summary>Bitwise exclusive or of sixteen bytes; memory must be aligned to sixteen.</summary>
        public static void XorPS(Operand destination, Operand source, bool sourceIsIndirect = false, int? sourceDisplacement = null)
        {
            Packed("xorps", destination, source, false, null, sourceIsIndirect, sourceDisplacement);
        }

        private static void Packed(string mnemonic, Operand destination, Operand source, bool destinationIsIndirect, int? destinationDisplacement, bool sourceIsIndirect, int? sourceDisplacement)
        {
            Assembler.Assembler assembler = Current;
            bool toMemory = destinationIsIndirect || destinationDisplacement.HasValue;
            bool fromMemory = sourceIsIndirect || sourceDisplacement.HasValue;
            if (toMemory && fromMemory || !toMemory && destination.Register is not RegisterXMM || !fromMemory && source.Register is not RegisterXMM)
            {
                throw new InvalidOperationException($"{mnemonic}: no such instruction between {destination} and {source}.");
            }

            string left = toMemory ? OperandText.Memory(assembler, destination, destinationDisplacement ?? 0) : OperandText.Direct(assembler, destination.Register!);
            string right = fromMemory ? OperandText.Memory(assembler, source, sourceDisplacement ?? 0) : OperandText.Direct(assembler, source.Register!);
            Emit($"{mnemonic} {left}, {right}");
        }
    }

    private static string PortRegister(string mnemonic, Register value)
    {
        if (value != AL && value != AX && value != EAX)
        {
            throw new InvalidOperationException($"{mnemonic}: a port is read into and written from AL, AX or EAX, not {value}.");
        }

        return OperandText.Direct(Current, value);
    }

    private static void TableRegister(string mnemonic, Operand place, bool isIndirect, int? displacement)
    {
        if (!isIndirect && !displacement.HasValue)
        {
            throw new InvalidOperationException($"{mnemonic}: the operand is memory: say isIndirect.");
        }

        Emit($"{mnemonic} {OperandText.Memory(Current, place, displacement ?? 0)}");
    }
}
