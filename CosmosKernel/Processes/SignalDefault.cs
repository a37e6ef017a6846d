namespace MemOS.Processes;

/// <summary>What a signal does by itself.</summary>
public enum SignalDefault
{
    /// <summary>It ends the program.</summary>
    Terminate = 0,

    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>It stops the program until it is told to go on.</summary>
    Stop,

    /// <summary>A program that was stopped goes on.</summary>
    Continue,
}
