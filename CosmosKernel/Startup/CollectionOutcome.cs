namespace MemOS.Startup;

/// <summary>How an attempt to collect objects ended.</summary>
public enum CollectionOutcome
{
    /// <summary>They are collected.</summary>
    Done = 0,

    /// <summary>Another processor has collected meanwhile.</summary>
    Beaten,

    /// <summary>Another processor did not stand still in time, which the console names.</summary>
    Stuck,

    /// <summary>A stack that is in use is none of a thread's.</summary>
    Refused,
}
