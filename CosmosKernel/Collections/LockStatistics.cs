namespace MemOS.Collections;

/// <summary>How often a lock was taken, and how often that had to wait.</summary>
/// <param name="acquisitions">How often it was taken.</param>
/// <param name="contentions">How often somebody else had it.</param>
/// <param name="waits">How many times those who waited looked at it in vain.</param>
public readonly struct LockStatistics(ulong acquisitions, ulong contentions, ulong waits)
{
    /// <summary>How often it was taken.</summary>
    public ulong Acquisitions { get; } = acquisitions;

    /// <summary>How often somebody else had it.</summary>
    public ulong Contentions { get; } = contentions;

    /// <summary>How many times those who waited looked at it in vain.</summary>
    public ulong Waits { get; } = waits;

    /// <summary>Both together.</summary>
    public static LockStatistics operator +(LockStatistics left, LockStatistics right) =>
        new(left.Acquisitions + right.Acquisitions, left.Contentions + right.Contentions, left.Waits + right.Waits);
}
