namespace MemOS.Memory.Virtual;

/// <summary>Facts about outcomes.</summary>
public static class FaultOutcomes
{
    /// <summary>The number of outcomes.</summary>
    public const int Count = (int)FaultOutcome.ResidentLimit + 1;

    /// <summary>Whether the program can go on.</summary>
    public static bool IsHandled(this FaultOutcome outcome) => outcome <= FaultOutcome.Spurious;
}
