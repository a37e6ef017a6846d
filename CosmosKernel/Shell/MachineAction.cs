namespace MemOS.Shell;

/// <summary>What a command can ask of the machine as a whole.</summary>
public enum MachineAction
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Switch it off.</summary>
    PowerOff,

    /// <summary>Restart it.</summary>
    Reboot,

    /// <summary>Throw an exception outside of everything that catches one.</summary>
    Throw,
}
