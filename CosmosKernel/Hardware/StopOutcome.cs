namespace MemOS.Hardware;

/// <summary>What became of an attempt to have all other processors stand still.</summary>
public enum StopOutcome
{
    /// <summary>They do.</summary>
    Stopped = 0,

    /// <summary>Another processor did it at the same time, and has let them go again; this one has stood still meanwhile.</summary>
    Beaten,

    /// <summary>One did not come in time; all were let go.</summary>
    Stuck,
}
