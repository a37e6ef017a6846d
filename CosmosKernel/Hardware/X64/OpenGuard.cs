using MemOS.Collections;

namespace MemOS.Hardware;

/// <summary>The running processor, as locks that let interrupts through need it.</summary>
public readonly unsafe struct OpenGuard : IOpenLockGuard
{
    /// <inheritdoc/>
    public uint HeldRanks => Cpu.CurrentArea()->HeldRanks;

    /// <inheritdoc/>
    public ref uint OpenRanks => ref Cpu.CurrentArea()->OpenRanks;

    /// <inheritdoc/>
    /// <remarks>A page fault of a program is served with interrupts masked, but it waits for an object's pages as everybody does.</remarks>
    public void Wait()
    {
        bool wereOn = Cpu.DisableInterrupts();
        Cpu.EnableInterrupts();
        Cpu.Pause();
        if (!wereOn) Cpu.DisableInterrupts();
    }
}
