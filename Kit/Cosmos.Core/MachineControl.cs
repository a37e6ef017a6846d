namespace Cosmos.Core;

/// <summary>How a run of the kernel ended, for whoever started the machine.</summary>
/// <remarks>
/// The value is written to QEMU's isa-debug-exit device, which ends the emulator with <c>value * 2 + 1</c>.
/// </remarks>
public enum ExitCode : byte
{
    /// <summary>Powered off after success: QEMU ends with 33.</summary>
    Ok = 0x10,

    /// <summary>Powered off after a failure that the kernel reported: QEMU ends with 35.</summary>
    Failed = 0x11,

    /// <summary>The kernel cannot go on: QEMU ends with 37.</summary>
    Panic = 0x12,
}

/// <summary>Ends and restarts the machine, with nothing but ports.</summary>
public static class MachineControl
{
    private const int DebugExitPort = 0xF4;
    private const int BochsShutdownPort = 0x8900;
    private const int ResetControlPort = 0xCF9;
    private const int KeyboardStatusPort = 0x64;
    private const int StatusPolls = 0x10000;

    /// <summary>Tells an emulator that watches port 0xF4 how the run ended; without one, returns.</summary>
    public static void ReportExit(ExitCode code) => IOPort.Write8(DebugExitPort, (byte)code);

    /// <summary>Switches the machine off. Halts for good where no way to do so is known.</summary>
    public static void PowerOff(ExitCode code)
    {
        CPU.DisableInterrupts();
        ReportExit(code);
        Acpi.EnterSoftOff();
        foreach (char letter in "Shutdown")
            IOPort.Write8(BochsShutdownPort, (byte)letter);
        CPU.StopForever();
    }

    /// <summary>Restarts the machine: ACPI's reset register, the chip set's, the keyboard controller's, a triple fault.</summary>
    public static void Reset()
    {
        CPU.DisableInterrupts();
        Acpi.PullReset();
        IOPort.Write8(ResetControlPort, 0x02);
        IOPort.Write8(ResetControlPort, 0x06);
        for (int i = 0; i < StatusPolls && (IOPort.Read8(KeyboardStatusPort) & 2) != 0; i++)
            IOPort.Wait();
        IOPort.Write8(KeyboardStatusPort, 0xFE);
        for (int i = 0; i < StatusPolls; i++)
            IOPort.Wait();
        CPU.TripleFault();
    }
}
