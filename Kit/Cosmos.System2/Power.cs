using Cosmos.Core;

namespace Cosmos.System;

/// <summary>Switches the machine off and restarts it.</summary>
public static class Power
{
    /// <summary>Switches the machine off.</summary>
    public static void Shutdown() => MachineControl.PowerOff(ExitCode.Ok);

    /// <summary>Switches the machine off and, in an emulator, tells whoever started it how the run ended.</summary>
    public static void Shutdown(ExitCode code) => MachineControl.PowerOff(code);

    /// <summary>Restarts the machine.</summary>
    public static void Reboot() => CPU.Reboot();
}
