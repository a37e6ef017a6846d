using MemOS.Collections;

namespace MemOS.Hardware;

/// <summary>The running processor, as locks need it.</summary>
/// <remarks>One processor runs, so there is one word of held ranks; a word for each comes with the others.</remarks>
public readonly struct ProcessorGuard : ILockGuard
{
    private static uint s_heldRanks;

    /// <inheritdoc/>
    public ref uint HeldRanks => ref s_heldRanks;

    /// <summary>Whether this processor holds a lock.</summary>
    public static bool HoldsLock => s_heldRanks != 0;

    /// <inheritdoc/>
    public bool Enter() => Cpu.DisableInterrupts();

    /// <inheritdoc/>
    public void Leave(bool wereOn) => Cpu.RestoreInterrupts(wereOn);

    /// <inheritdoc/>
    public void Wait() => Cpu.Pause();
}
