namespace MemOS.Processes;

/// <summary>What a process waits for, so that it is asked to look again when it may have come.</summary>
internal enum AwaitedEvent
{
    /// <summary>A time, a signal, or somebody who knows of it.</summary>
    Other = 0,

    /// <summary>That something can be read or written.</summary>
    File,

    /// <summary>The end of a child, or what else there is to tell of it.</summary>
    Child,
}
