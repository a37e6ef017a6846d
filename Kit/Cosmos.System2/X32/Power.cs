namespace Cosmos.System;

/// <summary>The machine's power, as the installed kit knows it: signatures to compile against, without bodies.</summary>
public static class Power
{
    /// <summary>Restarts the machine.</summary>
    public static void Reboot() => throw null!;

    /// <summary>Switches the machine off.</summary>
    public static void Shutdown() => throw null!;
}
