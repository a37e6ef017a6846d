namespace XSharp;

/// <summary>The registers that X# names, and their sizes.</summary>
public static class XSRegisters
{
    /// <summary>The size of a register or a memory operand, in bits.</summary>
    public enum RegisterSize : byte
    {
        /// <summary>One byte.</summary>
        Byte8 = 8,

        /// <summary>Two bytes.</summary>
        Short16 = 16,

        /// <summary>Four bytes.</summary>
        Int32 = 32,

        /// <summary>Eight bytes.</summary>
        Long64 = 64,

        /// <summary>Sixteen bytes.</summary>
        XMM = 128,
    }

    /// <summary>A register of the processor.</summary>
    public abstract class Register
    {
        private protected Register(string name, byte number, RegisterSize size, bool requires64Bit)
        {
            Name = name;
            Number = number;
            Size = size;
            Requires64Bit = requires64Bit;
        }

        /// <summary>The name as written in X#.</summary>
        public string Name { get; }

        /// <summary>The register's number in the instruction.</summary>
        public byte Number { get; }

        /// <summary>The register's size; that of a control or debug register is the machine's width.</summary>
        public RegisterSize Size { get; }

        /// <summary>True for a register that 32-bit code cannot name.</summary>
        public bool Requires64Bit { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return Name;
        }
    }

    /// <summary>An 8-bit general register.</summary>
    public sealed class Register8 : Register
    {
        internal Register8(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Byte8, requires64Bit)
        {
        }
    }

    /// <summary>A 16-bit general register.</summary>
    public sealed class Register16 : Register
    {
        internal Register16(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Short16, requires64Bit)
        {
        }
    }

    /// <summary>A 32-bit general register.</summary>
    public sealed class Register32 : Register
    {
        internal Register32(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Int32, requires64Bit)
        {
        }
    }

    /// <summary>A 64-bit general register.</summary>
    public sealed class Register64 : Register
    {
        internal Register64(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Long64, requires64Bit)
        {
        }
    }

    /// <summary>A segment register.</summary>
    public sealed class RegisterSegment : Register
    {
        internal RegisterSegment(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Short16, requires64Bit)
        {
        }
    }

    /// <summary>An SSE register.</summary>
    public sealed class RegisterXMM : Register
    {
        internal RegisterXMM(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.XMM, requires64Bit)
        {
        }
    }

    /// <summary>A control register: as wide as the machine.</summary>
    public sealed class RegisterControl : Register
    {
        internal RegisterControl(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Int32, requires64Bit)
        {
        }
    }

    /// <summary>A debug register: as wide as the machine.</summary>
    public sealed class RegisterDebug : Register
    {
        internal RegisterDebug(string name, byte number, bool requires64Bit = false)
            : base(name, number, RegisterSize.Int32, requires64Bit)
        {
        }
    }

    // General registers, 8 bits.
    public static readonly Register8 AL = new(nameof(AL), 0);
    public static readonly Register8 CL = new(nameof(CL), 1);
    public static readonly Register8 DL = new(nameof(DL), 2);
    public static readonly Register8 BL = new(nameof(BL), 3);
    public static readonly Register8 AH = new(nameof(AH), 4);
    public static readonly Register8 CH = new(nameof(CH), 5);
    public static readonly Register8 DH = new(nameof(DH), 6);
    public static readonly Register8 BH = new(nameof(BH), 7);
    public static readonly Register8 SPL = new(nameof(SPL), 4, requires64Bit: true);
    public static readonly Register8 BPL = new(nameof(BPL), 5, requires64Bit: true);
    public static readonly Register8 SIL = new(nameof(SIL), 6, requires64Bit: true);
    public static readonly Register8 DIL = new(nameof(DIL), 7, requires64Bit: true);
    public static readonly Register8 R8B = new(nameof(R8B), 8, requires64Bit: true);
    public static readonly Register8 R9B = new(nameof(R9B), 9, requires64Bit: true);
    public static readonly Register8 R10B = new(nameof(R10B), 10, requires64Bit: true);
    public static readonly Register8 R11B = new(nameof(R11B), 11, requires64Bit: true);
    public static readonly Register8 R12B = new(nameof(R12B), 12, requires64Bit: true);
    public static readonly Register8 R13B = new(nameof(R13B), 13, requires64Bit: true);
    public static readonly Register8 R14B = new(nameof(R14B), 14, requires64Bit: true);
    public static readonly Register8 R15B = new(nameof(R15B), 15, requires64Bit: true);

