namespace MemOS.Hardware;

/// <content>x86-32: one processor runs.</content>
public readonly partial struct ProcessorGuard
{
    private static uint s_heldRanks;

    /// <inheritdoc/>
    public ref uint HeldRanks => ref s_heldRanks;

    /// <summary>Whether this processor holds a lock.</summary>
    public static bool HoldsLock => s_heldRanks != 0;

    /// <inheritdoc/>
    public void Wait() => Cpu.Pause();
}
