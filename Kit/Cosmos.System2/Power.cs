using Cosmos.Core;
using Cosmos.System.Consoles;

namespace Cosmos.System;

/// <summary>Switches the machine off and restarts it.</summary>
public static class Power
{
    /// <summary>Switches the machine off.</summary>
    public static void Shutdown() => Shutdown(ExitCode.Ok);

    /// <summary>Switches the machine off and, in an emulator, tells whoever started it how the run ended.</summary>
    public static void Shutdown(ExitCode code)
    {
        MachineConsole.Flush();
        MachineControl.PowerOff(code);
    }

    /// <summary>Restarts the machine.</summary>
    public static void Reboot()
    {
        MachineConsole.Flush();
        CPU.Reboot();
    }
}
