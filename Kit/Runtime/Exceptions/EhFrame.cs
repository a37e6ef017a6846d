
namespace Kit.Runtime;

/// <summary>A function's unwind description: where it starts, and where its entry in <c>.eh_frame</c> lies.</summary>
internal unsafe struct FunctionEntry
{
    public byte* Start;
    public byte* Length;
    public byte* Fde;
    public byte* Lsda;
}

/// <summary>Saved registers of a frame: addresses of their values; the order is known to Native/exceptions.asm.</summary>
internal unsafe struct FrameRegisters
{
    public nuint* Rbx;
    public nuint* Rbp;
    public nuint* R12;
    public nuint* R13;
    public nuint* R14;
    public nuint* R15;
    public nuint StackPointer;
    public byte* InstructionPointer;
}

/// <summary>
/// The DWARF call-frame information of the image: finds a function by address and unwinds one frame.
/// </summary>
/// <remarks>
/// Sources: Linux Standard Base core 5.0, chapter 10.6 (.eh_frame and .eh_frame_hdr); DWARF 4, section 6.4.
/// The linker sorts the header's table by address, so a look-up is a binary search. The rows that the compiler writes use
/// few operations; an unknown one stops the walk rather than guess.
/// </remarks>
internal static unsafe class EhFrame
{
    private const int RegisterCount = 17;
    private const int Rbx = 3;
    private const int Rbp = 6;
    private const int Rsp = 7;
    private const int R12 = 12;
    private const int ReturnAddress = 16;
    private const int NotSaved = int.MinValue;

    /// <summary>The function that holds <paramref name="address"/>; false when none does.</summary>
    public static bool TryFind(byte* address, out FunctionEntry function)
    {
        function = default;
        byte* header = CodeTargets.Get()->EhFrameHeader;

        // version, encodings of: frame pointer (any 4-byte form), count (udata4), table (datarel sdata4)
        if (header[0] != 1 || header[2] != 0x03 || header[3] != 0x3B)
            return false;
        int count = *(int*)(header + 8);
        int* table = (int*)(header + 12);
        int low = 0;
        int high = count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (header + table[middle * 2] <= address)
                low = middle;
            else
                high = middle - 1;
        }

