using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>Turns a processor exception in compiled code into a managed one.</summary>
/// <remarks>
/// The handler changes the interrupt's context so that returning from it enters RhpThrowHwEx as if the faulting instruction had
/// called it. A page fault is a null reference when its address lies in the first 64 KiB. Of these page 0 is never mapped, and
/// compiled code itself checks a reference through which it reaches further than half a page.
/// </remarks>
internal static unsafe class HardwareFaults
{
    private const uint NullReference = 0;
    private const uint NullReferenceInHelper = 0x42;
    private const uint DivideByZero = 0xC0000094;
    private const uint IntegerOverflow = 0xC0000095;
    private const ulong NullAreaBytes = 64 * 1024;

    private const uint DivideErrorVector = 0;
    private const uint PageFaultVector = 14;

    /// <summary>Installs itself as <see cref="INTs.ManagedFaultHook"/>.</summary>
    public static void Install()
    {
        INTs.ManagedFaultHook = &TryRaise;
    }

    private static bool TryRaise(ref INTs.IRQContext context)
    {
        CodeTargets* targets = CodeTargets.Get();
        byte* address = (byte*)context.EIP;
        uint code;
        switch ((uint)context.Interrupt)
        {
            case DivideErrorVector when targets->IsManaged(address):
                code = DivisorIsZero(address, ref context) ? DivideByZero : IntegerOverflow;
                break;
            case PageFaultVector when CPU.GetFaultAddress() < NullAreaBytes:
                if (targets->IsManaged(address))
                {
                    code = NullReference;
                    break;
                }

                if (!IsLeafHelper(targets, address))
                    return false;
                // The fault belongs to the helper's caller.
                code = NullReferenceInHelper;
                address = (byte*)*(nuint*)context.UserESP;
                context.UserESP += (nuint)sizeof(nuint);
                if (!targets->IsManaged(address))
                    return false;
                break;
            default:
                return false;
        }

        context.EDI = code;
        context.ESI = (nuint)address;
        context.EIP = (nuint)targets->ThrowHardware;
        return true;
    }

    private static bool IsLeafHelper(CodeTargets* targets, byte* address)
    {
        return (address >= targets->LeafStart && address < targets->LeafEnd) || address == targets->InterfaceDispatch;
    }

    // DIV and IDIV are F6 /6, /7 and F7 /6, /7 (SDM 2A). The processor raises the same vector for a zero divisor and for a
    // quotient that does not fit.
    private static bool DivisorIsZero(byte* code, ref INTs.IRQContext context)
    {
        int rex = 0;
        bool hasRex = false;
        int operandBytes = 4;
        while (*code is 0x66 or 0xF2 or 0xF3 or >= 0x40 and <= 0x4F)
        {
            if (*code == 0x66)
                operandBytes = 2;
            hasRex = *code is >= 0x40 and <= 0x4F;
            if (hasRex)
                rex = *code & 0xF;
            code++;
        }

        if ((rex & 8) != 0)
            operandBytes = 8;
        if (*code == 0xF6)
            operandBytes = 1;
        else if (*code != 0xF7)
            return true;
        byte modRm = code[1];
        ulong value;
        if (modRm >> 6 == 3)
        {
            int register = (modRm & 7) | ((rex & 1) << 3);
            value = operandBytes == 1 && !hasRex && register >= 4 // AH, CH, DH, BH
                ? Register(register - 4, ref context) >> 8
                : Register(register, ref context);
        }
        else
        {
            // The processor has just read so many bytes; there may be no memory behind them.
            byte* operand = (byte*)EffectiveAddress(code + 1, rex, ref context);
            value = 0;
            for (int i = 0; i < operandBytes; i++)
                value |= (ulong)operand[i] << (i * 8);
        }

        return operandBytes switch
        {
            1 => (byte)value == 0,
            2 => (ushort)value == 0,
            4 => (uint)value == 0,
            _ => value == 0,
        };
    }

    // ModRM and SIB (SDM 2A, section 2.1.5); the code follows the ModRM byte.
    private static ulong EffectiveAddress(byte* modRmAddress, int rex, ref INTs.IRQContext context)
    {
        int mod = *modRmAddress >> 6;
        int rm = *modRmAddress & 7;
        byte* cursor = modRmAddress + 1;
        ulong address;
        if (rm == 4)
        {
            int sib = *cursor++;
            int index = ((sib >> 3) & 7) | ((rex & 2) << 2);
            int baseRegister = (sib & 7) | ((rex & 1) << 3);
            address = index == 4 ? 0 : Register(index, ref context) << (sib >> 6);
            if ((sib & 7) == 5 && mod == 0)
            {
                address += (ulong)(long)*(int*)cursor;
                return address;
            }

            address += Register(baseRegister, ref context);
        }
        else if (mod == 0 && rm == 5)
        {
            return (ulong)(cursor + 4) + (ulong)(long)*(int*)cursor; // relative to the next instruction: no immediate follows
        }
        else
        {
            address = Register(rm | ((rex & 1) << 3), ref context);
        }

        if (mod == 1)
            address += (ulong)(long)*(sbyte*)cursor;
        else if (mod == 2)
            address += (ulong)(long)*(int*)cursor;
        return address;
    }

    private static ulong Register(int number, ref INTs.IRQContext context)
    {
        return number switch
        {
            0 => context.EAX,
            1 => context.ECX,
            2 => context.EDX,
            3 => context.EBX,
            4 => context.UserESP,
            5 => context.EBP,
            6 => context.ESI,
            7 => context.EDI,
            _ => (&context.MMXContext->R8)[number - 8],
        };
    }
}
