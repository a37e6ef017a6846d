using MemOS.Hardware;

namespace MemOS.SelfTest;

/// <summary>The processor's time-stamp counter.</summary>
public sealed class TimestampClock : IInstructionClock
{
    /// <inheritdoc/>
    public ulong Now => Cpu.ReadTimestamp();

    /// <inheritdoc/>
    public bool MaskInterrupts() => Cpu.DisableInterrupts();

    /// <inheritdoc/>
    public void RestoreInterrupts(bool wereOn) => Cpu.RestoreInterrupts(wereOn);
}
