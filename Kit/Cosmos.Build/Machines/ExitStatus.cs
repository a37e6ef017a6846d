namespace Cosmos.Build.Machines;

/// <summary>
/// The bytes that a kernel writes to port 0xF4 to end QEMU (isa-debug-exit), and the exit codes of <c>run</c>.
/// QEMU's own exit code is <c>(value &lt;&lt; 1) | 1</c>.
/// </summary>
public static class ExitStatus
{
    public const byte PoweredOffValue = 0x10;
    public const byte CommandFailedValue = 0x11;
    public const byte PanicValue = 0x12;

    /// <summary>The run's exit code when a time limit was reached.</summary>
    public const int TimeLimit = 124;

    /// <summary>The run's exit code when the emulator did not work.</summary>
    public const int EmulatorFailed = 125;

    /// <summary>What QEMU's exit code says; null when it says nothing about the guest.</summary>
    public static MachineEnd? FromQemu(int exitCode) => exitCode switch
    {
        (PoweredOffValue << 1) | 1 => MachineEnd.PoweredOff,
        (CommandFailedValue << 1) | 1 => MachineEnd.CommandFailed,
        (PanicValue << 1) | 1 => MachineEnd.Panic,
        _ => null,
    };

    /// <summary>The exit code of <c>run</c>.</summary>
    public static int Of(MachineEnd end) => end switch
    {
        MachineEnd.PoweredOff => 0,
        MachineEnd.CommandFailed => 1,
        MachineEnd.Panic or MachineEnd.Reset => 2,
        MachineEnd.Stopped => TimeLimit,
        _ => EmulatorFailed,
    };

    /// <summary>For the last line of a run.</summary>
    public static string Describe(MachineEnd end) => end switch
    {
        MachineEnd.PoweredOff => "powered off",
        MachineEnd.CommandFailed => "a command failed",
        MachineEnd.Panic => "the kernel panicked",
        MachineEnd.Reset => "the machine was reset (triple fault or reboot)",
        MachineEnd.Stopped => "stopped",
        _ => "the emulator failed",
    };
}
