namespace MemOS.Hardware;

/// <summary>Bits of RFLAGS (Intel SDM vol. 1, 3.4.3) as programs have them.</summary>
public static class UserFlags
{
    /// <summary>Interrupts come through, and the bit that is always set.</summary>
    public const ulong Fixed = 1ul << 9 | 1ul << 1;

    /// <summary>Those that a program may choose: carry, parity, adjust, zero, sign, trap, direction, overflow, alignment check, identification.</summary>
    public const ulong Free = 1ul << 0 | 1ul << 2 | 1ul << 4 | 1ul << 6 | 1ul << 7 | 1ul << 8 | 1ul << 10 | 1ul << 11 | 1ul << 18 | 1ul << 21;

    /// <summary>What SYSCALL clears on the way in: everything but the bit that is always set.</summary>
    public const ulong ClearedByCall = 0x003F_7FD5;

    /// <summary>What a program's <paramref name="flags"/> become.</summary>
    public static ulong Sanitize(ulong flags) => (flags & Free) | Fixed;
}