    // General registers, 16 bits.
    public static readonly Register16 AX = new(nameof(AX), 0);
    public static readonly Register16 CX = new(nameof(CX), 1);
    public static readonly Register16 DX = new(nameof(DX), 2);
    public static readonly Register16 BX = new(nameof(BX), 3);
    public static readonly Register16 SP = new(nameof(SP), 4);
    public static readonly Register16 BP = new(nameof(BP), 5);
    public static readonly Register16 SI = new(nameof(SI), 6);
    public static readonly Register16 DI = new(nameof(DI), 7);
    public static readonly Register16 R8W = new(nameof(R8W), 8, requires64Bit: true);
    public static readonly Register16 R9W = new(nameof(R9W), 9, requires64Bit: true);
    public static readonly Register16 R10W = new(nameof(R10W), 10, requires64Bit: true);
    public static readonly Register16 R11W = new(nameof(R11W), 11, requires64Bit: true);
    public static readonly Register16 R12W = new(nameof(R12W), 12, requires64Bit: true);
    public static readonly Register16 R13W = new(nameof(R13W), 13, requires64Bit: true);
    public static readonly Register16 R14W = new(nameof(R14W), 14, requires64Bit: true);
    public static readonly Register16 R15W = new(nameof(R15W), 15, requires64Bit: true);

    // General registers, 32 bits.
    public static readonly Register32 EAX = new(nameof(EAX), 0);
    public static readonly Register32 ECX = new(nameof(ECX), 1);
    public static readonly Register32 EDX = new(nameof(EDX), 2);
    public static readonly Register32 EBX = new(nameof(EBX), 3);
    public static readonly Register32 ESP = new(nameof(ESP), 4);
    public static readonly Register32 EBP = new(nameof(EBP), 5);
    public static readonly Register32 ESI = new(nameof(ESI), 6);
    public static readonly Register32 EDI = new(nameof(EDI), 7);
    public static readonly Register32 R8D = new(nameof(R8D), 8, requires64Bit: true);
    public static readonly Register32 R9D = new(nameof(R9D), 9, requires64Bit: true);
    public static readonly Register32 R10D = new(nameof(R10D), 10, requires64Bit: true);
    public static readonly Register32 R11D = new(nameof(R11D), 11, requires64Bit: true);
    public static readonly Register32 R12D = new(nameof(R12D), 12, requires64Bit: true);
    public static readonly Register32 R13D = new(nameof(R13D), 13, requires64Bit: true);
    public static readonly Register32 R14D = new(nameof(R14D), 14, requires64Bit: true);
    public static readonly Register32 R15D = new(nameof(R15D), 15, requires64Bit: true);

    // General registers, 64 bits.
    public static readonly Register64 RAX = new(nameof(RAX), 0, requires64Bit: true);
    public static readonly Register64 RCX = new(nameof(RCX), 1, requires64Bit: true);
    public static readonly Register64 RDX = new(nameof(RDX), 2, requires64Bit: true);
    public static readonly Register64 RBX = new(nameof(RBX), 3, requires64Bit: true);
    public static readonly Register64 RSP = new(nameof(RSP), 4, requires64Bit: true);
    public static readonly Register64 RBP = new(nameof(RBP), 5, requires64Bit: true);
    public static readonly Register64 RSI = new(nameof(RSI), 6, requires64Bit: true);
    public static readonly Register64 RDI = new(nameof(RDI), 7, requires64Bit: true);
    public static readonly Register64 R8 = new(nameof(R8), 8, requires64Bit: true);
    public static readonly Register64 R9 = new(nameof(R9), 9, requires64Bit: true);
    public static readonly Register64 R10 = new(nameof(R10), 10, requires64Bit: true);
    public static readonly Register64 R11 = new(nameof(R11), 11, requires64Bit: true);
    public static readonly Register64 R12 = new(nameof(R12), 12, requires64Bit: true);
    public static readonly Register64 R13 = new(nameof(R13), 13, requires64Bit: true);
    public static readonly Register64 R14 = new(nameof(R14), 14, requires64Bit: true);
    public static readonly Register64 R15 = new(nameof(R15), 15, requires64Bit: true);

