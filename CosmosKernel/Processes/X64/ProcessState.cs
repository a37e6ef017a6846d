namespace MemOS.Processes;

/// <summary>Whether a process can go on.</summary>
public enum ProcessState
{
    /// <summary>It can.</summary>
    Runnable = 0,

    /// <summary>It has made a system call that cannot be done yet, and will be made again.</summary>
    Waiting,

    /// <summary>A signal has stopped it; another will let it go on, with what it was doing.</summary>
    Stopped,

    /// <summary>It has ended; its parent has not asked how.</summary>
    Ended,
}