        if (count == 0 || header + table[low * 2] > address)
            return false;
        function.Fde = header + table[(low * 2) + 1];
        ReadEntry(ref function);
        return address < function.Start + (nuint)function.Length;
    }

    /// <summary>Moves <paramref name="registers"/> from the frame at <paramref name="address"/> to its caller's.</summary>
    /// <returns>False when the description has something this reader does not know.</returns>
    public static bool TryUnwind(in FunctionEntry function, byte* address, ref FrameRegisters registers)
    {
        Rules rules = default;
        rules.Clear();
        byte* cie = Cie(function.Fde);
        if (!rules.Run(CieInstructions(cie, out int codeAlign, out int dataAlign), EntryEnd(cie), function.Start, address, codeAlign, dataAlign))
            return false;
        if (!rules.Run(FdeInstructions(function.Fde), EntryEnd(function.Fde), function.Start, address, codeAlign, dataAlign))
            return false;

        nuint cfa = rules.CfaRegister == Rbp ? *registers.Rbp : registers.StackPointer;
        cfa += (nuint)rules.CfaOffset;
        if (rules.Saved[Rbx] != NotSaved)
            registers.Rbx = At(cfa, rules.Saved[Rbx]);
        if (rules.Saved[Rbp] != NotSaved)
            registers.Rbp = At(cfa, rules.Saved[Rbp]);
        if (rules.Saved[R12] != NotSaved)
            registers.R12 = At(cfa, rules.Saved[R12]);
        if (rules.Saved[R12 + 1] != NotSaved)
            registers.R13 = At(cfa, rules.Saved[R12 + 1]);
        if (rules.Saved[R12 + 2] != NotSaved)
            registers.R14 = At(cfa, rules.Saved[R12 + 2]);
        if (rules.Saved[R12 + 3] != NotSaved)
            registers.R15 = At(cfa, rules.Saved[R12 + 3]);
        int returnOffset = rules.Saved[ReturnAddress] != NotSaved ? rules.Saved[ReturnAddress] : -8;
        registers.InstructionPointer = (byte*)*At(cfa, returnOffset);
        registers.StackPointer = cfa;
        return true;
    }

    private static nuint* At(nuint cfa, int offset)
    {
        return (nuint*)(cfa + (nuint)offset);
    }

    private static byte* Cie(byte* fde)
    {
        byte* pointer = fde + 4;
        return pointer - *(int*)pointer;
    }

    private static byte* EntryEnd(byte* entry)
    {
        return entry + 4 + *(uint*)entry;
    }

    // Start and length are pc-relative sdata4 ("zR" 0x1B, what the compiler writes); the LSDA pointer likewise.
    private static void ReadEntry(ref FunctionEntry function)
    {
        byte* field = function.Fde + 8;
        function.Start = field + *(int*)field;
        function.Length = (byte*)(nuint)(*(uint*)(field + 4));
        byte* augmentation = field + 8;
        ulong length = ReadUnsigned(ref augmentation);
        if (length >= 4 && HasLsda(Cie(function.Fde)))
        {
            int offset = *(int*)augmentation;
            function.Lsda = offset == 0 ? null : augmentation + offset;
        }
    }

    private static bool HasLsda(byte* cie)
    {
        for (byte* text = cie + 9; *text != 0; text++)
        {
            if (*text == (byte)'L')
                return true;
        }

        return false;
    }

    private static byte* FdeInstructions(byte* fde)
    {
        byte* cursor = fde + 16;
        ulong length = ReadUnsigned(ref cursor);
        return cursor + length;
    }

    private static byte* CieInstructions(byte* cie, out int codeAlign, out int dataAlign)
    {
        byte* cursor = cie + 9;
        bool augmented = *cursor == (byte)'z';
        while (*cursor++ != 0)
        {
        }

        codeAlign = (int)ReadUnsigned(ref cursor);
        dataAlign = (int)ReadSigned(ref cursor);
        ReadUnsigned(ref cursor); // return address register
        if (augmented)
        {
            ulong length = ReadUnsigned(ref cursor);
            cursor += length;
        }

        return cursor;
    }

    private static ulong ReadUnsigned(ref byte* cursor)
    {
        ulong value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = *cursor++;
            value |= (ulong)(part & 0x7F) << shift;
            shift += 7;
        }
        while ((part & 0x80) != 0);
        return value;
    }

    private static long ReadSigned(ref byte* cursor)
    {
        long value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = *cursor++;
            value |= (long)(part & 0x7F) << shift;
            shift += 7;
        }
        while ((part & 0x80) != 0);
        if (shift < 64 && (part & 0x40) != 0)
            value |= -1L << shift;
        return value;
    }

    /// <summary>The row of the table that holds for one address.</summary>
    private struct Rules
    {
        public fixed int Saved[RegisterCount];
        public int CfaRegister;
        public int CfaOffset;

        public void Clear()
        {
            for (int i = 0; i < RegisterCount; i++)
                Saved[i] = NotSaved;
            CfaRegister = Rsp;
            CfaOffset = 8;
        }

        public bool Run(byte* cursor, byte* end, byte* location, byte* target, int codeAlign, int dataAlign)
        {
            while (cursor < end)
            {
                byte operation = *cursor++;
                int low = operation & 0x3F;
                switch (operation >> 6)
                {
                    case 1: // advance_loc
                        location += low * codeAlign;
                        break;
                    case 2: // offset
                        if (!Save(low, (int)ReadUnsigned(ref cursor) * dataAlign))
                            return false;
                        continue;
                    case 3: // restore
                        if (!Save(low, NotSaved))
                            return false;
                        continue;
                    default:
                        if (!RunExtended(operation, ref cursor, ref location, codeAlign))
                            return false;
                        break;
                }

                if (location > target)
                    return true;
            }

            return true;
        }

        private bool RunExtended(byte operation, ref byte* cursor, ref byte* location, int codeAlign)
        {
            switch (operation)
            {
                case 0x00: // nop
                    return true;
                case 0x02: // advance_loc1
                    location += *cursor * codeAlign;
                    cursor += 1;
                    return true;
                case 0x03: // advance_loc2
                    location += *(ushort*)cursor * codeAlign;
                    cursor += 2;
                    return true;
                case 0x04: // advance_loc4
                    location += *(uint*)cursor * codeAlign;
                    cursor += 4;
                    return true;
                case 0x0C: // def_cfa
                    CfaRegister = (int)ReadUnsigned(ref cursor);
                    CfaOffset = (int)ReadUnsigned(ref cursor);
                    return true;
                case 0x0D: // def_cfa_register
                    CfaRegister = (int)ReadUnsigned(ref cursor);
                    return true;
                case 0x0E: // def_cfa_offset
                    CfaOffset = (int)ReadUnsigned(ref cursor);
                    return true;
                default:
                    return false;
            }
        }

        private bool Save(int register, int offset)
        {
            if (register >= RegisterCount)
                return true; // vector registers: callers keep their own
            Saved[register] = offset;
            return true;
        }
    }
}