    // Segment registers.
    public static readonly RegisterSegment ES = new(nameof(ES), 0);
    public static readonly RegisterSegment CS = new(nameof(CS), 1);
    public static readonly RegisterSegment SS = new(nameof(SS), 2);
    public static readonly RegisterSegment DS = new(nameof(DS), 3);
    public static readonly RegisterSegment FS = new(nameof(FS), 4);
    public static readonly RegisterSegment GS = new(nameof(GS), 5);

    // Control registers.
    public static readonly RegisterControl CR0 = new(nameof(CR0), 0);
    public static readonly RegisterControl CR2 = new(nameof(CR2), 2);
    public static readonly RegisterControl CR3 = new(nameof(CR3), 3);
    public static readonly RegisterControl CR4 = new(nameof(CR4), 4);
    public static readonly RegisterControl CR8 = new(nameof(CR8), 8, requires64Bit: true);

    // Debug registers.
    public static readonly RegisterDebug DR0 = new(nameof(DR0), 0);
    public static readonly RegisterDebug DR1 = new(nameof(DR1), 1);
    public static readonly RegisterDebug DR2 = new(nameof(DR2), 2);
    public static readonly RegisterDebug DR3 = new(nameof(DR3), 3);
    public static readonly RegisterDebug DR6 = new(nameof(DR6), 6);
    public static readonly RegisterDebug DR7 = new(nameof(DR7), 7);

    // SSE registers.
    public static readonly RegisterXMM XMM0 = new(nameof(XMM0), 0);
    public static readonly RegisterXMM XMM1 = new(nameof(XMM1), 1);
    public static readonly RegisterXMM XMM2 = new(nameof(XMM2), 2);
    public static readonly RegisterXMM XMM3 = new(nameof(XMM3), 3);
    public static readonly RegisterXMM XMM4 = new(nameof(XMM4), 4);
    public static readonly RegisterXMM XMM5 = new(nameof(XMM5), 5);
    public static readonly RegisterXMM XMM6 = new(nameof(XMM6), 6);
    public static readonly RegisterXMM XMM7 = new(nameof(XMM7), 7);
    public static readonly RegisterXMM XMM8 = new(nameof(XMM8), 8, requires64Bit: true);
    public static readonly RegisterXMM XMM9 = new(nameof(XMM9), 9, requires64Bit: true);
    public static readonly RegisterXMM XMM10 = new(nameof(XMM10), 10, requires64Bit: true);
    public static readonly RegisterXMM XMM11 = new(nameof(XMM11), 11, requires64Bit: true);
    public static readonly RegisterXMM XMM12 = new(nameof(XMM12), 12, requires64Bit: true);
    public static readonly RegisterXMM XMM13 = new(nameof(XMM13), 13, requires64Bit: true);
    public static readonly RegisterXMM XMM14 = new(nameof(XMM14), 14, requires64Bit: true);
    public static readonly RegisterXMM XMM15 = new(nameof(XMM15), 15, requires64Bit: true);

    private static readonly Register32[] s_registers32 =
    {
        EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI, R8D, R9D, R10D, R11D, R12D, R13D, R14D, R15D,
    };

    /// <summary>The lower half of a 64-bit register.</summary>
    internal static Register32 LowerHalf(Register64 register)
    {
        return s_registers32[register.Number];
    }
}
