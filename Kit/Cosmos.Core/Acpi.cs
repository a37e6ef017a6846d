using Cosmos.Core.Multiboot;

namespace Cosmos.Core;

/// <summary>Switches the machine off and restarts it by ACPI.</summary>
/// <remarks>The tables are read once at the start, while physical memory is mapped where it is; later only ports are touched.</remarks>
public static unsafe class Acpi
{
    private const ulong MappedAtStart = 0x1_0000_0000;
    private const int ModePolls = 0x10000;
    private const ushort SystemControlEnabled = 1;
    private const int SleepTypeShift = 10;
    private const ushort SleepTypeMask = 7 << SleepTypeShift;
    private const ushort SleepEnable = 1 << 13;

    private static AcpiPower s_power;

    /// <summary>What was found at the start.</summary>
    public static AcpiPower Power => s_power;

    /// <summary>Reads the tables. For the start only.</summary>
    public static void Init() => s_power = AcpiPower.Read(Multiboot2.AcpiRsdp, Multiboot2.AcpiRsdpLength, MappedAtStart);

    /// <summary>Switches off; returns when that is not possible or does not work.</summary>
    public static void EnterSoftOff()
    {
        if (!s_power.HasSoftOff)
            return;
        EnterAcpiMode();
        Sleep(s_power.ControlPortA, s_power.SleepTypeA);
        if (s_power.ControlPortB != 0)
            Sleep(s_power.ControlPortB, s_power.SleepTypeB);
    }

    /// <summary>Writes the reset register; returns when there is none or it does not work.</summary>
    public static void PullReset()
    {
        if (s_power.ResetPort != 0)
            IOPort.Write8(s_power.ResetPort, s_power.ResetValue);
    }

    private static void EnterAcpiMode()
    {
        if (s_power.ModePort == 0 || (IOPort.Read16(s_power.ControlPortA) & SystemControlEnabled) != 0)
            return;
        IOPort.Write8(s_power.ModePort, s_power.ModeEnable);
        for (int i = 0; i < ModePolls && (IOPort.Read16(s_power.ControlPortA) & SystemControlEnabled) == 0; i++)
            IOPort.Wait();
    }

    private static void Sleep(ushort port, byte type)
    {
        int kept = IOPort.Read16(port) & ~SleepTypeMask;
        IOPort.Write16(port, (ushort)(kept | type << SleepTypeShift | SleepEnable));
    }
}
