namespace Cosmos.Build.Machines;

/// <summary>What starts the boot loader.</summary>
public enum Firmware
{
    Bios,
    Uefi,
}

/// <summary>The program that plays the machine.</summary>
public enum Emulator
{
    Qemu,
    Bochs,
}

/// <summary>What the image is to the machine.</summary>
public enum Medium
{
    Cd,
    Disk,
}

/// <summary>Whether the emulator opens a window.</summary>
public enum Display
{
    None,
    Window,
}

/// <summary>How the machine's clock runs.</summary>
public enum Clock
{
    /// <summary>As the host's.</summary>
    Host,

    /// <summary>One tick an instruction: time-stamp counts are instruction counts, the same every run.</summary>
    Instructions,
}

/// <summary>What a reset, asked for or by triple fault, does.</summary>
public enum OnReset
{
    /// <summary>The run ends and says so.</summary>
    End,

    /// <summary>The machine boots again.</summary>
    Reboot,
}
