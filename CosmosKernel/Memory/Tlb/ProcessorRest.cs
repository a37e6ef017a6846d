namespace MemOS.Memory.Tlb;

/// <summary>Whether a processor must be asked to forget what is gone from the kernel's half.</summary>
internal enum ProcessorRest
{
    /// <summary>It does not run yet, and forgets everything when it begins.</summary>
    Absent = 0,

    /// <summary>It waits for an interrupt, and asks itself what it missed before it does anything for one.</summary>
    Resting,

    /// <summary>It runs.</summary>
    Awake,
}
