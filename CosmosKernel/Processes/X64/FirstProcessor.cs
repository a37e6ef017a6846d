namespace MemOS.Processes;

/// <summary>What the first processor does, which runs the shell too.</summary>
internal enum FirstProcessor
{
    /// <summary>The shell has something else to do.</summary>
    Elsewhere = 0,

    /// <summary>It gives processes their turns.</summary>
    TakesTurns,

    /// <summary>It would, and sleeps because none can go on.</summary>
    Sleeps,
}
