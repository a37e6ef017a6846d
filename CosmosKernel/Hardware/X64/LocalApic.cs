using System.Threading;

namespace MemOS.Hardware;

/// <summary>The interrupt controller that each processor has for itself, and by which processors interrupt each other (Intel SDM vol. 3A, chapter 11).</summary>
/// <remarks>
/// Its registers are reached as MSRs where the processor can (x2APIC), else at an address at which every processor finds its own. The boot
/// processor keeps letting the 8259 controllers' interrupts through, as the firmware left it. <see cref="Use"/> comes first; all else is about
/// the processor that runs it.
/// </remarks>
public static unsafe partial class LocalApic
{
    /// <summary>The lowest vector that processors send each other.</summary>
    public const byte FirstVector = 0xF0;

    /// <summary>Asks a processor to look at what it is to do for others.</summary>
    public const byte CallVector = FirstVector;

    /// <summary>A processor's own timer has come to the end of a tick.</summary>
    public const byte TimerVector = FirstVector + 1;

    /// <summary>The registers' bytes, at a multiple of as many.</summary>
    public const uint RegisterBytes = 4096;

    /// <summary>Where the registers are when the firmware says nothing else.</summary>
    public const ulong UsualAddress = 0xFEE0_0000;

    private const byte SpuriousVector = 0xFF;
    private const uint BaseRegister = 0x1B;
    private const ulong BaseEnable = 1 << 11;
    private const ulong BaseX2 = 1 << 10;
    private const uint FirstX2Register = 0x800;

    // By their numbers as MSRs; at an address they lie 16 bytes apart.
    private const uint Version = 0x03;
    private const uint EndOfInterruptRegister = 0x0B;
    private const uint Spurious = 0x0F;
    private const uint Command = 0x30;
    private const uint CommandHigh = 0x31;
    private const uint LocalLine0 = 0x35;
    private const uint LocalLine1 = 0x36;

    private const uint SoftwareEnable = 1 << 8;
    private const uint DeliverExternal = 7 << 8;
    private const uint DeliverNonMaskable = 4 << 8;
    private const uint DeliverInitialization = 5 << 8;
    private const uint DeliverStartup = 6 << 8;
    private const uint Masked = 1 << 16;
    private const uint LevelAssert = 1 << 14;
    private const uint IsPending = 1 << 12;
    private const int DestinationShift = 24;

    private static byte* s_registers;

    /// <summary>Whether there is one, and it can be used.</summary>
    public static bool IsInUse { get; private set; }

    /// <summary>Whether the registers are MSRs.</summary>
    public static bool IsX2 { get; private set; }

    /// <summary>The highest number of a processor that interrupts can be sent to.</summary>
    public static uint HighestId => IsX2 ? uint.MaxValue - 1 : byte.MaxValue - 1;

    /// <summary>Says how the registers are reached: at <paramref name="registers"/>, or, when that is null, as MSRs.</summary>
    public static void Use(byte* registers)
    {
        s_registers = registers;
        IsX2 = registers == null;
        IsInUse = true;
    }

    /// <summary>Switches this processor's on.</summary>
    /// <param name="isBoot">The boot processor gets the 8259 controllers' interrupts, and all of them their non-maskable ones.</param>
    public static void SwitchOn(bool isBoot)
    {
        // From disabled to x2 the way leads over the old mode (11.12.5).
        Cpu.WriteMsr(BaseRegister, Cpu.ReadMsr(BaseRegister) | BaseEnable);
        if (IsX2) Cpu.WriteMsr(BaseRegister, Cpu.ReadMsr(BaseRegister) | BaseX2);
        Write(LocalLine0, isBoot ? DeliverExternal : Masked);
        Write(LocalLine1, DeliverNonMaskable);
        Write(Spurious, SoftwareEnable | SpuriousVector);
    }

    /// <summary>Whether the registers answer.</summary>
    public static bool Answers => Read(Version) is not (0 or uint.MaxValue);

    /// <summary>The interrupt that is being served has been.</summary>
    public static void EndOfInterrupt() => Write(EndOfInterruptRegister, 0);

    /// <summary>Sends <paramref name="vector"/> to a processor.</summary>
    public static void Send(uint apicId, byte vector) => Send(apicId, LevelAssert | vector);

    /// <summary>Sends a processor the interrupt that it cannot mask.</summary>
    public static void SendNonMaskable(uint apicId) => Send(apicId, LevelAssert | DeliverNonMaskable);

    /// <summary>Resets a processor; it then waits for <see cref="SendStartup"/>.</summary>
    public static void SendInitialization(uint apicId) => Send(apicId, LevelAssert | DeliverInitialization);

    /// <summary>Makes a processor that was reset start, in 16-bit mode, at the beginning of page <paramref name="page"/>.</summary>
    public static void SendStartup(uint apicId, byte page) => Send(apicId, LevelAssert | DeliverStartup | page);

    private static void Send(uint apicId, uint command)
    {
        if (IsX2)
        {
            // Unlike a write to memory, one to an MSR does not wait for stores before it (11.12.3).
            Cpu.MemoryFence();
            Cpu.WriteMsr(FirstX2Register + Command, (ulong)apicId << 32 | command);
            return;
        }

        bool wereOn = Cpu.DisableInterrupts(); // A handler that sends would come between the two halves.
        Write(CommandHigh, apicId << DestinationShift);
        Write(Command, command);
        while ((Read(Command) & IsPending) != 0) Cpu.Pause();
        Cpu.RestoreInterrupts(wereOn);
    }

    // SAFETY: the page of registers that Use was given.
    private static uint Read(uint register) =>
        IsX2 ? (uint)Cpu.ReadMsr(FirstX2Register + register) : Volatile.Read(ref *(uint*)(s_registers + (register << 4)));

    private static void Write(uint register, uint value)
    {
        if (IsX2) Cpu.WriteMsr(FirstX2Register + register, value);
        else Volatile.Write(ref *(uint*)(s_registers + (register << 4)), value);
    }
}
