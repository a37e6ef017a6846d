namespace Cosmos.Build.Machines;

/// <summary>How a machine's run ended.</summary>
public enum MachineEnd
{
    /// <summary>The kernel switched it off, or the user closed the window.</summary>
    PoweredOff,

    /// <summary>The kernel switched it off after a command given at boot had failed.</summary>
    CommandFailed,

    /// <summary>The kernel stopped with a report.</summary>
    Panic,

    /// <summary>A triple fault, or a reset that was asked for.</summary>
    Reset,

    /// <summary>This program stopped it.</summary>
    Stopped,

    /// <summary>The emulator refused its arguments or crashed.</summary>
    EmulatorFailed,
}
