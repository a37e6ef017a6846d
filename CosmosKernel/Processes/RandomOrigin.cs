namespace MemOS.Processes;

/// <summary>Where random words come from.</summary>
public enum RandomOrigin : byte
{
    /// <summary>The boot menu's <c>seed=</c>: the same words after each boot.</summary>
    CommandLine = 0,

    /// <summary>The processor's RDSEED.</summary>
    SeedInstruction,

    /// <summary>The processor's RDRAND.</summary>
    RandomInstruction,

    /// <summary>The time-stamp counter, which somebody may guess.</summary>
    Timestamp,
}
