namespace MemOS.Processes;

/// <summary>Why a process does not run any more, for now.</summary>
public enum ProcessStop
{
    /// <summary>It asks for something: its registers say what.</summary>
    SystemCall = 0,

    /// <summary>An interrupt came, which has been served; it can go on.</summary>
    Interrupt,

    /// <summary>It touched memory in a way that it may not.</summary>
    BadAccess,

    /// <summary>It did something else that the processor refuses: a privileged instruction, a division by zero.</summary>
    Exception,
}
