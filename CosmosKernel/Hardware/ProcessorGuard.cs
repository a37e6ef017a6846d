using MemOS.Collections;

namespace MemOS.Hardware;

/// <summary>The running processor, as locks need it.</summary>
public readonly partial struct ProcessorGuard : ILockGuard
{
    /// <inheritdoc/>
    public bool Enter() => Cpu.DisableInterrupts();

    /// <inheritdoc/>
    public void Leave(bool wereOn) => Cpu.RestoreInterrupts(wereOn);
}
