namespace MemOS.Hardware;

/// <summary>How far a processor has come.</summary>
public enum ProcessorPhase
{
    /// <summary>It was never woken.</summary>
    Asleep = 0,

    /// <summary>It was woken and has not answered.</summary>
    Woken,

    /// <summary>It runs the kernel.</summary>
    Running,

    /// <summary>It was woken and did not answer in time; what was made for it stays, it may come yet.</summary>
    Silent,
}
